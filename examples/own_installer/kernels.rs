// SPDX-License-Identifier: Apache-2.0
//! A test case that works on the nodes of the system under test: they all run the same kernel.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use functest::core::case::{CaseError, Check, CheckError, Ended, check, specs_of};
use functest::core::driver::SingleCase;
use functest::core::need::{Needs, Requirement};
use functest::core::settings::NoSettings;
use functest::core::sut::Node;
use functest::core::{Ctx, TestCase};
use functest::installers::CaseNodes;
use functest::ssh::Command;

/// The case, as a driver of its one name.
pub(crate) const CASE: SingleCase<NoSettings> = SingleCase {
    name: "kernels",
    class: None,
    checks: || specs_of(CHECKS),
    needs: |_| Needs::of([Requirement::Nodes]),
    body: |_| Box::new(Kernels),
};

const CHECKS: &[Check<Nodes>] =
    &[check("same_kernel", "every node runs the same kernel", |nodes| Box::pin(same_kernel(nodes)))];

/// What a node may take to answer.
const DEADLINE: Duration = Duration::from_secs(30);

struct Kernels;

/// What the check works with.
struct Nodes {
    given: Arc<CaseNodes>,
    deadline: Duration,
}

#[async_trait]
impl TestCase for Kernels {
    async fn run(&self, ctx: &Ctx) -> Result<Ended, CaseError> {
        ctx.make_all(CHECKS, &Nodes { given: ctx.get()?, deadline: ctx.deadline(DEADLINE) }).await;
        Ok(Ended::default())
    }
}

async fn same_kernel(nodes: &Nodes) -> Result<(), CheckError> {
    let answers = nodes.given.each(|node| kernel_of(nodes, node)).await;
    let kernels = answers.into_iter().collect::<Result<BTreeSet<String>, CheckError>>()?;
    match kernels.len() {
        0 => Err(CheckError::Errored("the installer names no nodes".into())),
        1 => Ok(()),
        _ => Err(CheckError::failed(format!("there are several kernels: {kernels:?}"))),
    }
}

/// Over SSH, or here, as the installer says: a case need not know.
async fn kernel_of(nodes: &Nodes, node: Node) -> Result<String, CheckError> {
    let not_known = |error| CheckError::Errored(format!("{}: {error}", node.name));
    let shell = nodes.given.shell(&node).map_err(not_known)?;
    let command = Command::shell("uname -r").deadline(nodes.deadline).repeatable();
    let output = shell.run(&command).await.map_err(not_known)?;
    Ok(output.stdout_text().trim().to_owned())
}
