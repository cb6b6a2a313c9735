// SPDX-License-Identifier: Apache-2.0
//! The nodes of the system under test, for cases that need them.

use std::sync::Arc;

use async_trait::async_trait;
use functest_core::case::Resources;
use functest_core::need::Requirement;
use functest_core::provider::{ForCase, Offer, ProviderError};
use functest_core::sut::Node;
use functest_core::{Installer, Provider};
use functest_ssh::Sudo;

use crate::error::Error;
use crate::fan_out::{PARALLEL, fan_out};
use crate::shell::Shell;
use crate::shells::Shells;
use crate::sut::Sut;

/// What a case is given of the system under test. Look it up with `ctx.get::<CaseNodes>()`.
#[derive(Clone, Debug)]
pub struct CaseNodes {
    /// What deployed the system: it knows versions, services and their logs.
    pub installer: Arc<dyn Installer>,
    /// Every node that it names.
    pub nodes: Vec<Node>,
    /// How the nodes are logged in to.
    pub shells: Shells,
}

impl CaseNodes {
    /// A shell on a node. The connection is made when it is first used, and kept.
    ///
    /// # Errors
    /// When the installer does not say how it is logged in to.
    pub fn shell(&self, node: &Node) -> Result<Shell, Error> {
        self.shells.shell(node)
    }

    /// What becomes root on a node, with the password that is known for it.
    pub fn sudo(&self, node: &Node) -> Sudo {
        self.shells.sudo(node)
    }

    /// `work` on each node, on many at a time; results in the order of the nodes.
    pub async fn each<R, F>(&self, work: impl Fn(Node) -> F) -> Vec<R>
    where
        F: Future<Output = R>,
    {
        fan_out(self.nodes.clone(), PARALLEL, work).await
    }
}

/// Gives the nodes of one system to each case that requires them.
#[derive(Clone, Debug)]
pub struct NodesProvider {
    installer: Arc<dyn Installer>,
    shells: Shells,
}

impl NodesProvider {
    /// The nodes that this installer names. It is asked when a case first needs them.
    pub fn new(installer: Arc<dyn Installer>, shells: Shells) -> Self {
        Self { installer, shells }
    }
}

impl From<Sut> for NodesProvider {
    fn from(sut: Sut) -> Self {
        let shells = sut.shells();
        Self::new(Arc::new(sut), shells)
    }
}

#[async_trait]
impl Provider for NodesProvider {
    fn name(&self) -> &str {
        "nodes"
    }

    async fn offers(&self, requirement: &Requirement) -> Offer {
        if *requirement == Requirement::Nodes { Offer::Met } else { Offer::NotMine }
    }

    async fn open(&self, case: ForCase<'_>, resources: &mut Resources) -> Result<(), ProviderError> {
        if !case.needs.requires(&Requirement::Nodes) {
            return Ok(());
        }
        let nodes = self.installer.nodes().await;
        let nodes =
            nodes.map_err(|error| ProviderError::new(format!("the installer does not name its nodes: {error}")))?;
        resources.insert(CaseNodes { installer: Arc::clone(&self.installer), nodes, shells: self.shells.clone() });
        Ok(())
    }
}
