// SPDX-License-Identifier: Apache-2.0
//! Services of the catalog.

use super::State;
use super::entity::{self, Kind};
use crate::api::schema::{Field, Type, optional, required};
use crate::api::{Answer, Call, Document, Read, Route, document};
use crate::ground::Table;
use crate::services::Cloud;

pub(super) const ROUTES: &[Route<Cloud>] = &[
    Route::get("/v3/services", entity::list::<Service>).admin("identity:list_services"),
    Route::post("/v3/services", create).admin("identity:create_service"),
    Route::get("/v3/services/{service_id}", entity::show::<Service>).admin("identity:get_service"),
    Route::patch("/v3/services/{service_id}", update).admin("identity:update_service"),
    Route::delete("/v3/services/{service_id}", entity::delete::<Service>).admin("identity:delete_service"),
];

struct Service;

impl Kind for Service {
    const KEY: &'static str = "service";
    const LIST: &'static str = "services";
    const PATH: &'static str = "services";
    const FILTERS: &'static [&'static str] = &["name", "type"];

    fn table(state: &mut State) -> &mut Table<Document> {
        &mut state.services
    }

    fn deleted(cloud: &mut Cloud, id: &str) {
        let endpoints = &mut cloud.identity.endpoints;
        let theirs: Vec<String> = endpoints.of(id).map(|endpoint| endpoint.text("id").to_owned()).collect();
        for endpoint in theirs {
            endpoints.remove(&endpoint);
        }
    }
}

const FIELDS: &[Field] = &[
    required("type", Type::Text(1, 255)),
    optional("name", Type::Text(0, 255)),
    optional("description", Type::Or(&Type::Text(0, 65_535))),
    optional("enabled", Type::Truth),
];

fn create(cloud: &mut Cloud, call: &Call) -> Answer {
    let asked = entity::asked(call, Service::KEY, FIELDS, true)?;
    let mut service = entity::fresh(cloud.random.hex_id(), document!({"name": "", "enabled": true}), asked);
    service.remove("options");
    entity::kept::<Service>(cloud, call, "", service)
}

fn update(cloud: &mut Cloud, call: &Call) -> Answer {
    let changes = entity::changes(call, Service::KEY, FIELDS, true)?;
    entity::update::<Service>(cloud, call, changes)
}
