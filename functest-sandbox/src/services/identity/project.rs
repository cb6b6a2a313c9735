// SPDX-License-Identifier: Apache-2.0
//! Projects and their trees.

use std::collections::{BTreeSet, HashMap};

use http::StatusCode;
use serde_json::{Value, json};

use super::entity::{self, Kind, TAGS, allow, duplicate, is_taken, missing};
use super::listing::{linked, listed, matches};
use super::{State, Target, domain, project_tag};
use crate::api::schema::{Field, Type, optional, required};
use crate::api::{Answer, ApiError, Call, Document, Read, Route, document, truth};
use crate::ground::Table;
use crate::services::Cloud;

pub(super) const ROUTES: &[Route<Cloud>] = &[
    Route::get("/v3/projects", list).admin("identity:list_projects"),
    Route::post("/v3/projects", create).admin("identity:create_project"),
    Route::get("/v3/projects/{project_id}", show),
    Route::patch("/v3/projects/{project_id}", update).admin("identity:update_project"),
    Route::delete("/v3/projects/{project_id}", delete).admin("identity:delete_project"),
];

pub(super) struct Project;

impl Kind for Project {
    const KEY: &'static str = "project";
    const LIST: &'static str = "projects";
    const PATH: &'static str = "projects";
    const FILTERS: &'static [&'static str] = &["name", "enabled", "domain_id", "parent_id"];

    fn table(state: &mut State) -> &mut Table<Document> {
        &mut state.projects
    }

    fn deleted(cloud: &mut Cloud, id: &str) {
        cloud.identity.forget_projects(&BTreeSet::from([id.to_owned()]));
    }
}

const FIELDS: &[Field] = &[
    required("name", Type::Text(1, 64)),
    optional("description", Type::Or(&Type::Text(0, 65_535))),
    optional("domain_id", Type::Or(&Type::Text(1, 64))),
    optional("parent_id", Type::Or(&Type::Text(1, 64))),
    optional("enabled", Type::Truth),
    optional("is_domain", Type::Truth),
    optional("tags", TAGS),
    optional("options", Type::Object),
];

/// How many projects may be below each other: Keystone's default.
const MOST_LEVELS: usize = 5;

fn list(cloud: &mut Cloud, call: &Call) -> Answer {
    let state = &cloud.identity;
    let passes = |project: &Document| {
        matches(&call.query, project, Project::FILTERS) && project_tag::matches(&call.query, project)
    };
    let domains = call.query.get("is_domain").is_some_and(|text| truth(text).unwrap_or(true));
    let found: Vec<Value> = if domains {
        let acting = state.domains.values().filter_map(|domain| state.domain_as_project(domain.text("id")));
        acting.filter(passes).map(|project| linked(call, Project::PATH, &project)).collect()
    } else {
        let projects = state.projects.values().filter(|project| passes(project));
        projects.map(|project| linked(call, Project::PATH, project)).collect()
    };
    Ok(listed(call, Project::LIST, found))
}

fn create(cloud: &mut Cloud, call: &Call) -> Answer {
    let mut asked = entity::asked(call, Project::KEY, FIELDS, true)?;
    if asked.truth("is_domain") {
        return create_domain(cloud, call, asked);
    }
    entity::check_options(&asked)?;
    project_tag::check_all(&asked)?;
    let (domain_id, parent_id) = cloud.identity.place(call, &asked)?;
    let id = cloud.random.hex_id();
    cloud.identity.name_is_free(&domain_id, asked.text("name"), "")?;
    asked.insert("domain_id".into(), json!(domain_id));
    asked.insert("parent_id".into(), json!(parent_id));
    let defaults = document!({"description": "", "enabled": true, "is_domain": false, "tags": []});
    entity::kept::<Project>(cloud, call, &domain_id, entity::fresh(id, defaults, asked))
}

fn create_domain(cloud: &mut Cloud, call: &Call, mut asked: Document) -> Answer {
    for key in ["is_domain", "domain_id", "parent_id", "explicit_domain_id"] {
        asked.remove(key);
    }
    let domain = domain::new_domain(cloud, asked)?;
    let id = domain.text("id").to_owned();
    cloud.identity.domains.insert(id.clone(), "", domain);
    let project = cloud.identity.domain_as_project(&id).unwrap_or_default();
    Ok(entity::answered::<Project>(call, StatusCode::CREATED, &project))
}

