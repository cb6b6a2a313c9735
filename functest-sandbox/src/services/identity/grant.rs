// SPDX-License-Identifier: Apache-2.0
//! Granting and revoking roles.

use super::entity::missing;
use super::listing::{linked, listed};
use super::{Actor, Assignment, State, Target};
use crate::api::{Answer, ApiError, Call, Read, Reply, Route};
use crate::services::Cloud;

/// The routes of one kind of target and of actor: the list of roles, and one of them.
macro_rules! routes {
    ($(($roles:literal, $role:literal)),+ $(,)?) => {
        &[$(
            Route::get($roles, list).admin("identity:list_grants"),
            Route::get($role, check).admin("identity:check_grant"),
            Route::put($role, grant).admin("identity:create_grant"),
            Route::delete($role, revoke).admin("identity:revoke_grant"),
        )+]
    };
}

pub(super) const ROUTES: &[Route<Cloud>] = routes![
    ("/v3/projects/{project_id}/users/{user_id}/roles", "/v3/projects/{project_id}/users/{user_id}/roles/{role_id}"),
    (
        "/v3/projects/{project_id}/groups/{group_id}/roles",
        "/v3/projects/{project_id}/groups/{group_id}/roles/{role_id}"
    ),
    ("/v3/domains/{domain_id}/users/{user_id}/roles", "/v3/domains/{domain_id}/users/{user_id}/roles/{role_id}"),
    ("/v3/domains/{domain_id}/groups/{group_id}/roles", "/v3/domains/{domain_id}/groups/{group_id}/roles/{role_id}"),
    ("/v3/system/users/{user_id}/roles", "/v3/system/users/{user_id}/roles/{role_id}"),
    ("/v3/system/groups/{group_id}/roles", "/v3/system/groups/{group_id}/roles/{role_id}"),
];

macro_rules! inherited_routes {
    ($($role:literal),+ $(,)?) => {
        &[$(
            Route::get($role, check).admin("identity:check_grant"),
            Route::put($role, grant).admin("identity:create_grant"),
            Route::delete($role, revoke).admin("identity:revoke_grant"),
        )+
            Route::get("/v3/OS-INHERIT/domains/{domain_id}/users/{user_id}/roles/inherited_to_projects", list)
                .admin("identity:list_grants"),
            Route::get("/v3/OS-INHERIT/domains/{domain_id}/groups/{group_id}/roles/inherited_to_projects", list)
                .admin("identity:list_grants"),
        ]
    };
}

pub(super) const INHERITED_ROUTES: &[Route<Cloud>] = inherited_routes![
    "/v3/OS-INHERIT/projects/{project_id}/users/{user_id}/roles/{role_id}/inherited_to_projects",
    "/v3/OS-INHERIT/projects/{project_id}/groups/{group_id}/roles/{role_id}/inherited_to_projects",
    "/v3/OS-INHERIT/domains/{domain_id}/users/{user_id}/roles/{role_id}/inherited_to_projects",
    "/v3/OS-INHERIT/domains/{domain_id}/groups/{group_id}/roles/{role_id}/inherited_to_projects",
];

fn list(cloud: &mut Cloud, call: &Call) -> Answer {
    let state = &cloud.identity;
    let named = named(call);
    state.must_be_there(&named.actor, &named.target)?;
    let same = |other: &&Assignment| {
        (&other.actor, &other.target, other.inherited) == (&named.actor, &named.target, named.inherited)
    };
    let roles = state.assignments.iter().filter(same).filter_map(|other| state.roles.get(&other.role_id));
    Ok(listed(call, "roles", roles.map(|role| linked(call, "roles", role)).collect()))
}

fn check(cloud: &mut Cloud, call: &Call) -> Answer {
    let assignment = named(call);
    cloud.identity.must_be_grantable(&assignment)?;
    if cloud.identity.assignments.contains(&assignment) {
        Ok(Reply::no_content())
    } else {
        Err(not_granted(&assignment))
    }
}

