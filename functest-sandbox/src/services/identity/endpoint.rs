// SPDX-License-Identifier: Apache-2.0
//! Endpoints of the catalog.

use serde_json::{Value, json};

use super::State;
use super::entity::{self, Kind};
use crate::api::schema::{Field, Type, optional, required};
use crate::api::{Answer, ApiError, Call, Document, Read, Route, document};
use crate::ground::Table;
use crate::services::Cloud;

pub(super) const ROUTES: &[Route<Cloud>] = &[
    Route::get("/v3/endpoints", entity::list::<Endpoint>).admin("identity:list_endpoints"),
    Route::post("/v3/endpoints", create).admin("identity:create_endpoint"),
    Route::get("/v3/endpoints/{endpoint_id}", entity::show::<Endpoint>).admin("identity:get_endpoint"),
    Route::patch("/v3/endpoints/{endpoint_id}", update).admin("identity:update_endpoint"),
    Route::delete("/v3/endpoints/{endpoint_id}", entity::delete::<Endpoint>).admin("identity:delete_endpoint"),
];

pub(super) struct Endpoint;

impl Kind for Endpoint {
    const KEY: &'static str = "endpoint";
    const LIST: &'static str = "endpoints";
    const PATH: &'static str = "endpoints";
    const FILTERS: &'static [&'static str] = &["interface", "service_id", "region_id", "region"];

    fn table(state: &mut State) -> &mut Table<Document> {
        &mut state.endpoints
    }
}

const FIELDS: &[Field] = &[
    required("service_id", Type::Text(1, 64)),
    required("interface", Type::OneOf(&["admin", "internal", "public"])),
    required("url", Type::Text(1, 2048)),
    optional("region_id", Type::Or(&Type::Text(0, 255))),
    optional("region", Type::Or(&Type::Text(0, 255))),
    optional("enabled", Type::Truth),
];

fn create(cloud: &mut Cloud, call: &Call) -> Answer {
    let mut asked = entity::asked(call, Endpoint::KEY, FIELDS, true)?;
    check_service(&cloud.identity, &asked)?;
    settle_region(&mut cloud.identity, &mut asked)?;
    let service_id = asked.text("service_id").to_owned();
    let defaults = document!({"region_id": null, "region": null, "enabled": true});
    let mut endpoint = entity::fresh(cloud.random.hex_id(), defaults, asked);
    endpoint.remove("options");
    entity::kept::<Endpoint>(cloud, call, &service_id, endpoint)
}

fn update(cloud: &mut Cloud, call: &Call) -> Answer {
    let mut changes = entity::changes(call, Endpoint::KEY, FIELDS, true)?;
    check_service(&cloud.identity, &changes)?;
    settle_region(&mut cloud.identity, &mut changes)?;
    let reply = entity::update::<Endpoint>(cloud, call, changes)?;
    // The service owns it, and may be another one now.
    entity::let_own(&mut cloud.identity.endpoints, entity::id(call), "service_id");
    Ok(reply)
}

fn check_service(state: &State, asked: &Document) -> Result<(), ApiError> {
    match asked.get("service_id").and_then(Value::as_str) {
        Some(id) if !state.services.contains(id) => Err(unknown("service")),
        _ => Ok(()),
    }
}

/// `region` is the old name of `region_id`; a region that is named so is made when there is none.
fn settle_region(state: &mut State, asked: &mut Document) -> Result<(), ApiError> {
    if let Some(id) = asked.get("region_id").and_then(Value::as_str) {
        if !state.regions.contains(id) {
            return Err(unknown("region"));
        }
    } else if let Some(id) = asked.get("region").and_then(Value::as_str).map(str::to_owned) {
        if !state.regions.contains(&id) {
            let region = document!({"id": id, "description": "", "parent_region_id": null});
            state.regions.insert(id.clone(), "", region);
        }
        asked.insert("region_id".into(), json!(id));
    }
    if let Some(id) = asked.get("region_id").cloned() {
        asked.insert("region".into(), id);
    }
    Ok(())
}

fn unknown(kind: &str) -> ApiError {
    ApiError::bad_request(format!(
        "Expecting to find endpoint {kind}_id in {kind} table. The server could not comply with the request since it \
         is either malformed or otherwise incorrect. The client is assumed to be in error."
    ))
}
