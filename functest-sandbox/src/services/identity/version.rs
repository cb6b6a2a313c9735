// SPDX-License-Identifier: Apache-2.0
//! Keystone's versions: one.

use http::StatusCode;
use serde_json::{Value, json};

use crate::api::{Answer, Call, Reply, Route};
use crate::services::Cloud;

pub(super) const ROUTES: &[Route<Cloud>] = &[Route::get("/", list).public(), Route::get("/v3", show).public()];

fn version(call: &Call) -> Value {
    json!({
        "id": "v3.14",
        "status": "stable",
        "updated": "2020-04-07T00:00:00Z",
        "links": [{"rel": "self", "href": format!("{}/v3/", call.base)}],
        "media-types": [
            {"base": "application/json", "type": "application/vnd.openstack.identity-v3+json"}
        ],
    })
}

fn list(_: &mut Cloud, call: &Call) -> Answer {
    let reply = Reply::json(StatusCode::MULTIPLE_CHOICES, &json!({"versions": {"values": [version(call)]}}));
    Ok(reply.location(format!("{}/v3/", call.base)))
}

fn show(_: &mut Cloud, call: &Call) -> Answer {
    Ok(Reply::ok(&json!({"version": version(call)})))
}