fn grant(cloud: &mut Cloud, call: &Call) -> Answer {
    let assignment = named(call);
    cloud.identity.must_be_grantable(&assignment)?;
    cloud.identity.must_be_of_the_same_domain(&assignment)?;
    cloud.identity.assignments.insert(assignment);
    cloud.identity.roles_changed();
    Ok(Reply::no_content())
}

fn revoke(cloud: &mut Cloud, call: &Call) -> Answer {
    let assignment = named(call);
    cloud.identity.must_be_grantable(&assignment)?;
    if cloud.identity.assignments.contains(&assignment) {
        cloud.identity.revoke(|other| *other == assignment)
    } else {
        return Err(not_granted(&assignment));
    }
    Ok(Reply::no_content())
}

/// The assignment that a path names; without a role where it is about all.
fn named(call: &Call) -> Assignment {
    let owned = |name: &str| call.param(name).to_owned();
    let named = |name: &str| !call.param(name).is_empty();
    Assignment {
        actor: if named("user_id") { Actor::User(owned("user_id")) } else { Actor::Group(owned("group_id")) },
        target: match (named("project_id"), named("domain_id")) {
            (true, _) => Target::Project(owned("project_id")),
            (_, true) => Target::Domain(owned("domain_id")),
            _ => Target::System,
        },
        role_id: owned("role_id"),
        inherited: call.path.starts_with("/v3/OS-INHERIT/"),
    }
}

fn not_granted(assignment: &Assignment) -> ApiError {
    let (Actor::User(actor) | Actor::Group(actor)) = &assignment.actor;
    let target = match &assignment.target {
        Target::Project(id) | Target::Domain(id) => id,
        Target::System => "system",
    };
    ApiError::not_found(format!(
        "Could not find role assignment with role: {}, user or group: {actor}, project, domain, or system: {target}.",
        assignment.role_id
    ))
}

impl State {
    fn must_be_grantable(&self, assignment: &Assignment) -> Result<(), ApiError> {
        if !self.roles.contains(&assignment.role_id) {
            return Err(missing("role", &assignment.role_id));
        }
        self.must_be_there(&assignment.actor, &assignment.target)
    }

    fn must_be_there(&self, actor: &Actor, target: &Target) -> Result<(), ApiError> {
        match actor {
            Actor::User(id) if !self.users.contains(id) => return Err(missing("user", id)),
            Actor::Group(id) if !self.groups.contains(id) => return Err(missing("group", id)),
            _ => {}
        }
        match target {
            Target::Project(id) if self.project(id).is_none() => Err(missing("project", id)),
            Target::Domain(id) if !self.domains.contains(id) => Err(missing("domain", id)),
            _ => Ok(()),
        }
    }

    /// A domain's role holds in that domain only.
    fn must_be_of_the_same_domain(&self, assignment: &Assignment) -> Result<(), ApiError> {
        let role = self.roles.get(&assignment.role_id);
        let own = role.map_or("", |role| role.text("domain_id"));
        let there = match &assignment.target {
            Target::Project(id) => self.projects.get(id).map_or(id.as_str(), |project| project.text("domain_id")),
            Target::Domain(id) => id,
            Target::System => "",
        };
        if own.is_empty() || own == there {
            Ok(())
        } else {
            Err(ApiError::forbidden(format!("The role {} is of another domain.", assignment.role_id)))
        }
    }

    /// Takes away the roles that are so.
    pub(super) fn revoke(&mut self, which: impl Fn(&Assignment) -> bool) {
        self.assignments.retain(|assignment| !which(assignment));
        self.roles_changed();
    }

    /// Says that what roles anybody has may have changed, so that tokens are looked at again.
    pub(super) fn roles_changed(&mut self) {
        self.roles_version = self.roles_version.wrapping_add(1);
    }
}
