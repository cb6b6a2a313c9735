// SPDX-License-Identifier: Apache-2.0
//! Application credentials: logins for programs, for one project and some of a user's roles.

use http::StatusCode;
use serde_json::{Value, json};

use super::entity::{self, duplicate};
use super::expiry::expiry;
use super::listing::{linked, listed, matches};
use super::user::allow_own;
use super::{State, Target, access_rule};
use crate::api::schema::{Field, Type, optional, required};
use crate::api::{Answer, ApiError, Call, Document, Read, Reply, Route, document};
use crate::services::Cloud;

pub(super) const ROUTES: &[Route<Cloud>] = &[
    Route::get("/v3/users/{user_id}/application_credentials", list),
    Route::post("/v3/users/{user_id}/application_credentials", create),
    Route::get("/v3/users/{user_id}/application_credentials/{credential_id}", show),
    Route::delete("/v3/users/{user_id}/application_credentials/{credential_id}", delete),
];

const FIELDS: &[Field] = &[
    required("name", Type::Text(1, 255)),
    optional("description", Type::Or(&Type::Text(0, 65_535))),
    optional("secret", Type::Or(&Type::Text(1, 4096))),
    optional("expires_at", Type::Or(&Type::Text(0, 64))),
    optional("unrestricted", Type::Or(&Type::Truth)),
    optional("roles", Type::List(&Type::Object)),
    optional("access_rules", Type::List(&Type::Object)),
];

/// How links name the collection.
const PATH: &str = "application_credentials";

fn list(cloud: &mut Cloud, call: &Call) -> Answer {
    allow_own(call, "identity:list_application_credentials")?;
    let theirs = cloud.identity.application_credentials.of(call.param("user_id"));
    let found = theirs.filter(|credential| matches(&call.query, credential, &["name"]));
    Ok(listed(call, PATH, found.map(|credential| linked(call, PATH, credential)).collect()))
}

fn create(cloud: &mut Cloud, call: &Call) -> Answer {
    let caller = call.caller()?;
    let user_id = call.param("user_id");
    // Not even an administrator may make another user's.
    entity::allow(caller.user_id == user_id, "identity:create_application_credential")?;
    cloud.identity.must_be_unrestricted(call)?;
    let asked = entity::asked(call, "application_credential", FIELDS, true)?;
    let Some(project_id) = caller.project_id.as_deref() else {
        return Err(ApiError::bad_request("An application credential takes a token for a project."));
    };
    let expires_at = match asked.get("expires_at").and_then(Value::as_str) {
        Some(text) => json!(expiry(text, cloud.clock.now())?),
        None => Value::Null,
    };
    let roles = cloud.identity.chosen_roles(call, asked.items("roles"))?;
    if cloud.identity.application_credentials.of(user_id).any(|other| other["name"] == asked["name"]) {
        let details = format!("Duplicate entry found with name {}", asked.text("name"));
        return Err(duplicate("application_credential", &details));
    }
    let rules = access_rule::adopt(cloud, user_id, asked.items("access_rules"))?;
    let id = cloud.random.hex_id();
    let secret = match asked.text("secret") {
        "" => cloud.random.word(86),
        secret => secret.to_owned(),
    };
    let unknown = Value::Null;
    let mut credential = document!({
        "id": id, "name": asked["name"], "description": asked.get("description").unwrap_or(&unknown),
        "user_id": user_id, "project_id": project_id, "system": null, "expires_at": expires_at,
        "unrestricted": asked.get("unrestricted").unwrap_or(&unknown), "roles": roles,
    });
    if !rules.is_empty() {
        credential.insert("access_rules".into(), Value::Array(rules));
    }
    let state = &mut cloud.identity;
    state.application_credentials.insert(id.clone(), user_id, credential.clone());
    state.passwords.insert(id, secret.clone());
    credential.insert("secret".into(), json!(secret));
    Ok(answered(call, StatusCode::CREATED, &credential))
}

fn answered(call: &Call, status: StatusCode, credential: &Document) -> Reply {
    Reply::json(status, &json!({"application_credential": linked(call, PATH, credential)}))
}

fn show(cloud: &mut Cloud, call: &Call) -> Answer {
    allow_own(call, "identity:get_application_credential")?;
    Ok(answered(call, StatusCode::OK, named(cloud, call)?))
}

fn delete(cloud: &mut Cloud, call: &Call) -> Answer {
    allow_own(call, "identity:delete_application_credential")?;
    cloud.identity.must_be_unrestricted(call)?;
    let id = named(cloud, call)?.text("id").to_owned();
    cloud.identity.application_credentials.remove(&id);
    cloud.identity.passwords.remove(&id);
    Ok(Reply::no_content())
}

fn named<'c>(cloud: &'c Cloud, call: &Call) -> Result<&'c Document, ApiError> {
    let id = call.param("credential_id");
    let found = cloud.identity.application_credentials.get(id);
    let found = found.filter(|credential| credential.text("user_id") == call.param("user_id"));
    found.ok_or_else(|| entity::missing("Application Credential", id))
}

impl State {
    /// What an application credential's token may not do unless the credential says so.
    pub(super) fn must_be_unrestricted(&self, call: &Call) -> Result<(), ApiError> {
        let token = self.tokens.get(&call.caller()?.token_id);
        let credential = token.and_then(|token| token.application_credential_id.as_deref());
        let credential = credential.and_then(|id| self.application_credentials.get(id));
        if credential.is_some_and(|credential| !credential.truth("unrestricted")) {
            Err(ApiError::forbidden(
                "You are not authorized to perform the requested action: Using method 'application_credential' is not \
                 allowed for managing additional application credentials..",
            ))
        } else {
            Ok(())
        }
    }

    /// The roles that a body names, all of them the caller's; the caller's roles when it names none.
    fn chosen_roles(&self, call: &Call, asked: &[Value]) -> Result<Vec<Value>, ApiError> {
        let own = &call.caller()?.roles;
        let is_own = |role: &&Document| own.iter().any(|name| name == role.text("name"));
        let everywhere = self.roles.of("");
        if asked.is_empty() {
            return Ok(everywhere.filter(is_own).cloned().map(Value::Object).collect());
        }
        let find = |asked: &Value| match asked.text("id") {
            "" => self.roles.of("").find(|role| role.text("name") == asked.text("name")),
            id => self.roles.get(id),
        };
        let unassigned = || {
            ApiError::bad_request(
                "Invalid application credential: Cannot create an application credential with unassigned role",
            )
        };
        let owned = |role: &Value| find(role).filter(is_own).cloned().map(Value::Object).ok_or_else(unassigned);
        asked.iter().map(owned).collect()
    }

    /// An application credential ends with the roles that it is made of.
    pub(super) fn has_lost_its_roles(&self, credential: &Document) -> bool {
        let target = Target::Project(credential.text("project_id").to_owned());
        let held = self.roles_of(credential.text("user_id"), &target);
        credential.items("roles").iter().any(|role| !held.contains(role.text("id")))
    }
}
