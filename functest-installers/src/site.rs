// SPDX-License-Identifier: Apache-2.0
//! Where a deployment is: the installer's machine, and shells on it and on the nodes.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, PoisonError};

use functest_core::sut::{Access, Identity, Node};
use functest_ssh::{Dialer, Host, Sudo};

use crate::config::SutConfig;
use crate::error::Error;
use crate::home_defaults::HomeDefaults;
use crate::shell::Shell;

/// The installer's machine, and the way to the nodes.
#[derive(Clone, Debug)]
pub(crate) struct Site {
    config: Arc<SutConfig>,
    dialer: Dialer,
    home: Shell,
    home_access: Option<Access>,
    nodes: Arc<Mutex<HashMap<String, Shell>>>,
}

impl Site {
    /// The machine that `config` names, with what an installer takes for granted. Nothing is connected to yet.
    pub(crate) fn new(config: SutConfig, defaults: &HomeDefaults, dialer: Dialer) -> Self {
        let address = config.address.clone().or_else(|| defaults.address.map(str::to_owned));
        let is_here = |address: &String| ["localhost", "127.0.0.1", "::1"].contains(&address.as_str());
        let home_access = address.filter(|address| !is_here(address) || config.port.is_some()).map(|address| {
            let mut access = Access::new(address, config.user.as_deref().unwrap_or(defaults.user));
            access.port = config.port.unwrap_or(22);
            let usual = defaults.password.map(Into::into);
            let password = config.password.as_ref().or(usual.as_ref());
            access.identities = config.identities(config.key_file.as_ref(), password);
            access.sudo_password = config.sudo_password.clone().or_else(|| config.password.clone());
            access.jump = config.way();
            access
        });
        let home = match &home_access {
            Some(access) => Shell::Remote(Host::new(dialer.clone(), config.target(access))),
            None => Shell::Local,
        };
        Self { config: Arc::new(config), dialer, home, home_access, nodes: Arc::default() }
    }

    /// With the shell of others that log in alike, or its own for them to share.
    pub(crate) fn sharing(self, others: Entry<'_, String, Shell>) -> Self {
        let home = others.or_insert_with(|| self.home.clone()).clone();
        Self { home, ..self }
    }

    /// What the user said.
    pub(crate) fn config(&self) -> &SutConfig {
        &self.config
    }

    /// A shell on the installer's machine.
    pub(crate) fn home(&self) -> &Shell {
        &self.home
    }

    /// How the installer's machine is logged in to; `None` when it is this one.
    pub(crate) fn home_access(&self) -> Option<&Access> {
        self.home_access.as_ref()
    }

    /// What becomes root there.
    pub(crate) fn home_sudo(&self) -> Sudo {
        Sudo::root().password(self.home_access.as_ref().and_then(|access| access.sudo_password.clone()))
    }

    /// Completes how a node is logged in to: what the user said, then what the recipe says, then `identities`; through
    /// the installer's machine, unless the user or the recipe says otherwise.
    pub(crate) fn complete(&self, node: &mut Node, identities: &[Identity]) {
        let Some(access) = &mut node.access else { return };
        let said = &self.config.node;
        access.user = said.user.clone().unwrap_or_else(|| std::mem::take(&mut access.user));
        let own = said.key_file.is_some() || said.password.is_some();
        if own {
            access.identities = self.config.identities(said.key_file.as_ref(), said.password.as_ref());
        } else if access.identities.is_empty() {
            access.identities = identities.to_vec();
        }
        let said_sudo = said.sudo_password.clone().or_else(|| said.password.clone());
        access.sudo_password = said_sudo.or_else(|| access.sudo_password.take());
        if let Some(home) = &self.home_access
            && (&home.address, home.port) == (&access.address, access.port)
        {
            access.jump = home.jump.clone();
            return;
        }
        if let Some(jump) = &mut access.jump {
            self.complete_hop(jump);
            return;
        }
        access.jump = match &self.home_access {
            Some(home) if !said.direct => Some(Box::new(home.clone())),
            _ => self.config.way(),
        };
    }

    /// A hop that a file names: what to log in with is not in it.
    fn complete_hop(&self, hop: &mut Access) {
        if hop.identities.is_empty() {
            hop.identities = self.config.identities(self.config.key_file.as_ref(), self.config.password.as_ref());
        }
        match &mut hop.jump {
            Some(next) => self.complete_hop(next),
            None => {
                // Through the installer's machine, where the file is from there; else the user's own way leads to it, unless
                // it is that way.
                let home = self.home_access.clone().filter(|_| !self.config.node.direct).map(Box::new);
                let way = home.or_else(|| self.config.way());
                hop.jump = way.filter(|way| (&way.address, &way.user) != (&hop.address, &hop.user));
            }
        }
    }

    /// A shell on a node. The connection is made when it is first used, and kept.
    ///
    /// # Errors
    /// When the installer does not say how it is logged in to.
    pub(crate) fn node(&self, node: &Node) -> Result<Shell, Error> {
        if node.info.get("connection").is_some_and(|kind| kind == "local") {
            return Ok(self.home.clone());
        }
        let Some(access) = &node.access else {
            let reason = "the installer knows no address of it".to_owned();
            return Err(Error::NoAccess { node: node.name.clone(), reason });
        };
        let mut nodes = self.nodes.lock().unwrap_or_else(PoisonError::into_inner);
        let make = || Shell::Remote(Host::new(self.dialer.clone(), self.config.target(access)));
        Ok(nodes.entry(format!("{} {access:?}", node.id)).or_insert_with(make).clone())
    }
}
