// SPDX-License-Identifier: Apache-2.0
//! Roles, of everywhere or of one domain.

use std::collections::BTreeSet;

use serde_json::Value;

use super::State;
use super::entity::{self, Kind, duplicate, is_taken, missing};
use super::listing::{linked, listed, matches};
use crate::api::schema::{Field, Type, optional, required};
use crate::api::{Answer, ApiError, Call, Document, Read, Route, document};
use crate::ground::Table;
use crate::services::Cloud;

pub(super) const ROUTES: &[Route<Cloud>] = &[
    Route::get("/v3/roles", list).admin("identity:list_roles"),
    Route::post("/v3/roles", create).admin("identity:create_role"),
    Route::get("/v3/roles/{role_id}", entity::show::<Role>).admin("identity:get_role"),
    Route::patch("/v3/roles/{role_id}", update).admin("identity:update_role"),
    Route::delete("/v3/roles/{role_id}", entity::delete::<Role>).admin("identity:delete_role"),
];

pub(super) struct Role;

impl Kind for Role {
    const KEY: &'static str = "role";
    const LIST: &'static str = "roles";
    const PATH: &'static str = "roles";
    const FILTERS: &'static [&'static str] = &["name"];

    fn table(state: &mut State) -> &mut Table<Document> {
        &mut state.roles
    }

    fn deleted(cloud: &mut Cloud, id: &str) {
        cloud.identity.forget_roles(&BTreeSet::from([id.to_owned()]));
    }
}

const FIELDS: &[Field] = &[
    required("name", Type::Text(1, 255)),
    optional("description", Type::Or(&Type::Text(0, 65_535))),
    optional("domain_id", Type::Or(&Type::Text(1, 64))),
    optional("options", Type::Object),
];

/// The roles of everywhere, or those of the domain that is asked for.
fn list(cloud: &mut Cloud, call: &Call) -> Answer {
    let domain_id = call.query.get("domain_id").unwrap_or_default();
    let roles = cloud.identity.roles.of(domain_id).filter(|role| matches(&call.query, role, Role::FILTERS));
    Ok(listed(call, Role::LIST, roles.map(|role| linked(call, Role::PATH, role)).collect()))
}

fn create(cloud: &mut Cloud, call: &Call) -> Answer {
    let asked = entity::asked(call, Role::KEY, FIELDS, true)?;
    entity::check_options(&asked)?;
    let domain_id = asked.text("domain_id").to_owned();
    if !domain_id.is_empty() && !cloud.identity.domains.contains(&domain_id) {
        return Err(missing("domain", &domain_id));
    }
    cloud.identity.role_name_is_free(&domain_id, asked.text("name"), "")?;
    let role = entity::fresh(cloud.random.hex_id(), document!({"domain_id": null, "description": null}), asked);
    entity::kept::<Role>(cloud, call, &domain_id, role)
}

fn update(cloud: &mut Cloud, call: &Call) -> Answer {
    let changes = entity::changes(call, Role::KEY, FIELDS, true)?;
    entity::check_options(&changes)?;
    let id = entity::id(call);
    let state = &mut cloud.identity;
    let old = state.roles.get(id).ok_or_else(|| missing("role", id))?;
    entity::stays_in_its_domain(Some(old), &changes)?;
    if let Some(name) = changes.get("name").and_then(Value::as_str) {
        state.role_name_is_free(old.text("domain_id"), name, id)?;
    }
    let reply = entity::update::<Role>(cloud, call, changes);
    cloud.identity.roles_changed();
    reply
}

impl State {
    fn role_name_is_free(&self, domain_id: &str, name: &str, id: &str) -> Result<(), ApiError> {
        if is_taken(self.roles.of(domain_id), name, id) {
            return Err(duplicate("role", &format!("Duplicate entry found with name {name}")));
        }
        Ok(())
    }

    pub(super) fn forget_roles(&mut self, ids: &BTreeSet<String>) {
        for id in ids {
            self.roles.remove(id);
        }
        self.implied_roles.retain(|(prior, implied)| !ids.contains(prior) && !ids.contains(implied));
        self.revoke(|assignment| ids.contains(&assignment.role_id));
    }
}
