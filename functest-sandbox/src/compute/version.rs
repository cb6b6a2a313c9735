// SPDX-License-Identifier: Apache-2.0
//! Nova's versions.

use serde_json::{Value, json};

use super::microversion::NEWEST;
use crate::api::{Answer, Call, Reply, Route};
use crate::cloud::Cloud;

pub(super) const ROUTES: &[Route] = &[Route::get("/", list).public(), Route::get("/v2.1", show).public()];

fn version(call: &Call) -> Value {
    json!({
        "id": "v2.1", "status": "CURRENT", "version": format!("2.{NEWEST}"), "min_version": "2.1",
        "updated": "2013-07-23T11:33:21Z",
        "links": [{"rel": "self", "href": format!("{}/v2.1/", call.base)}],
    })
}

/// The version before microversions, which every Nova names and nobody should use.
fn legacy(call: &Call) -> Value {
    json!({
        "id": "v2.0", "status": "SUPPORTED", "version": "", "min_version": "", "updated": "2011-01-21T11:33:21Z",
        "links": [{"rel": "self", "href": format!("{}/v2/", call.base)}],
    })
}

fn list(_: &mut Cloud, call: &Call) -> Answer {
    Ok(Reply::ok(&json!({"versions": [legacy(call), version(call)]})))
}

fn show(_: &mut Cloud, call: &Call) -> Answer {
    let mut version = version(call);
    version["links"] = json!([
        {"rel": "self", "href": format!("{}/v2.1/", call.base)},
        {"rel": "describedby", "type": "text/html", "href": "http://docs.openstack.org/"},
    ]);
    version["media-types"] = json!([
        {"base": "application/json", "type": "application/vnd.openstack.compute+json;version=2.1"}
    ]);
    Ok(Reply::ok(&json!({"version": version})))
}
