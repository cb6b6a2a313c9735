// SPDX-License-Identifier: Apache-2.0
//! Shells on nodes, whoever named the nodes.

use functest_core::sut::Node;
use functest_ssh::{Dialer, Session, Sudo};

use crate::config::SutConfig;
use crate::error::Error;
use crate::recipe::HomeDefaults;
use crate::shell::Shell;
use crate::site::Site;
use crate::sudo::sudo_of;

/// Logs in to nodes by what their installer says of each ([`Node::access`]). Clones share connections.
///
/// A node whose `info` says `connection: local` is the machine that its installer is on.
#[derive(Clone, Debug)]
pub struct Shells(Site);

impl Shells {
    /// For the nodes of an installer that is none of this crate: which host keys are trusted and how long is waited is as
    /// `config` says; how a node is reached, the installer alone says. Such an installer is on this machine.
    pub fn new(config: SutConfig) -> Self {
        let config = SutConfig { address: None, ..config };
        Self(Site::new(config, &HomeDefaults::here(), Dialer::default()))
    }

    pub(crate) fn of(site: &Site) -> Self {
        Self(site.clone())
    }

    /// A shell on a node. The connection is made when it is first used, and kept.
    ///
    /// # Errors
    /// When the installer does not say how it is logged in to.
    pub fn shell(&self, node: &Node) -> Result<Shell, Error> {
        self.0.node(node)
    }

    /// An SSH connection to a node, for files, forwards and terminals.
    ///
    /// # Errors
    /// When the node does not let us in, or is this machine.
    pub async fn session(&self, node: &Node) -> Result<Session, Error> {
        match self.shell(node)? {
            Shell::Remote(host) => Ok(host.session().await?),
            Shell::Local => Err(Error::NoAccess { node: node.name.clone(), reason: "it is this machine".into() }),
        }
    }

    /// What becomes root on a node, with the password that is known for it.
    pub fn sudo(&self, node: &Node) -> Sudo {
        sudo_of(node)
    }
}
