// SPDX-License-Identifier: Apache-2.0
//! Users.

use std::collections::BTreeSet;

use serde_json::Value;

use super::entity::{self, Kind, allow, duplicate, is_taken, missing};
use super::listing::{linked, listed};
use super::{Actor, State, group::Group, project::Project};
use crate::api::schema::{Field, Type, optional, required};
use crate::api::{Answer, ApiError, Call, Document, Read, Reply, Route, document};
use crate::ground::Table;
use crate::services::Cloud;

pub(super) const ROUTES: &[Route<Cloud>] = &[
    Route::get("/v3/users", entity::list::<User>).admin("identity:list_users"),
    Route::post("/v3/users", create).admin("identity:create_user"),
    Route::get("/v3/users/{user_id}", show),
    Route::patch("/v3/users/{user_id}", update).admin("identity:update_user"),
    Route::delete("/v3/users/{user_id}", entity::delete::<User>).admin("identity:delete_user"),
    Route::post("/v3/users/{user_id}/password", change_password).public(),
    Route::get("/v3/users/{user_id}/projects", projects),
    Route::get("/v3/users/{user_id}/groups", groups),
];

pub(super) struct User;

impl Kind for User {
    const KEY: &'static str = "user";
    const LIST: &'static str = "users";
    const PATH: &'static str = "users";
    const FILTERS: &'static [&'static str] = &["name", "enabled", "domain_id", "default_project_id"];

    fn table(state: &mut State) -> &mut Table<Document> {
        &mut state.users
    }

    fn deleted(cloud: &mut Cloud, id: &str) {
        cloud.identity.forget_users(&BTreeSet::from([id.to_owned()]));
    }
}

const FIELDS: &[Field] = &[
    required("name", Type::Text(1, 255)),
    optional("password", Type::Or(&Type::Text(0, 4096))),
    optional("description", Type::Or(&Type::Text(0, 65_535))),
    optional("domain_id", Type::Or(&Type::Text(1, 64))),
    optional("default_project_id", Type::Or(&Type::Text(1, 64))),
    optional("enabled", Type::Truth),
    optional("options", Type::Object),
];

fn create(cloud: &mut Cloud, call: &Call) -> Answer {
    let mut asked = entity::asked(call, User::KEY, FIELDS, true)?;
    let domain_id = cloud.identity.chosen_domain(call, &asked)?;
    cloud.identity.user_name_is_free(&domain_id, asked.text("name"), "")?;
    check_options(&asked)?;
    asked.insert("domain_id".into(), domain_id.clone().into());
    let password = asked.remove("password");
    let id = cloud.random.hex_id();
    cloud.identity.set_password(&id, password);
    let mut user = entity::fresh(id, document!({"enabled": true, "password_expires_at": null}), asked);
    drop_nothing(&mut user);
    entity::kept::<User>(cloud, call, &domain_id, user)
}

/// A user without a default project has no such attribute.
fn drop_nothing(user: &mut Document) {
    if user.get("default_project_id").is_some_and(Value::is_null) {
        user.remove("default_project_id");
    }
}

/// The options that a user may have.
const OPTIONS: [&str; 6] = [
    "ignore_change_password_upon_first_use",
    "ignore_password_expiry",
    "ignore_lockout_failure_attempts",
    "lock_password",
    "ignore_user_inactivity",
    "multi_factor_auth_enabled",
];

fn check_options(asked: &Document) -> Result<(), ApiError> {
    let Some(options) = asked.get("options").and_then(Value::as_object) else { return Ok(()) };
    let is_right = |key: &str, value: &Value| match key {
        "multi_factor_auth_rules" => value.is_array() || value.is_null(),
        key => OPTIONS.contains(&key) && (value.is_boolean() || value.is_null()),
    };
    match options.iter().find(|(key, value)| !is_right(key, value)) {
        Some((key, _)) => Err(ApiError::bad_request(format!("Invalid input for field 'options': '{key}'"))),
        None => Ok(()),
    }
}

fn show(cloud: &mut Cloud, call: &Call) -> Answer {
    allow_own(call, "identity:get_user")?;
    entity::show::<User>(cloud, call)
}

/// Users may ask about themselves, administrators about everybody.
pub(super) fn allow_own(call: &Call, rule: &'static str) -> Result<(), ApiError> {
    allow(call.is_admin() || call.caller()?.user_id == call.param("user_id"), rule)
}

