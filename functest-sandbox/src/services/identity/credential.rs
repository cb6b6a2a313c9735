// SPDX-License-Identifier: Apache-2.0
//! Credentials of any type: certificates, EC2 keys, second factors.

use serde_json::Value;

use super::entity::{self, Kind, allow, duplicate, missing};
use super::listing::{linked, listed, matches};
use super::{State, ec2_credential};
use crate::api::schema::{Field, Type, optional, required};
use crate::api::{Answer, ApiError, Call, Document, Read, Route, document};
use crate::ground::Table;
use crate::services::Cloud;

pub(super) const ROUTES: &[Route<Cloud>] = &[
    Route::get("/v3/credentials", list),
    Route::post("/v3/credentials", create),
    Route::get("/v3/credentials/{credential_id}", show),
    Route::patch("/v3/credentials/{credential_id}", update),
    Route::delete("/v3/credentials/{credential_id}", delete),
];

pub(super) struct Credential;

impl Kind for Credential {
    const KEY: &'static str = "credential";
    const LIST: &'static str = "credentials";
    const PATH: &'static str = "credentials";
    const FILTERS: &'static [&'static str] = &["user_id", "type"];

    fn table(state: &mut State) -> &mut Table<Document> {
        &mut state.credentials
    }
}

const FIELDS: &[Field] = &[
    required("blob", Type::Text(0, 65_535)),
    required("type", Type::Text(0, 255)),
    required("user_id", Type::Text(1, 64)),
    optional("project_id", Type::Or(&Type::Text(1, 64))),
];

fn list(cloud: &mut Cloud, call: &Call) -> Answer {
    let caller = call.caller()?;
    let own = |credential: &&Document| caller.is_admin || credential.text("user_id") == caller.user_id;
    let all = cloud.identity.credentials.values().filter(own);
    let found = all.filter(|credential| matches(&call.query, credential, Credential::FILTERS));
    Ok(listed(call, Credential::LIST, found.map(|credential| linked(call, Credential::PATH, credential)).collect()))
}

fn create(cloud: &mut Cloud, call: &Call) -> Answer {
    let asked = entity::asked(call, Credential::KEY, FIELDS, true)?;
    let own = asked.text("user_id") == call.caller()?.user_id;
    allow(call.is_admin() || own, "identity:create_credential")?;
    if asked.text("type") == "ec2" && asked.text("project_id").is_empty() {
        return Err(ApiError::bad_request("Invalid input for field 'project_id': None is not of type 'string'"));
    }
    let id = match asked.text("type") {
        "ec2" => ec2_credential::id_in(asked.text("blob"))?,
        _ => cloud.random.hex_id(),
    };
    if cloud.identity.credentials.contains(&id) {
        return Err(duplicate("credential", &format!("Duplicate entry found with ID {id}")));
    }
    let user_id = asked.text("user_id").to_owned();
    let mut credential = entity::fresh(id, document!({"project_id": null}), asked);
    credential.remove("options");
    entity::kept::<Credential>(cloud, call, &user_id, credential)
}

fn show(cloud: &mut Cloud, call: &Call) -> Answer {
    must_be_own(cloud, call, "identity:get_credential")?;
    entity::show::<Credential>(cloud, call)
}

fn update(cloud: &mut Cloud, call: &Call) -> Answer {
    must_be_own(cloud, call, "identity:update_credential")?;
    let changes = entity::changes(call, Credential::KEY, FIELDS, true)?;
    let own = changes
        .get("user_id")
        .and_then(Value::as_str)
        .is_none_or(|id| id == call.caller.as_ref().map_or("", |caller| &caller.user_id));
    allow(call.is_admin() || own, "identity:update_credential")?;
    let reply = entity::update::<Credential>(cloud, call, changes)?;
    // The user owns it, and may be another one now.
    entity::let_own(&mut cloud.identity.credentials, entity::id(call), "user_id");
    Ok(reply)
}

fn delete(cloud: &mut Cloud, call: &Call) -> Answer {
    must_be_own(cloud, call, "identity:delete_credential")?;
    entity::delete::<Credential>(cloud, call)
}

fn must_be_own(cloud: &Cloud, call: &Call, rule: &'static str) -> Result<(), ApiError> {
    let caller = call.caller()?;
    let credential = cloud.identity.credentials.get(entity::id(call));
    let own = credential.is_some_and(|credential| credential.text("user_id") == caller.user_id);
    match credential {
        None if call.is_admin() => Err(missing("credential", entity::id(call))),
        _ => allow(call.is_admin() || own, rule),
    }
}

impl State {
    /// Deletes the credentials, application credentials and trusts that are so, by their user or project.
    pub(super) fn forget_credentials(&mut self, which: impl Fn(&Document) -> bool) {
        for table in [&mut self.credentials, &mut self.application_credentials, &mut self.trusts] {
            let gone = table.iter().filter(|(_, item)| which(item)).map(|(id, _)| id.to_owned());
            for id in gone.collect::<Vec<_>>() {
                table.remove(&id);
                self.passwords.remove(&id);
            }
        }
    }
}
