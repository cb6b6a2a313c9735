// SPDX-License-Identifier: Apache-2.0
//! The list of who has which role on what.

use serde_json::{Value, json};

use super::listing::listed;
use super::{Actor, Assignment, State, Target};
use crate::api::{Answer, ApiError, Call, Document, Query, Read, Route, truth};
use crate::services::Cloud;

pub(super) const ROUTES: &[Route<Cloud>] =
    &[Route::get("/v3/role_assignments", list).admin("identity:list_role_assignments")];

/// One line of the list: an assignment as it was made, or what comes of it.
struct Line<'s> {
    origin: &'s Assignment,
    actor: Actor,
    target: Target,
    role_id: String,
}

fn list(cloud: &mut Cloud, call: &Call) -> Answer {
    let state = &cloud.identity;
    let effective = flag(&call.query, "effective");
    if call.query.has("user.id") && call.query.has("group.id") {
        return Err(ApiError::bad_request("Specify a user or group, not both"));
    }
    if call.query.has("scope.domain.id") && call.query.has("scope.project.id") {
        return Err(ApiError::bad_request("Specify a domain or project, not both"));
    }
    if effective && call.query.has("group.id") {
        return Err(ApiError::bad_request("Combining effective and group filter will always result in an empty list."));
    }
    let targets = wanted_targets(state, &call.query)?;
    let names = flag(&call.query, "include_names");
    let lines = state.assignments.iter().flat_map(|origin| {
        if effective {
            state.effects(origin)
        } else {
            vec![Line {
                origin,
                actor: origin.actor.clone(),
                target: origin.target.clone(),
                role_id: origin.role_id.clone(),
            }]
        }
    });
    let lines = lines.filter(|line| targets.as_ref().is_none_or(|targets| targets.contains(&line.target)));
    let lines = lines.filter(|line| passes(&call.query, line));
    Ok(listed(call, "role_assignments", lines.map(|line| state.shown(call, &line, names)).collect()))
}

fn flag(query: &Query, name: &str) -> bool {
    query.get(name).is_some_and(|text| truth(text).unwrap_or(true))
}

/// The targets that a query asks for; `None` for all.
fn wanted_targets(state: &State, query: &Query) -> Result<Option<Vec<Target>>, ApiError> {
    if query.has("scope.system") {
        return Ok(Some(vec![Target::System]));
    }
    if let Some(id) = query.get("scope.domain.id") {
        return Ok(Some(vec![Target::Domain(id.to_owned())]));
    }
    let subtree = flag(query, "include_subtree");
    match query.get("scope.project.id") {
        None if subtree => Err(ApiError::bad_request("scope.project.id must be specified if include_subtree is set")),
        None => Ok(None),
        Some(id) => {
            let mut targets = vec![Target::Project(id.to_owned())];
            if subtree {
                let below = state.descendants(id).into_iter();
                targets.extend(below.map(|project| Target::Project(project.text("id").to_owned())));
            }
            Ok(Some(targets))
        }
    }
}

fn passes(query: &Query, line: &Line<'_>) -> bool {
    let (user, group) = match &line.actor {
        Actor::User(id) => (id.as_str(), ""),
        Actor::Group(id) => ("", id.as_str()),
    };
    let is = |key: &str, value: &str| query.get(key).is_none_or(|wanted| wanted == value);
    is("user.id", user)
        && is("group.id", group)
        && is("role.id", &line.role_id)
        && (!query.has("scope.OS-INHERIT:inherited_to") || line.origin.inherited)
}

impl State {
    /// All that an assignment gives: to each member of a group, on each project below, with each implied role.
    fn effects<'s>(&'s self, origin: &'s Assignment) -> Vec<Line<'s>> {
        let users: Vec<&str> = match &origin.actor {
            Actor::User(id) => vec![id],
            Actor::Group(id) => self.members_of(id).collect(),
        };
        let project = |project: &Document| Target::Project(project.text("id").to_owned());
        let targets: Vec<Target> = match (&origin.target, origin.inherited) {
            (target, false) => vec![target.clone()],
            (Target::Project(id), true) => self.descendants(id).into_iter().map(project).collect(),
            (Target::Domain(id), true) => self.projects.of(id).map(project).collect(),
            (Target::System, true) => Vec::new(),
        };
        let roles = self.with_implied(std::iter::once(origin.role_id.clone()));
        let mut lines = Vec::new();
        for user in users {
            for target in &targets {
                lines.extend(roles.iter().filter(|id| self.is_of_everywhere(id)).map(|role_id| Line {
                    origin,
                    actor: Actor::User(user.to_owned()),
                    target: target.clone(),
                    role_id: role_id.clone(),
                }));
            }
        }
        lines
    }

    fn shown(&self, call: &Call, line: &Line<'_>, names: bool) -> Value {
        let named =
            |id: &str, item: Option<&Document>| if names { self.with_domain(id, item) } else { json!({"id": id}) };
        let mut scope = match &line.target {
            Target::Project(id) => json!({"project": named(id, self.projects.get(id))}),
            Target::Domain(id) if names => json!({"domain": self.domain_mention(id)}),
            Target::Domain(id) => json!({"domain": {"id": id}}),
            Target::System => json!({"system": {"all": true}}),
        };
        if line.origin.inherited {
            scope["OS-INHERIT:inherited_to"] = json!("projects");
        }
        let mut links = json!({"assignment": assignment_url(call, line.origin)});
        if let (Actor::Group(group), Actor::User(user)) = (&line.origin.actor, &line.actor) {
            links["membership"] = json!(format!("{}/v3/groups/{group}/users/{user}", call.base));
        }
        if line.role_id != line.origin.role_id {
            let prior = &line.origin.role_id;
            links["prior_role"] = json!(format!("{}/v3/prior_role/{prior}/implies/{}", call.base, line.role_id));
        }
        let role = named(&line.role_id, self.roles.get(&line.role_id));
        let (key, actor) = match &line.actor {
            Actor::User(id) => ("user", named(id, self.users.get(id))),
            Actor::Group(id) => ("group", named(id, self.groups.get(id))),
        };
        json!({"links": links, "scope": scope, key: actor, "role": role})
    }

    fn with_domain(&self, id: &str, item: Option<&Document>) -> Value {
        let mut mention = json!({"id": id, "name": item.map_or("", |item| item.text("name"))});
        if let Some(domain) = item.map(|item| item.text("domain_id")).filter(|id| !id.is_empty()) {
            mention["domain"] = self.domain_mention(domain);
        }
        mention
    }
}

fn assignment_url(call: &Call, assignment: &Assignment) -> String {
    let target = match &assignment.target {
        Target::Project(id) => format!("projects/{id}"),
        Target::Domain(id) => format!("domains/{id}"),
        Target::System => "system".to_owned(),
    };
    let actor = match &assignment.actor {
        Actor::User(id) => format!("users/{id}"),
        Actor::Group(id) => format!("groups/{id}"),
    };
    let (before, after) = if assignment.inherited { ("/OS-INHERIT", "/inherited_to_projects") } else { ("", "") };
    format!("{}/v3{before}/{target}/{actor}/roles/{}{after}", call.base, assignment.role_id)
}
