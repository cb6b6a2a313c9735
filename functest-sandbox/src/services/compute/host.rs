// SPDX-License-Identifier: Apache-2.0
//! Nova's own services and the hosts they run on.

use serde_json::{Value, json};

use super::microversion;
use super::refusal::json_body;
use crate::api::{Answer, ApiError, Call, Document, Read, Reply, Route};
use crate::services::Cloud;

pub(super) const ROUTES: &[Route<Cloud>] = &[
    Route::get("/v2.1/os-services", list).admin("os_compute_api:os-services:list"),
    Route::put("/v2.1/os-services/{id}", update).admin("os_compute_api:os-services:update"),
];

fn view(cloud: &Cloud, call: &Call, host: &Document) -> Value {
    let version = microversion::of(call);
    let mut shown = json!({
        "binary": host["binary"], "host": host["host"], "zone": host["zone"], "status": host["status"],
        "state": host["state"], "updated_at": cloud.clock.bare_stamp(), "disabled_reason": host["disabled_reason"],
        "id": if version >= 53 { &host["uuid"] } else { &host["id"] },
    });
    if version >= 11 {
        shown["forced_down"] = host["forced_down"].clone();
    }
    shown
}

fn list(cloud: &mut Cloud, call: &Call) -> Answer {
    let wanted = |host: &&Document| {
        ["binary", "host"].iter().all(|key| call.query.get(key).is_none_or(|value| host.text(key) == value))
    };
    let services: Vec<Value> =
        cloud.compute.hosts.values().filter(wanted).map(|host| view(cloud, call, host)).collect();
    Ok(Reply::ok(&json!({"services": services})))
}

/// One service by id; in old versions an action on a service named in the body.
fn update(cloud: &mut Cloud, call: &Call) -> Answer {
    let asked = json_body(call)?;
    let modern = microversion::of(call) >= 53;
    let found = cloud.compute.hosts.iter().find(|(_, host)| {
        if modern {
            host.text("uuid") == call.param("id")
        } else {
            host.text("host") == asked.text("host") && host.text("binary") == asked.text("binary")
        }
    });
    let Some(place) = found.map(|(place, _)| place.to_owned()) else {
        return Err(ApiError::not_found(format!("Service {} could not be found.", call.param("id"))));
    };
    let status = match (modern, call.param("id"), asked.text("status")) {
        (true, _, word @ ("enabled" | "disabled")) => word,
        (false, "enable", _) => "enabled",
        (false, "disable" | "disable-log-reason", _) => "disabled",
        _ => return Err(ApiError::bad_request("There is nothing to update: status must be enabled or disabled")),
    };
    if let Some(host) = cloud.compute.hosts.get_mut(&place) {
        host.insert("status".into(), json!(status));
        host.insert("disabled_reason".into(), asked.get("disabled_reason").cloned().unwrap_or(Value::Null));
    }
    let host = cloud.compute.hosts.get(&place).cloned().unwrap_or_default();
    Ok(Reply::ok(&json!({"service": view(cloud, call, &host)})))
}
