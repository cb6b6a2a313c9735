// SPDX-License-Identifier: Apache-2.0
//! `nodes`: the machines of the system under test, whatever deployed it: listed, and the same done on many at a time.

mod detect;
mod exec;
mod get;
mod list;
mod logs;
mod progress;
mod put;
mod service;
mod show;
mod ssh;
mod transfer;

pub use self::detect::{DetectReport, DetectRequest};
pub use self::exec::{ExecReport, ExecRequest, NodeExec};
pub use self::get::GetRequest;
pub use self::list::{NodeList, NodeListRequest, PodYaml};
pub use self::logs::{CollectLogsRequest, CollectedLogs, LogsReport, LogsRequest, NodeServiceLog};
pub use self::progress::{NodesListener, NodesProgress};
pub use self::put::PutRequest;
pub use self::service::{NodeServiceReport, NodeServiceRequest, ServiceVerb};
pub use self::show::NodeShowRequest;
pub use self::ssh::SshRequest;
pub use self::transfer::{NodeTransfer, TransferReport};

use functest_core::sut::Node;
use functest_installers::{NodeSelection, Sut};

use crate::embed::Functest;
use crate::error::Error;
use crate::noun::sut::SutRequest;

/// What can be done on nodes; see [`Functest::nodes`].
#[derive(Clone, Copy)]
pub struct NodesVerbs<'a> {
    functest: &'a Functest,
}

impl Functest {
    /// The nodes of the system under test.
    pub fn nodes(&self) -> NodesVerbs<'_> {
        NodesVerbs { functest: self }
    }
}

impl NodesVerbs<'_> {
    /// The system, and the nodes of it that are meant.
    async fn find(&self, sut: &SutRequest, nodes: &NodeSelection) -> Result<(Sut, Vec<Node>), Error> {
        let sut = self.functest.open_sut(sut).await?;
        let nodes = sut.select(nodes).await?;
        Ok((sut, nodes))
    }
}

/// The node of that id, name or address.
fn one(name: &str) -> NodeSelection {
    NodeSelection { names: vec![name.to_owned()], roles: Vec::new() }
}
