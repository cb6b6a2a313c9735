// SPDX-License-Identifier: Apache-2.0
//! Groups and who is in them.

use std::collections::BTreeSet;

use serde_json::Value;

use super::entity::{self, Kind, allow, duplicate, is_taken, missing};
use super::listing::{linked, listed, matches};
use super::user::User;
use super::{Actor, State};
use crate::api::schema::{Field, Type, optional, required};
use crate::api::{Answer, ApiError, Call, Document, Read, Reply, Route, document};
use crate::ground::Table;
use crate::services::Cloud;

pub(super) const ROUTES: &[Route<Cloud>] = &[
    Route::get("/v3/groups", entity::list::<Group>).admin("identity:list_groups"),
    Route::post("/v3/groups", create).admin("identity:create_group"),
    Route::get("/v3/groups/{group_id}", entity::show::<Group>).admin("identity:get_group"),
    Route::patch("/v3/groups/{group_id}", update).admin("identity:update_group"),
    Route::delete("/v3/groups/{group_id}", entity::delete::<Group>).admin("identity:delete_group"),
    Route::get("/v3/groups/{group_id}/users", users).admin("identity:list_users_in_group"),
    Route::get("/v3/groups/{group_id}/users/{user_id}", check),
    Route::put("/v3/groups/{group_id}/users/{user_id}", add).admin("identity:add_user_to_group"),
    Route::delete("/v3/groups/{group_id}/users/{user_id}", remove).admin("identity:remove_user_from_group"),
];

pub(super) struct Group;

impl Kind for Group {
    const KEY: &'static str = "group";
    const LIST: &'static str = "groups";
    const PATH: &'static str = "groups";
    const FILTERS: &'static [&'static str] = &["name", "domain_id"];

    fn table(state: &mut State) -> &mut Table<Document> {
        &mut state.groups
    }

    fn deleted(cloud: &mut Cloud, id: &str) {
        cloud.identity.forget_groups(&BTreeSet::from([id.to_owned()]));
    }
}

const FIELDS: &[Field] = &[
    required("name", Type::Text(1, 64)),
    optional("description", Type::Or(&Type::Text(0, 65_535))),
    optional("domain_id", Type::Or(&Type::Text(1, 64))),
];

fn create(cloud: &mut Cloud, call: &Call) -> Answer {
    let mut asked = entity::asked(call, Group::KEY, FIELDS, true)?;
    let domain_id = cloud.identity.chosen_domain(call, &asked)?;
    cloud.identity.group_name_is_free(&domain_id, asked.text("name"), "")?;
    asked.insert("domain_id".into(), domain_id.clone().into());
    let mut group = entity::fresh(cloud.random.hex_id(), document!({"description": ""}), asked);
    group.remove("options");
    entity::kept::<Group>(cloud, call, &domain_id, group)
}

fn update(cloud: &mut Cloud, call: &Call) -> Answer {
    let changes = entity::changes(call, Group::KEY, FIELDS, true)?;
    let id = entity::id(call);
    let old = cloud.identity.groups.get(id).ok_or_else(|| missing("group", id))?;
    entity::stays_in_its_domain(Some(old), &changes)?;
    if let Some(name) = changes.get("name").and_then(Value::as_str) {
        cloud.identity.group_name_is_free(old.text("domain_id"), name, id)?;
    }
    entity::update::<Group>(cloud, call, changes)
}

fn users(cloud: &mut Cloud, call: &Call) -> Answer {
    let id = call.param("group_id");
    let state = &cloud.identity;
    if !state.groups.contains(id) {
        return Err(missing("group", id));
    }
    let found = state.members_of(id).filter_map(|user| state.users.get(user));
    let found = found.filter(|user| matches(&call.query, user, User::FILTERS));
    Ok(listed(call, "users", found.map(|user| linked(call, "users", user)).collect()))
}

fn check(cloud: &mut Cloud, call: &Call) -> Answer {
    let own = call.caller()?.user_id == call.param("user_id");
    allow(call.is_admin() || own, "identity:check_user_in_group")?;
    let member = named(&cloud.identity, call)?;
    if cloud.identity.members.contains(&member) { Ok(Reply::no_content()) } else { Err(no_member(&member)) }
}

fn add(cloud: &mut Cloud, call: &Call) -> Answer {
    let member = named(&cloud.identity, call)?;
    cloud.identity.members.insert(member);
    cloud.identity.roles_changed();
    Ok(Reply::no_content())
}

fn remove(cloud: &mut Cloud, call: &Call) -> Answer {
    let member = named(&cloud.identity, call)?;
    if !cloud.identity.members.remove(&member) {
        return Err(no_member(&member));
    }
    cloud.identity.roles_changed();
    Ok(Reply::no_content())
}

/// The group and the user that a path names.
fn named(state: &State, call: &Call) -> Result<(String, String), ApiError> {
    let (group, user) = (call.param("group_id"), call.param("user_id"));
    match (state.users.contains(user), state.groups.contains(group)) {
        (false, _) => Err(missing("user", user)),
        (_, false) => Err(missing("group", group)),
        _ => Ok((group.to_owned(), user.to_owned())),
    }
}

fn no_member((group, user): &(String, String)) -> ApiError {
    ApiError::not_found(format!("User '{user}' not found in group '{group}'"))
}

impl State {
    fn group_name_is_free(&self, domain_id: &str, name: &str, id: &str) -> Result<(), ApiError> {
        if is_taken(self.groups.of(domain_id), name, id) {
            let details = format!("Duplicate entry found with name {name} at domain ID {domain_id}");
            return Err(duplicate("group", &details));
        }
        Ok(())
    }

    /// Who is in a group.
    pub(super) fn members_of(&self, group_id: &str) -> impl Iterator<Item = &str> {
        self.members.iter().filter(move |(group, _)| group == group_id).map(|(_, user)| user.as_str())
    }

    pub(super) fn forget_groups(&mut self, ids: &BTreeSet<String>) {
        for id in ids {
            self.groups.remove(id);
        }
        self.members.retain(|(group, _)| !ids.contains(group));
        self.revoke(|assignment| matches!(&assignment.actor, Actor::Group(id) if ids.contains(id)));
    }
}
