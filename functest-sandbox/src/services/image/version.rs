// SPDX-License-Identifier: Apache-2.0
//! Glance's versions.

use http::StatusCode;
use serde_json::{Value, json};

use crate::api::{Answer, Call, Reply, Route};
use crate::services::Cloud;

pub(super) const ROUTES: &[Route<Cloud>] = &[Route::get("/", choose).public(), Route::get("/versions", list).public()];

/// The minor versions, the newest first; there is no 2.14 without a cache to manage.
const MINORS: [u8; 15] = [15, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0];

fn choose(_: &mut Cloud, call: &Call) -> Answer {
    Ok(Reply::json(StatusCode::MULTIPLE_CHOICES, &versions(call)))
}

fn list(_: &mut Cloud, call: &Call) -> Answer {
    Ok(Reply::ok(&versions(call)))
}

fn versions(call: &Call) -> Value {
    let version = |minor: u8| {
        let status = if minor == MINORS[0] { "CURRENT" } else { "SUPPORTED" };
        let links = json!([{"rel": "self", "href": format!("{}/v2/", call.base)}]);
        json!({"id": format!("v2.{minor}"), "status": status, "links": links})
    };
    json!({"versions": MINORS.map(version)})
}
