// SPDX-License-Identifier: Apache-2.0
//! Security groups.

use serde_json::{Value, json};

use super::State;
use super::asker::Asker;
use super::attribute::{Attribute, Initial};
use super::kind::{Kind, change, routes, shown, store};
use super::refusal::{conflict, missing};
use super::security_group_rule::{self, SecurityGroupRule};
use super::validate::Check;
use crate::api::{ApiError, Document, Read, Route, document};
use crate::ground::Table;
use crate::services::Cloud;

pub(super) const ROUTES: &[Route<Cloud>] = routes!(SecurityGroup, "security-groups");

const DEFAULT: &str = "default";

/// Security groups as a kind.
pub(super) struct SecurityGroup;

impl Kind for SecurityGroup {
    const NAME: &'static str = "security_group";
    const COLLECTION: &'static str = "security_groups";
    const ATTRIBUTES: &'static [Attribute] = &[
        Attribute::new("name", Check::Text(255), Initial::Text("")),
        Attribute::new("stateful", Check::Truth, Initial::Truth(true)),
        Attribute::new("shared", Check::Truth, Initial::Forbidden).fixed(),
        Attribute::read_only("security_group_rules"),
    ];

    fn table(state: &State) -> &Table<Document> {
        &state.security_groups
    }

    fn table_mut(state: &mut State) -> &mut Table<Document> {
        &mut state.security_groups
    }

    fn missing(id: &str) -> ApiError {
        missing("SecurityGroupNotFound", format!("Security group {id} does not exist"))
    }

    fn create(cloud: &mut Cloud, _: &Asker, item: Document) -> Result<String, ApiError> {
        if item.text("name").eq_ignore_ascii_case(DEFAULT) {
            return Err(default_exists());
        }
        Ok(with_rules(cloud, item))
    }

    fn update(cloud: &mut Cloud, _: &Asker, id: &str, changes: Document) -> Result<(), ApiError> {
        let Some(group) = cloud.network.security_groups.get(id) else { return Err(Self::missing(id)) };
        let is_default = group.text("name") == DEFAULT;
        if let Some(name) = changes.get("name").and_then(Value::as_str).filter(|name| *name != group.text("name")) {
            if is_default {
                let message = "Updating default security group not allowed.";
                return Err(conflict("SecurityGroupCannotUpdateDefault", message));
            }
            if name.eq_ignore_ascii_case(DEFAULT) {
                return Err(default_exists());
            }
        }
        let stateful = changes.get("stateful").is_some_and(|stateful| Some(stateful) != group.get("stateful"));
        if stateful && is_used(&cloud.network, id) {
            return Err(in_use(id));
        }
        change::<Self>(cloud, id, changes);
        Ok(())
    }

    fn delete(cloud: &mut Cloud, asker: &Asker, id: &str) -> Result<(), ApiError> {
        if is_used(&cloud.network, id) {
            return Err(in_use(id));
        }
        let Some(group) = cloud.network.security_groups.get(id) else { return Err(Self::missing(id)) };
        let project_id = group.text("project_id").to_owned();
        if group.text("name") == DEFAULT {
            if !asker.is_admin {
                let message = "Insufficient rights for removing default security group.";
                return Err(conflict("SecurityGroupCannotRemoveDefault", message));
            }
            cloud.network.default_groups.remove(&project_id);
        }
        let state = &mut cloud.network;
        for rule in state.rules_of_group.ids(id).into_iter().chain(state.rules_with_remote.ids(id)) {
            security_group_rule::discard(state, &rule);
        }
        state.security_groups.remove(id);
        Ok(())
    }

    fn complete(state: &State, item: &Document) -> Document {
        let nobody = Asker::service("");
        let rules = state.rules_of_group.get(item.text("id")).filter_map(|id| state.security_group_rules.get(id));
        let rules: Vec<Value> = rules.map(|rule| shown::<SecurityGroupRule>(state, &nobody, rule, &[])).collect();
        let mut whole = item.clone();
        whole.insert("security_group_rules".into(), rules.into());
        whole
    }

    fn prepare(cloud: &mut Cloud, asker: &Asker) {
        if !asker.project_id.is_empty() {
            default_of(cloud, &asker.project_id);
        }
    }
}

/// The id of a project's default group, which is made when it is needed first.
pub(super) fn default_of(cloud: &mut Cloud, project_id: &str) -> String {
    if let Some(id) = cloud.network.default_groups.get(project_id) {
        return id.clone();
    }
    let item = document!({
        "name": DEFAULT, "description": "Default security group", "stateful": true, "project_id": project_id,
    });
    let id = with_rules(cloud, item);
    for ethertype in ["IPv4", "IPv6"] {
        security_group_rule::allow(cloud, project_id, &id, "ingress", ethertype, Some(&id));
    }
    cloud.network.default_groups.insert(project_id.to_owned(), id.clone());
    id
}

/// A group whose members may send whatever they want.
fn with_rules(cloud: &mut Cloud, mut item: Document) -> String {
    let project_id = item.text("project_id").to_owned();
    item.insert("shared".into(), json!(false));
    let id = store::<SecurityGroup>(cloud, item);
    for ethertype in ["IPv4", "IPv6"] {
        security_group_rule::allow(cloud, &project_id, &id, "egress", ethertype, None);
    }
    id
}

fn is_used(state: &State, id: &str) -> bool {
    state.ports_of_group.get(id).next().is_some()
}

fn in_use(id: &str) -> ApiError {
    conflict("SecurityGroupInUse", format!("Security Group {id} in use."))
}

fn default_exists() -> ApiError {
    conflict("SecurityGroupDefaultAlreadyExists", "Default security group already exists.")
}
