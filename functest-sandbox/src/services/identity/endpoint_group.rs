// SPDX-License-Identifier: Apache-2.0
//! Endpoint groups. They are kept and shown; catalogs are not filtered by them.

use super::State;
use super::endpoint::Endpoint;
use super::entity::{self, Kind};
use super::listing::{linked, listed, matches};
use crate::api::schema::{Field, Type, optional, required};
use crate::api::{Answer, ApiError, Call, Document, Route, document};
use crate::ground::Table;
use crate::services::Cloud;

const ONE: &str = "/v3/OS-EP-FILTER/endpoint_groups/{endpoint_group_id}";
const ENDPOINTS: &str = "/v3/OS-EP-FILTER/endpoint_groups/{endpoint_group_id}/endpoints";

pub(super) const ROUTES: &[Route<Cloud>] = &[
    Route::get("/v3/OS-EP-FILTER/endpoint_groups", entity::list::<EndpointGroup>)
        .admin("identity:list_endpoint_groups"),
    Route::post("/v3/OS-EP-FILTER/endpoint_groups", create).admin("identity:create_endpoint_group"),
    Route::get(ONE, entity::show::<EndpointGroup>).admin("identity:get_endpoint_group"),
    Route::patch(ONE, update).admin("identity:update_endpoint_group"),
    Route::delete(ONE, entity::delete::<EndpointGroup>).admin("identity:delete_endpoint_group"),
    Route::get(ENDPOINTS, endpoints).admin("identity:list_endpoints_associated_with_endpoint_group"),
];

struct EndpointGroup;

impl Kind for EndpointGroup {
    const KEY: &'static str = "endpoint_group";
    const LIST: &'static str = "endpoint_groups";
    const PATH: &'static str = "OS-EP-FILTER/endpoint_groups";
    const NAME: &'static str = "Endpoint Group";
    const FILTERS: &'static [&'static str] = &["name"];

    fn table(state: &mut State) -> &mut Table<Document> {
        &mut state.endpoint_groups
    }
}

const FIELDS: &[Field] = &[
    required("name", Type::Text(1, 255)),
    required("filters", Type::Object),
    optional("description", Type::Or(&Type::Text(0, 65_535))),
];

/// What a group may choose endpoints by.
const CHOICES: [&str; 4] = ["interface", "service_id", "region_id", "enabled"];

fn create(cloud: &mut Cloud, call: &Call) -> Answer {
    let asked = entity::asked(call, EndpointGroup::KEY, FIELDS, true)?;
    check_filters(&asked)?;
    let mut group = entity::fresh(cloud.random.hex_id(), document!({"description": null}), asked);
    group.remove("options");
    entity::kept::<EndpointGroup>(cloud, call, "", group)
}

fn update(cloud: &mut Cloud, call: &Call) -> Answer {
    let changes = entity::changes(call, EndpointGroup::KEY, FIELDS, true)?;
    check_filters(&changes)?;
    entity::update::<EndpointGroup>(cloud, call, changes)
}

fn check_filters(asked: &Document) -> Result<(), ApiError> {
    let filters = asked.get("filters").and_then(serde_json::Value::as_object);
    match filters.and_then(|filters| filters.keys().find(|key| !CHOICES.contains(&key.as_str()))) {
        Some(key) => Err(ApiError::bad_request(format!("'{key}' is not an attribute to choose endpoints by."))),
        None => Ok(()),
    }
}

fn endpoints(cloud: &mut Cloud, call: &Call) -> Answer {
    let state = &cloud.identity;
    let group = state.endpoint_groups.get(entity::id(call)).ok_or_else(|| EndpointGroup::missing(entity::id(call)))?;
    let filters = group.get("filters").and_then(serde_json::Value::as_object).cloned().unwrap_or_default();
    let chosen = |endpoint: &&Document| filters.iter().all(|(key, value)| endpoint.get(key) == Some(value));
    let found = state.endpoints.values().filter(chosen).filter(|found| matches(&call.query, found, Endpoint::FILTERS));
    Ok(listed(call, Endpoint::LIST, found.map(|endpoint| linked(call, Endpoint::PATH, endpoint)).collect()))
}
