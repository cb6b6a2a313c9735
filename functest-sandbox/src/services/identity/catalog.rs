// SPDX-License-Identifier: Apache-2.0
//! The service catalog: what is where.

use serde_json::{Value, json};

use super::{REGION, State};
use crate::api::{Answer, ApiError, Call, Read, Reply, Route};
use crate::services::Cloud;

const SECOND_REGION: &str = "RegionTwo";

/// What is wrong with the catalog.
#[derive(Debug, Default)]
pub(crate) struct CatalogFaults {
    /// Services that are not there.
    pub(crate) phantoms: Vec<String>,
    /// Services with the versions that are gone, as the end of their path.
    pub(crate) old_versions: Vec<(&'static str, &'static str)>,
    /// Whether there is a region where nobody answers.
    pub(crate) second_region: bool,
}

impl CatalogFaults {
    /// The URL of a service, with an old version where that is wrong with it.
    fn version_of(&self, service: &str, url: String) -> String {
        match self.old_versions.iter().find(|(old, _)| *old == service) {
            Some((_, version)) => format!("{}{version}", url.trim_end_matches("/v3").trim_end_matches("/v2")),
            None => url,
        }
    }
}

/// An endpoint where nobody answers: nothing listens on port 1.
fn nowhere(service: &str, interface: &str, region: &str) -> Value {
    json!({
        "id": format!("nowhere-{service}-{interface}-{region}"), "interface": interface, "region_id": region,
        "region": region, "url": "http://127.0.0.1:1",
    })
}

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
    let faults = &state.catalog_faults;
    let enabled = |item: &&crate::api::Document| item.get("enabled").and_then(Value::as_bool).unwrap_or(true);
    let entry = |service: &crate::api::Document| {
        let endpoints: Vec<Value> = state
            .endpoints
            .of(service.text("id"))
            .filter(enabled)
            .map(|endpoint| {
                let url = endpoint.text("url").replace("$(project_id)s", project_id.unwrap_or_default());
                let url = url.replace("%(project_id)s", project_id.unwrap_or_default());
                let url = faults.version_of(service.text("type"), url);
                json!({
                    "id": endpoint["id"], "interface": endpoint["interface"], "region_id": endpoint["region_id"],
                    "url": url, "region": endpoint["region_id"],
                })
            })
            .chain(faults.second_region.then(|| nowhere(service.text("type"), "public", SECOND_REGION)))
            .collect();
        json!({"endpoints": endpoints, "id": service["id"], "type": service["type"], "name": service["name"]})
    };
    let phantoms = faults.phantoms.iter().map(|service| phantom(service));
    state.services.values().filter(enabled).map(entry).chain(phantoms).collect()
}

/// A service that is not there.
fn phantom(service: &str) -> Value {
    let endpoints = ["public", "internal", "admin"].map(|interface| nowhere(service, interface, REGION));
    json!({"endpoints": endpoints, "id": format!("phantom-{service}"), "type": service, "name": service})
}