fn show(cloud: &mut Cloud, call: &Call) -> Answer {
    let id = entity::id(call);
    let theirs = call.caller()?.user_id.clone();
    let state = &cloud.identity;
    let own = call.project_id() == id || !state.roles_of(&theirs, &Target::Project(id.to_owned())).is_empty();
    allow(call.is_admin() || own, "identity:get_project")?;
    let mut project = state.project(id).ok_or_else(|| missing("project", id))?;
    let visible =
        |project: &&Document| !state.roles_of(&theirs, &Target::Project(project.text("id").to_owned())).is_empty();
    let as_list = |projects: Vec<&Document>| -> Vec<Value> {
        let shown = projects.into_iter().filter(visible);
        shown.map(|project| json!({"project": linked(call, Project::PATH, project)})).collect()
    };
    if call.query.has("parents_as_list") {
        project.insert("parents".into(), Value::Array(as_list(state.parents(id))));
    } else if call.query.has("parents_as_ids") {
        let domain = json!({project.text("domain_id"): null});
        let up = |below: Value, parent: &&Document| json!({parent.text("id"): below});
        let parents = state.parents(id).iter().rev().fold(domain, up);
        project.insert("parents".into(), parents);
    }
    if call.query.has("subtree_as_list") {
        project.insert("subtree".into(), Value::Array(as_list(state.descendants(id))));
    } else if call.query.has("subtree_as_ids") {
        project.insert("subtree".into(), subtree(&state.families(id), id));
    }
    Ok(entity::answered::<Project>(call, StatusCode::OK, &project))
}

fn update(cloud: &mut Cloud, call: &Call) -> Answer {
    let id = entity::id(call);
    let mut changes = entity::changes(call, Project::KEY, FIELDS, true)?;
    entity::check_options(&changes)?;
    project_tag::check_all(&changes)?;
    let state = &cloud.identity;
    let Some(old) = state.projects.get(id) else {
        return update_domain(cloud, call, changes);
    };
    entity::stays_in_its_domain(Some(old), &changes)?;
    if changes.get("parent_id").is_some_and(|parent| *parent != old["parent_id"]) {
        return Err(ApiError::forbidden("Update of `parent_id` is not allowed."));
    }
    if changes.get("is_domain").is_some_and(|is_domain| *is_domain != old["is_domain"]) {
        return Err(ApiError::bad_request("Update of `is_domain` is not allowed."));
    }
    if let Some(name) = changes.get("name").and_then(Value::as_str) {
        state.name_is_free(old.text("domain_id"), name, id)?;
    }
    if changes.get("enabled") == Some(&Value::Bool(false))
        && state.descendants(id).iter().any(|project| project.truth("enabled"))
    {
        let message = format!("Cannot disable project {id} since its subtree contains enabled projects.");
        return Err(ApiError::forbidden(message));
    }
    if changes.get("enabled") == Some(&Value::Bool(true))
        && state.parents(id).iter().any(|above| !above.truth("enabled"))
    {
        let message = format!("Cannot enable project {id} since it has disabled parents");
        return Err(ApiError::forbidden(message));
    }
    changes.remove("domain_id");
    entity::update::<Project>(cloud, call, changes)
}

/// A domain may be changed as the project that it also is.
fn update_domain(cloud: &mut Cloud, call: &Call, changes: Document) -> Answer {
    let id = entity::id(call);
    if let Some(name) = changes.get("name").and_then(Value::as_str) {
        cloud.identity.domain_name_is_free(name, id)?;
    }
    let domain = cloud.identity.domains.get_mut(id).ok_or_else(|| missing("project", id))?;
    let keys = ["name", "description", "enabled", "tags"];
    domain.extend(changes.into_iter().filter(|(key, _)| keys.contains(&key.as_str())));
    let project = cloud.identity.domain_as_project(id).unwrap_or_default();
    Ok(entity::answered::<Project>(call, StatusCode::OK, &project))
}

fn delete(cloud: &mut Cloud, call: &Call) -> Answer {
    let id = entity::id(call);
    if cloud.identity.children(id).next().is_some() {
        return Err(ApiError::forbidden(format!(
            "Cannot delete the project {id} since it is not a leaf in the hierarchy. Use the cascade option if you \
             want to delete a whole subtree."
        )));
    }
    entity::delete::<Project>(cloud, call)
}

/// The tree of ids below a project; null where it ends. No tree is deeper than [`MOST_LEVELS`].
fn subtree(families: &HashMap<&str, Vec<&Document>>, id: &str) -> Value {
    let below = families.get(id).into_iter().flatten().map(|child| child.text("id"));
    let tree: Document = below.map(|id| (id.to_owned(), subtree(families, id))).collect();
    if tree.is_empty() { Value::Null } else { Value::Object(tree) }
}

