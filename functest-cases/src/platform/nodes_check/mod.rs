// SPDX-License-Identifier: Apache-2.0
//! `nodes_check`: every node that the installer names lets us in, has the right time, room on its disk and in its memory,
//! and runs its services.

mod look;
mod settings;

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use functest_core::case::{CaseError, Check, CheckError, CheckSpec, Ended, check};
use functest_core::catalogue::{CaseSpec, DriverName};
use functest_core::driver::{Checks, Claim, Driver, Prepared};
use functest_core::need::{Needs, Requirement};
use functest_core::settings::{Settings, SettingsError, SettingsSpec};
use functest_core::sut::{Node, NodeStatus};
use functest_core::{Ctx, TestCase};
use functest_installers::CaseNodes;

use self::look::Looker;
use self::settings::NodesCheckSettings;

const NAME: &str = "nodes_check";

/// Makes the case. Which checks it makes, only the installer knows: the same ones for each node.
pub(super) struct NodesCheckDriver;

impl Driver for NodesCheckDriver {
    fn claims(&self, name: &DriverName) -> Claim {
        let is_this = matches!(name, DriverName::Name { name } if name == NAME);
        if is_this { Claim::Exact } else { Claim::No }
    }

    fn settings(&self, _entry: &CaseSpec) -> SettingsSpec {
        SettingsSpec::of::<NodesCheckSettings>()
    }

    fn checks(&self, _entry: &CaseSpec) -> Checks {
        Checks::Listed
    }

    fn prepare(&self, _entry: &CaseSpec, settings: Settings) -> Result<Prepared, SettingsError> {
        let settings = Arc::new(settings.read()?);
        Ok(Prepared::new(Needs::of([Requirement::Nodes]), NodesCheck { settings }))
    }
}

/// What is checked of each node, the login first: without it there is nothing to look at.
const CHECKS: [Check<Looker>; 5] = [
    check("ssh", "the node answers SSH and lets us in", |looker| Box::pin(looker.answers())),
    check("time", "the node's clock is right", |looker| Box::pin(looker.has_the_time())),
    check("disk", "there is room on the node's disk", |looker| Box::pin(looker.has_disk())),
    check("memory", "there is room in the node's memory", |looker| Box::pin(looker.has_memory())),
    check("services", "the node's services run", |looker| Box::pin(looker.runs_its_services())),
];

struct NodesCheck {
    settings: Arc<NodesCheckSettings>,
}

#[async_trait]
impl TestCase for NodesCheck {
    async fn list(&self, ctx: &Ctx) -> Result<Vec<CheckSpec>, CaseError> {
        let given = ctx.get::<CaseNodes>()?;
        if given.nodes.is_empty() {
            return Err(CaseError("the installer names no nodes".into()));
        }
        let labels = labels(&given.nodes);
        Ok(labels.iter().flat_map(|label| checks_of(label)).collect())
    }

    async fn run(&self, ctx: &Ctx) -> Result<Ended, CaseError> {
        let given = ctx.get::<CaseNodes>()?;
        let labels: HashMap<String, String> =
            given.nodes.iter().map(|node| node.id.clone()).zip(labels(&given.nodes)).collect();
        let look = |node: Node| {
            let label = labels.get(&node.id).cloned().unwrap_or_else(|| node.name.clone());
            let looker = Looker::new(ctx.clone(), Arc::clone(&given), node, Arc::clone(&self.settings));
            async move { check_node(ctx, &looker, &label).await }
        };
        given.each(look).await;
        Ok(Ended::default())
    }
}

/// What the nodes are called here: their names, and their ids where two have the same name.
fn labels(nodes: &[Node]) -> Vec<String> {
    let is_unique = |node: &Node| nodes.iter().filter(|other| other.name == node.name).count() == 1;
    nodes
        .iter()
        .map(|node| if is_unique(node) { node.name.clone() } else { format!("{} ({})", node.name, node.id) })
        .collect()
}

fn checks_of(label: &str) -> Vec<CheckSpec> {
    CHECKS.iter().map(|row| CheckSpec { name: name_of(&row.spec, label).into(), ..row.spec.clone() }).collect()
}

fn name_of(spec: &CheckSpec, label: &str) -> String {
    format!("{label}: {}", spec.name)
}

async fn check_node(ctx: &Ctx, looker: &Looker, label: &str) {
    if looker.node.status == NodeStatus::Unused {
        skip_all(ctx, &CHECKS, label, "the installer says that nothing was deployed on the node");
        return;
    }
    let [login, others @ ..] = &CHECKS;
    let name = name_of(&login.spec, label);
    if ctx.is_in_scope(&name) {
        ctx.check(&name, (login.make)(looker)).await;
    } else {
        // A login that nobody asked for is no check, and still decides about the others.
        let _ = looker.answers().await;
    }
    if !looker.was_let_in() {
        skip_all(ctx, others, label, "the node does not let us in");
        return;
    }
    for row in others {
        ctx.check(&name_of(&row.spec, label), (row.make)(looker)).await;
    }
}

fn skip_all(ctx: &Ctx, rows: &[Check<Looker>], label: &str, reason: &str) {
    for row in rows {
        ctx.skip(&name_of(&row.spec, label), reason);
    }
}

/// What could not be asked says nothing about the node's state.
fn not_known(error: &functest_installers::Error) -> CheckError {
    CheckError::Errored(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_of_one_name_are_told_apart() {
        let nodes = [Node::new("1", "a"), Node::new("2", "b"), Node::new("3", "a")];
        assert_eq!(labels(&nodes), ["a (1)", "b", "a (3)"]);
    }
}
