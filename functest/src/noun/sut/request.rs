// SPDX-License-Identifier: Apache-2.0
//! How the system under test is reached, as a user says it.

use std::path::PathBuf;

use functest_installers::{Hop, HostKeyChoice, SutConfig};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::Error;

/// How the system under test is reached. What is left out is taken from the file, then from variables.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SutRequest {
    /// A YAML file that says all of this and what is secret; else `FUNCTEST_SUT`.
    pub file: Option<PathBuf>,
    /// What deployed it; else `INSTALLER_TYPE`, else it is found out.
    pub installer: Option<String>,
    /// Where the installer is; else `INSTALLER_IP`.
    pub address: Option<String>,
    /// Who logs in there.
    pub user: Option<String>,
    /// With which private key.
    pub key_file: Option<PathBuf>,
    /// Hosts on the way, as `USER@HOST[:PORT]`.
    pub jump: Vec<String>,
    /// A file that lists nodes.
    pub inventory: Option<PathBuf>,
    /// Host keys that are trusted.
    pub known_hosts: Option<PathBuf>,
    /// What is done about a host whose key is not known.
    pub host_keys: Option<HostKeyChoice>,
    /// Who logs in to nodes.
    pub node_user: Option<String>,
    /// With which private key.
    pub node_key_file: Option<PathBuf>,
    /// Nodes are reached from here, not through the installer's machine.
    pub direct: bool,
}

impl SutRequest {
    /// Whether it says where to ask.
    pub(crate) fn says_where(&self) -> bool {
        self.file.is_some() || self.address.is_some() || self.inventory.is_some()
    }

    pub(super) fn config(&self, variable: impl Fn(&str) -> Option<String>) -> Result<SutConfig, Error> {
        let file = self.file.clone().or_else(|| variable("FUNCTEST_SUT").map(PathBuf::from));
        let mut config = match file {
            Some(file) => SutConfig::read(&file)?,
            None => SutConfig::default(),
        };
        // Catalogues know installers that nobody can connect to: those of the variable are not asked for.
        let by_variable = || variable("INSTALLER_TYPE").filter(|name| functest_installers::is_known(name));
        config.installer = self.installer.clone().or(config.installer).or_else(by_variable);
        config.address = self.address.clone().or(config.address).or_else(|| variable("INSTALLER_IP"));
        config.user = self.user.clone().or(config.user);
        config.key_file = self.key_file.clone().or(config.key_file);
        config.password = config.password.or_else(|| variable("INSTALLER_PASSWORD").map(Into::into));
        config.inventory = self.inventory.clone().or(config.inventory);
        config.known_hosts = self.known_hosts.clone().or(config.known_hosts);
        config.host_keys = self.host_keys.unwrap_or(config.host_keys);
        config.node.user = self.node_user.clone().or(config.node.user);
        config.node.key_file = self.node_key_file.clone().or(config.node.key_file);
        config.node.direct |= self.direct;
        config.scenario = config.scenario.or_else(|| variable("DEPLOY_SCENARIO"));
        config.pod = config.pod.or_else(|| variable("NODE_NAME"));
        if !self.jump.is_empty() {
            config.jump = self.jump.iter().map(|text| hop(text)).collect::<Result<_, _>>()?;
        }
        Ok(config)
    }
}

fn hop(text: &str) -> Result<Hop, functest_installers::Error> {
    text.parse().map_err(|message| functest_installers::Error::Input { origin: "--jump".into(), message })
}
