// SPDX-License-Identifier: Apache-2.0
//! Regions.

use serde_json::Value;

use super::State;
use super::entity::{self, Kind, duplicate, missing};
use crate::api::schema::{Field, Type, optional};
use crate::api::{Answer, ApiError, Call, Document, Read, Route, document};
use crate::ground::Table;
use crate::services::Cloud;

pub(super) const ROUTES: &[Route<Cloud>] = &[
    Route::get("/v3/regions", entity::list::<Region>),
    Route::post("/v3/regions", create).admin("identity:create_region"),
    Route::get("/v3/regions/{region_id}", entity::show::<Region>),
    Route::put("/v3/regions/{region_id}", create).admin("identity:create_region"),
    Route::patch("/v3/regions/{region_id}", update).admin("identity:update_region"),
    Route::delete("/v3/regions/{region_id}", delete).admin("identity:delete_region"),
];

struct Region;

impl Kind for Region {
    const KEY: &'static str = "region";
    const LIST: &'static str = "regions";
    const PATH: &'static str = "regions";
    const FILTERS: &'static [&'static str] = &["parent_region_id"];

    fn table(state: &mut State) -> &mut Table<Document> {
        &mut state.regions
    }
}

const FIELDS: &[Field] = &[
    optional("id", Type::Or(&Type::Text(0, 255))),
    optional("description", Type::Or(&Type::Text(0, 65_535))),
    optional("parent_region_id", Type::Or(&Type::Text(0, 255))),
];

fn create(cloud: &mut Cloud, call: &Call) -> Answer {
    let asked = entity::asked(call, Region::KEY, FIELDS, true)?;
    let id = match (entity::id(call), asked.text("id")) {
        ("", "") => cloud.random.hex_id(),
        ("", id) | (id, "") => id.to_owned(),
        (path, body) if path == body => path.to_owned(),
        _ => return Err(ApiError::bad_request("Conflicting region IDs specified: the URL and the body differ.")),
    };
    if cloud.identity.regions.contains(&id) {
        return Err(duplicate("region", &format!("Duplicate ID, {id}.")));
    }
    check_parent(&cloud.identity, &asked)?;
    let mut region = entity::fresh(id, document!({"description": "", "parent_region_id": null}), asked);
    region.remove("options");
    if region.get("description").is_some_and(Value::is_null) {
        region.insert("description".into(), "".into());
    }
    entity::kept::<Region>(cloud, call, "", region)
}

fn update(cloud: &mut Cloud, call: &Call) -> Answer {
    let changes = entity::changes(call, Region::KEY, FIELDS, true)?;
    check_parent(&cloud.identity, &changes)?;
    check_circle(&cloud.identity, entity::id(call), changes.text("parent_region_id"))?;
    entity::update::<Region>(cloud, call, changes)
}

fn check_parent(state: &State, asked: &Document) -> Result<(), ApiError> {
    match asked.text("parent_region_id") {
        id if id.is_empty() || state.regions.contains(id) => Ok(()),
        id => Err(missing("region", id)),
    }
}

/// A region is not below itself.
fn check_circle(state: &State, id: &str, parent: &str) -> Result<(), ApiError> {
    if below(state, id).iter().any(|region| region == parent) {
        Err(ApiError::bad_request(format!(
            "The specified parent region {parent} would create a circular region hierarchy."
        )))
    } else {
        Ok(())
    }
}

/// A region and those below it.
fn below(state: &State, id: &str) -> Vec<String> {
    let mut found = vec![id.to_owned()];
    let mut next = 0;
    while let Some(id) = found.get(next).cloned() {
        let children = state.regions.values().filter(|region| region.text("parent_region_id") == id);
        found.extend(children.map(|region| region.text("id").to_owned()));
        next += 1;
    }
    found
}

/// Those below it go with a region, unless one of them has endpoints.
fn delete(cloud: &mut Cloud, call: &Call) -> Answer {
    let id = entity::id(call);
    let state = &mut cloud.identity;
    let going = below(state, id);
    if state.endpoints.values().any(|endpoint| going.iter().any(|region| region == endpoint.text("region_id"))) {
        let message =
            format!("Unable to delete region {id} because it or its child regions have associated endpoints.");
        return Err(ApiError::forbidden(message));
    }
    for region in going.iter().skip(1) {
        state.regions.remove(region);
    }
    entity::delete::<Region>(cloud, call)
}
