// SPDX-License-Identifier: Apache-2.0
//! Policies: texts that Keystone keeps and nobody reads.

use super::State;
use super::entity::{self, Kind};
use crate::api::schema::{Field, Type, required};
use crate::api::{Answer, Call, Document, Route};
use crate::ground::Table;
use crate::services::Cloud;

pub(super) const ROUTES: &[Route<Cloud>] = &[
    Route::get("/v3/policies", entity::list::<Policy>).admin("identity:list_policies"),
    Route::post("/v3/policies", create).admin("identity:create_policy"),
    Route::get("/v3/policies/{policy_id}", entity::show::<Policy>).admin("identity:get_policy"),
    Route::patch("/v3/policies/{policy_id}", update).admin("identity:update_policy"),
    Route::delete("/v3/policies/{policy_id}", entity::delete::<Policy>).admin("identity:delete_policy"),
];

struct Policy;

impl Kind for Policy {
    const KEY: &'static str = "policy";
    const LIST: &'static str = "policies";
    const PATH: &'static str = "policies";
    const FILTERS: &'static [&'static str] = &["type"];

    fn table(state: &mut State) -> &mut Table<Document> {
        &mut state.policies
    }
}

const FIELDS: &[Field] = &[required("blob", Type::Text(0, 65_535)), required("type", Type::Text(0, 255))];

fn create(cloud: &mut Cloud, call: &Call) -> Answer {
    let asked = entity::asked(call, Policy::KEY, FIELDS, true)?;
    let mut policy = entity::fresh(cloud.random.hex_id(), Document::new(), asked);
    policy.remove("options");
    entity::kept::<Policy>(cloud, call, "", policy)
}

fn update(cloud: &mut Cloud, call: &Call) -> Answer {
    let changes = entity::changes(call, Policy::KEY, FIELDS, true)?;
    entity::update::<Policy>(cloud, call, changes)
}