fn update(cloud: &mut Cloud, call: &Call) -> Answer {
    let id = entity::id(call);
    let mut changes = entity::changes(call, User::KEY, FIELDS, true)?;
    check_options(&changes)?;
    let state = &mut cloud.identity;
    let old = state.users.get(id).ok_or_else(|| missing("user", id))?;
    entity::stays_in_its_domain(Some(old), &changes)?;
    if let Some(name) = changes.get("name").and_then(Value::as_str) {
        state.user_name_is_free(old.text("domain_id"), name, id)?;
    }
    let closes = changes.get("enabled") == Some(&Value::Bool(false));
    let password = changes.remove("password");
    if closes || password.is_some() {
        state.forget_tokens(id);
    }
    if password.is_some() {
        state.set_password(id, password);
    }
    changes.remove("domain_id");
    let reply = entity::update::<User>(cloud, call, changes);
    if let Some(user) = cloud.identity.users.get_mut(id) {
        drop_nothing(user);
    }
    reply
}

/// Whoever knows the password may change it, with or without a token.
fn change_password(cloud: &mut Cloud, call: &Call) -> Answer {
    const FIELDS: &[Field] =
        &[required("password", Type::Or(&Type::Text(0, 4096))), required("original_password", Type::Text(0, 4096))];
    let asked = entity::asked(call, User::KEY, FIELDS, false)?;
    let id = call.param("user_id");
    let now = cloud.clock.now();
    let state = &mut cloud.identity;
    if !state.users.get(id).is_some_and(|user| user.truth("enabled")) {
        return Err(ApiError::unauthorized());
    }
    state.check_password(id, asked.text("original_password"), now)?;
    if state.option(id, "lock_password") {
        return Err(ApiError::bad_request(
            "Password change failed: the password of this user may be changed by an administrator only.",
        ));
    }
    state.must_be_new(id, asked.text("password"))?;
    state.set_password(id, asked.get("password").cloned());
    state.forget_tokens(id);
    Ok(Reply::no_content())
}

fn projects(cloud: &mut Cloud, call: &Call) -> Answer {
    allow_own(call, "identity:list_user_projects")?;
    let id = call.param("user_id");
    let state = &cloud.identity;
    if !state.users.contains(id) {
        return Err(missing("user", id));
    }
    let found = state.projects_of(id).into_iter();
    let found = found.filter(|project| super::listing::matches(&call.query, project, Project::FILTERS));
    Ok(listed(call, "projects", found.map(|project| linked(call, "projects", project)).collect()))
}

fn groups(cloud: &mut Cloud, call: &Call) -> Answer {
    allow_own(call, "identity:list_groups_for_user")?;
    let id = call.param("user_id");
    let state = &cloud.identity;
    if !state.users.contains(id) {
        return Err(missing("user", id));
    }
    let found = state.groups_of(id).filter_map(|group| state.groups.get(&group));
    let found = found.filter(|group| super::listing::matches(&call.query, group, Group::FILTERS));
    Ok(listed(call, "groups", found.map(|group| linked(call, "groups", group)).collect()))
}

impl State {
    fn user_name_is_free(&self, domain_id: &str, name: &str, id: &str) -> Result<(), ApiError> {
        if is_taken(self.users.of(domain_id), name, id) {
            let details = format!("Duplicate entry found with name {name} at domain ID {domain_id}");
            return Err(duplicate("user", &details));
        }
        Ok(())
    }

    /// The groups that a user is in.
    pub(super) fn groups_of(&self, user_id: &str) -> impl Iterator<Item = String> {
        let theirs = self.members.iter().filter(move |(_, user)| user == user_id);
        theirs.map(|(group, _)| group.clone())
    }

    /// Deletes users and all that is there only for them; in one walk, however many they are.
    pub(super) fn forget_users(&mut self, ids: &BTreeSet<String>) {
        for id in ids {
            self.users.remove(id);
            self.passwords.remove(id);
            self.histories.remove(id);
        }
        self.members.retain(|(_, user)| !ids.contains(user));
        self.revoke(|assignment| matches!(&assignment.actor, Actor::User(id) if ids.contains(id)));
        self.forget_credentials(|credential| ids.contains(credential.text("user_id")));
        self.tokens.retain(|_, token| !ids.contains(&token.user_id));
    }
}
