// SPDX-License-Identifier: Apache-2.0
//! The service catalog: what is where.

use serde_json::{Value, json};

use super::{REGION, State};
use crate::api::{Answer, ApiError, Call, Read, Reply, Route};
use crate::services::Cloud;

pub(super) const ROUTES: &[Route<Cloud>] = &[Route::get("/v3/auth/catalog", show)];

fn show(cloud: &mut Cloud, call: &Call) -> Answer {
    let Some(project) = call.caller()?.project_id.as_deref() else {
        return Err(ApiError::forbidden("A project-scoped token is required to produce a service catalog."));
    };
    let links = json!({"self": format!("{}/v3/auth/catalog", call.base), "previous": null, "next": null});
    Ok(Reply::ok(&json!({"catalog": catalog(&cloud.identity, Some(project)), "links": links})))
}

/// The services that are enabled, each with its enabled endpoints.
pub(super) fn catalog(state: &State, project_id: Option<&str>) -> Value {
    let enabled = |item: &&crate::api::Document| item.get("enabled").and_then(Value::as_bool).unwrap_or(true);
    let entry = |service: &crate::api::Document| {
        let endpoints: Vec<Value> = state
            .endpoints
            .of(service.text("id"))
            .filter(enabled)
            .map(|endpoint| {
                let url = endpoint.text("url").replace("$(project_id)s", project_id.unwrap_or_default());
                let url = url.replace("%(project_id)s", project_id.unwrap_or_default());
                json!({
                    "id": endpoint["id"], "interface": endpoint["interface"], "region_id": endpoint["region_id"],
                    "url": url, "region": endpoint["region_id"],
                })
            })
            .collect();
        json!({"endpoints": endpoints, "id": service["id"], "type": service["type"], "name": service["name"]})
    };
    let phantoms = state.phantoms.iter().map(|service| phantom(service));
    state.services.values().filter(enabled).map(entry).chain(phantoms).collect()
}

/// A service that is not there: nobody listens on port 1.
fn phantom(service: &str) -> Value {
    let endpoint = |interface: &str| {
        json!({
            "id": format!("phantom-{service}-{interface}"), "interface": interface, "region_id": REGION, "region": REGION,
            "url": "http://127.0.0.1:1",
        })
    };
    let endpoints = ["public", "internal", "admin"].map(endpoint);
    json!({"endpoints": endpoints, "id": format!("phantom-{service}"), "type": service, "name": service})
}
