// SPDX-License-Identifier: Apache-2.0
//! Nova's versions.

use serde_json::{Value, json};

use super::microversion::NEWEST;
use crate::api::{Answer, Call, Read, Reply, Route};
use crate::services::Cloud;

pub(super) const ROUTES: &[Route<Cloud>] =
    &[Route::get("/", list).public(), Route::get("/v2.1", show).public(), Route::get("/v2", show_legacy).public()];

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
    Ok(detail(version(call)))
}

fn show_legacy(_: &mut Cloud, call: &Call) -> Answer {
    Ok(detail(legacy(call)))
}

/// A version with what only its own page has.
fn detail(mut version: Value) -> Reply {
    let format =
        format!("application/vnd.openstack.compute+json;version={}", version.text("id").trim_start_matches('v'));
    if let Some(links) = version["links"].as_array_mut() {
        links.push(json!({"rel": "describedby", "type": "text/html", "href": "http://docs.openstack.org/"}));
    }
    version["media-types"] = json!([{"base": "application/json", "type": format}]);
    Reply::ok(&json!({ "version": version }))
}
