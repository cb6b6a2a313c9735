// SPDX-License-Identifier: Apache-2.0
//! The projects, users, roles and services that every sandbox starts with: those of the devcloud.

use serde_json::{Value, json};

use super::{Actor, Assignment, DEFAULT_DOMAIN, State, Target};
use crate::api::{Start, document};
use crate::ground::Random;
use crate::services::Cloud;

/// The password of `admin` and of `demo`. It is no secret: the sandbox is on loopback, and of no value.
pub(crate) const PASSWORD: &str = "sandbox";

/// The one region.
pub(crate) const REGION: &str = "RegionOne";

pub(super) fn seed(cloud: &mut Cloud, start: &Start<'_, Cloud>) {
    let Cloud { identity: state, random, .. } = cloud;
    let domain = document!({
        "id": DEFAULT_DOMAIN, "name": "Default", "description": "The default domain", "enabled": true, "tags": [],
        "options": {},
    });
    state.domains.insert(DEFAULT_DOMAIN, "", domain);
    for name in ["admin", "member", "reader", "service", "heat_stack_owner"] {
        let id = random.hex_id();
        let immutable = ["admin", "member", "reader"].contains(&name);
        let options = if immutable { json!({"immutable": true}) } else { json!({}) };
        let role = document!({"id": id, "name": name, "domain_id": null, "description": null, "options": options});
        state.roles.insert(id, "", role);
    }
    for (prior, implied) in [("admin", "member"), ("member", "reader")] {
        state.implied_roles.insert((state.role_id(prior), state.role_id(implied)));
    }
    seed_people(state, random);
    seed_catalog(state, random, start);
}

/// The users, each with a project of the same name and roles on it.
fn seed_people(state: &mut State, random: &mut Random) {
    for (user, roles) in [("admin", &["admin", "heat_stack_owner"][..]), ("demo", &["member", "heat_stack_owner"])] {
        let project_id = random.hex_id();
        state.projects.insert(
            project_id.clone(),
            DEFAULT_DOMAIN,
            document!({
                "id": project_id, "name": user, "domain_id": DEFAULT_DOMAIN, "description": "", "enabled": true,
                "parent_id": DEFAULT_DOMAIN, "is_domain": false, "tags": [], "options": {},
            }),
        );
        let user_id = random.hex_id();
        state.users.insert(
            user_id.clone(),
            DEFAULT_DOMAIN,
            document!({
                "id": user_id, "name": user, "domain_id": DEFAULT_DOMAIN, "enabled": true, "password_expires_at": null,
                "options": {},
            }),
        );
        state.passwords.insert(user_id.clone(), PASSWORD.into());
        for role in roles {
            state.assign(&user_id, Target::Project(project_id.clone()), role);
        }
        if user == "admin" {
            state.assign(&user_id, Target::System, "admin");
        }
    }
}

/// The services that there are, each with its endpoints in the one region.
fn seed_catalog(state: &mut State, random: &mut Random, start: &Start<'_, Cloud>) {
    let region = document!({"id": REGION, "description": "", "parent_region_id": null});
    state.regions.insert(REGION, "", region);
    for api in start.catalog {
        let service_id = random.hex_id();
        state.services.insert(
            service_id.clone(),
            "",
            document!({
                "id": service_id, "type": api.service_type, "name": api.name, "enabled": true,
            }),
        );
        for interface in ["public", "internal", "admin"] {
            let id = random.hex_id();
            let url = format!("{}/{}{}", start.root, api.service_type, api.version_path);
            state.endpoints.insert(
                id.clone(),
                service_id.clone(),
                document!({
                    "id": id, "interface": interface, "region_id": REGION, "region": REGION, "service_id": service_id,
                    "url": url, "enabled": true,
                }),
            );
        }
    }
}

impl State {
    fn role_id(&self, name: &str) -> String {
        let role = self.roles.values().find(|role| role.get("name").and_then(Value::as_str) == Some(name));
        role.and_then(|role| role["id"].as_str()).unwrap_or_default().to_owned()
    }

    fn assign(&mut self, user_id: &str, target: Target, role: &str) {
        let role_id = self.role_id(role);
        let actor = Actor::User(user_id.to_owned());
        self.assignments.insert(Assignment { actor, target, role_id, inherited: false });
    }

    /// The id of the project of that name in the default domain.
    pub(crate) fn project_id(&self, name: &str) -> String {
        let found = self.projects.of(DEFAULT_DOMAIN).find(|project| project["name"] == name);
        found.and_then(|project| project["id"].as_str()).unwrap_or_default().to_owned()
    }
}
