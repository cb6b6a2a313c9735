// SPDX-License-Identifier: Apache-2.0
//! The nodes of the system under test, for cases that need them.

use async_trait::async_trait;
use functest_core::Provider;
use functest_core::case::Resources;
use functest_core::need::Requirement;
use functest_core::provider::{ForCase, Offer, ProviderError};
use functest_core::sut::Node;

use crate::sut::Sut;

/// What a case is given of the system under test. Look it up with `ctx.get::<CaseNodes>()`.
#[derive(Clone, Debug)]
pub struct CaseNodes {
    /// The system, through which its nodes are logged in to.
    pub sut: Sut,
    /// Every node that the installer names.
    pub nodes: Vec<Node>,
}

/// Gives the nodes of one system to each case that requires them.
#[derive(Clone, Debug)]
pub struct NodesProvider {
    sut: Sut,
}

impl NodesProvider {
    /// The nodes of this system. Its installer is asked when a case first needs them.
    pub fn new(sut: Sut) -> Self {
        Self { sut }
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
        let nodes = self.sut.list().await;
        let nodes =
            nodes.map_err(|error| ProviderError::new(format!("the installer does not name its nodes: {error}")))?;
        resources.insert(CaseNodes { sut: self.sut.clone(), nodes: nodes.to_vec() });
        Ok(())
    }
}