impl State {
    /// A project, or a domain as one.
    pub(super) fn project(&self, id: &str) -> Option<Document> {
        self.projects.get(id).cloned().or_else(|| self.domain_as_project(id))
    }

    /// The domain and the parent of a project that is to be made.
    fn place(&self, call: &Call, asked: &Document) -> Result<(String, String), ApiError> {
        let text = |key: &str| asked.get(key).and_then(Value::as_str);
        let unknown = |kind: &str, id: &str| ApiError::bad_request(missing(kind, id).message);
        let domain = match text("domain_id") {
            Some(id) if self.domains.contains(id) => Some(id.to_owned()),
            Some(id) => return Err(unknown("domain", id)),
            None => None,
        };
        let Some(parent_id) = text("parent_id") else {
            let domain = domain.unwrap_or_else(|| self.domain_of(call));
            return Ok((domain.clone(), domain));
        };
        let parent = self.project(parent_id).ok_or_else(|| unknown("project", parent_id))?;
        let its_domain = if parent.truth("is_domain") { parent_id } else { parent.text("domain_id") };
        if domain.is_some_and(|domain| domain != its_domain) {
            return Err(ApiError::bad_request("Cannot create project, the parent is in another domain."));
        }
        if !parent.truth("enabled") {
            return Err(ApiError::bad_request(format!(
                "Cannot create a project in a branch containing a disabled project: {parent_id}."
            )));
        }
        if !parent.truth("is_domain") && self.parents(parent_id).len() + 1 >= MOST_LEVELS {
            return Err(ApiError::forbidden(format!("Max hierarchy depth reached for {parent_id} branch.")));
        }
        Ok((its_domain.to_owned(), parent_id.to_owned()))
    }

    fn name_is_free(&self, domain_id: &str, name: &str, id: &str) -> Result<(), ApiError> {
        if is_taken(self.projects.of(domain_id), name, id) {
            let details = "it is not permitted to have two projects with either the same name or same id in the same \
                           domain";
            return Err(duplicate("project", &format!("{details}: name is {name}")));
        }
        Ok(())
    }

    fn children(&self, id: &str) -> impl Iterator<Item = &Document> {
        let domain_id = self.projects.get(id).map_or(id, |project| project.text("domain_id"));
        self.projects.of(domain_id).filter(move |project| project.text("parent_id") == id)
    }

    /// The projects of a domain by what they are directly below: one walk for a whole tree.
    fn families(&self, id: &str) -> HashMap<&str, Vec<&Document>> {
        let domain_id = self.projects.get(id).map_or(id, |project| project.text("domain_id"));
        let mut families: HashMap<&str, Vec<&Document>> = HashMap::new();
        for project in self.projects.of(domain_id) {
            families.entry(project.text("parent_id")).or_default().push(project);
        }
        families
    }

    /// The projects above one, the nearest first.
    fn parents(&self, id: &str) -> Vec<&Document> {
        let above = |project: &&Document| self.projects.get(project.text("parent_id"));
        std::iter::successors(self.projects.get(id), above).skip(1).collect()
    }

    /// All that is below a project.
    pub(super) fn descendants(&self, id: &str) -> Vec<&Document> {
        let mut families = self.families(id);
        let mut found = families.remove(id).unwrap_or_default();
        let mut next = 0;
        while let Some(project) = found.get(next) {
            found.extend(families.remove(project.text("id")).unwrap_or_default());
            next += 1;
        }
        found
    }

    /// Deletes projects and what is there only because of them.
    pub(super) fn forget_projects(&mut self, ids: &BTreeSet<String>) {
        for id in ids {
            self.projects.remove(id);
        }
        self.revoke(|assignment| matches!(&assignment.target, Target::Project(id) if ids.contains(id)));
        self.forget_credentials(|credential| ids.contains(credential.text("project_id")));
        for user in self.users.values_mut().filter(|user| ids.contains(user.text("default_project_id"))) {
            user.remove("default_project_id");
        }
    }

    /// The projects that a user has a role on.
    pub(super) fn projects_of(&self, user_id: &str) -> Vec<&Document> {
        let given = self.assignments_of(user_id);
        let has_roles =
            |project: &&Document| !self.roles_among(&given, &Target::Project(project.text("id").to_owned())).is_empty();
        self.projects.values().filter(has_roles).collect()
    }
}
