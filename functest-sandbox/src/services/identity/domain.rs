// SPDX-License-Identifier: Apache-2.0
//! Domains.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::entity::{self, Kind, TAGS, allow, duplicate, is_taken};
use super::{State, Target};
use crate::api::schema::{Field, Type, optional, required};
use crate::api::{Answer, ApiError, Call, Document, Read, Route, document};
use crate::ground::Table;
use crate::services::Cloud;

pub(super) const ROUTES: &[Route<Cloud>] = &[
    Route::get("/v3/domains", entity::list::<Domain>).admin("identity:list_domains"),
    Route::post("/v3/domains", create).admin("identity:create_domain"),
    Route::get("/v3/domains/{domain_id}", show),
    Route::patch("/v3/domains/{domain_id}", update).admin("identity:update_domain"),
    Route::delete("/v3/domains/{domain_id}", delete).admin("identity:delete_domain"),
];

pub(super) struct Domain;

impl Kind for Domain {
    const KEY: &'static str = "domain";
    const LIST: &'static str = "domains";
    const PATH: &'static str = "domains";
    const FILTERS: &'static [&'static str] = &["name", "enabled"];

    fn table(state: &mut State) -> &mut Table<Document> {
        &mut state.domains
    }

    fn deleted(cloud: &mut Cloud, id: &str) {
        cloud.identity.empty_domain(id);
    }
}

const FIELDS: &[Field] = &[
    required("name", Type::Text(1, 64)),
    optional("description", Type::Or(&Type::Text(0, 65_535))),
    optional("enabled", Type::Truth),
    optional("tags", TAGS),
    optional("options", Type::Object),
    optional("explicit_domain_id", Type::Id),
];

fn create(cloud: &mut Cloud, call: &Call) -> Answer {
    let asked = entity::asked(call, Domain::KEY, FIELDS, true)?;
    entity::check_options(&asked)?;
    let domain = new_domain(cloud, asked)?;
    entity::kept::<Domain>(cloud, call, "", domain)
}

fn show(cloud: &mut Cloud, call: &Call) -> Answer {
    let own = cloud.identity.domain_of(call) == entity::id(call);
    allow(call.is_admin() || own, "identity:get_domain")?;
    entity::show::<Domain>(cloud, call)
}

fn update(cloud: &mut Cloud, call: &Call) -> Answer {
    let changes = entity::changes(call, Domain::KEY, FIELDS, true)?;
    entity::check_options(&changes)?;
    if let Some(name) = changes.get("name").and_then(Value::as_str) {
        cloud.identity.domain_name_is_free(name, entity::id(call))?;
    }
    entity::update::<Domain>(cloud, call, changes)
}

fn delete(cloud: &mut Cloud, call: &Call) -> Answer {
    if cloud.identity.domains.get(entity::id(call)).is_some_and(|domain| domain.truth("enabled")) {
        return Err(ApiError::forbidden("Cannot delete a domain that is enabled, please disable it first."));
    }
    entity::delete::<Domain>(cloud, call)
}

/// A domain as a body asks for it, not kept yet.
pub(super) fn new_domain(cloud: &mut Cloud, mut asked: Document) -> Result<Document, ApiError> {
    cloud.identity.domain_name_is_free(asked.text("name"), "")?;
    let id = match asked.remove("explicit_domain_id") {
        Some(Value::String(id)) if !cloud.identity.domains.contains(&id) => id,
        Some(Value::String(id)) => return Err(duplicate("project", &format!("Duplicate ID, {id}"))),
        _ => cloud.random.hex_id(),
    };
    Ok(entity::fresh(id, document!({"description": "", "enabled": true, "tags": []}), asked))
}

impl State {
    pub(super) fn domain_name_is_free(&self, name: &str, id: &str) -> Result<(), ApiError> {
        if is_taken(self.domains.values(), name, id) {
            let details = "it is not permitted to have two projects acting as domains with the same name";
            return Err(duplicate("project", &format!("{details}: {name}")));
        }
        Ok(())
    }

    /// A domain as what Keystone keeps it as: a project.
    pub(super) fn domain_as_project(&self, id: &str) -> Option<Document> {
        let mut project = self.domains.get(id)?.clone();
        project.extend(document!({"domain_id": null, "parent_id": null, "is_domain": true}));
        Some(project)
    }

    /// Deletes everything in a domain.
    fn empty_domain(&mut self, id: &str) {
        let ids = |items: &Table<Document>| -> BTreeSet<String> {
            items.of(id).map(|item| item.text("id").to_owned()).collect()
        };
        let (users, groups, projects, roles) =
            (ids(&self.users), ids(&self.groups), ids(&self.projects), ids(&self.roles));
        self.forget_users(&users);
        self.forget_groups(&groups);
        self.forget_projects(&projects);
        self.forget_roles(&roles);
        self.domain_configs.remove(id);
        self.revoke(|assignment| assignment.target == Target::Domain(id.to_owned()));
    }

    /// A domain as other things mention it.
    pub(super) fn domain_mention(&self, id: &str) -> Value {
        json!({"id": id, "name": self.domains.get(id).map_or("", |domain| domain.text("name"))})
    }
}
