// SPDX-License-Identifier: Apache-2.0
//! How the system under test is reached, as a user says it.

use std::path::PathBuf;

use functest_core::variables::{self, Variables};
use functest_installers::{Hop, HostKeyChoice, SutConfig};
use schemars::JsonSchema;
use secrecy::ExposeSecret;
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
        self.file.is_some() || text(&self.address).is_some() || self.inventory.is_some()
    }

    /// Empty texts say nothing, wherever they stand, and the next source that has one decides. An empty path is one that
    /// leads nowhere.
    pub(super) fn config(&self, environment: Variables<'_>) -> Result<SutConfig, Error> {
        let variable = |name: &str| variables::text(environment, name);
        let mut config = match self.file.clone().or_else(|| variables::path(environment, "FUNCTEST_SUT")) {
            Some(file) => SutConfig::read(&file)?,
            None => SutConfig::default(),
        };
        config.installer = text(&self.installer).or(text(&config.installer));
        if config.installer.is_none() {
            // Catalogues know installers that nobody can connect to: those of the variable are not asked for.
            config.installer = variable("INSTALLER_TYPE")?.filter(|name| functest_installers::is_known(name));
        }
        config.address = text(&self.address).or(text(&config.address));
        if config.address.is_none() {
            config.address = variable("INSTALLER_IP")?;
        }
        config.user = text(&self.user).or(text(&config.user));
        config.key_file = self.key_file.clone().or(config.key_file);
        config.password = config.password.filter(|password| !password.expose_secret().is_empty());
        if config.password.is_none() {
            config.password = variable("INSTALLER_PASSWORD")?.map(Into::into);
        }
        config.inventory = self.inventory.clone().or(config.inventory);
        config.known_hosts = self.known_hosts.clone().or(config.known_hosts);
        config.host_keys = self.host_keys.unwrap_or(config.host_keys);
        config.node.user = text(&self.node_user).or(text(&config.node.user));
        config.node.key_file = self.node_key_file.clone().or(config.node.key_file);
        config.node.direct |= self.direct;
        config.scenario = text(&config.scenario);
        if config.scenario.is_none() {
            config.scenario = variable("DEPLOY_SCENARIO")?;
        }
        config.pod = text(&config.pod);
        if config.pod.is_none() {
            config.pod = variable("NODE_NAME")?;
        }
        if !self.jump.is_empty() {
            config.jump = self.jump.iter().map(|text| hop(text)).collect::<Result<_, _>>()?;
        }
        Ok(config)
    }
}

fn text(said: &Option<String>) -> Option<String> {
    said.clone().filter(|text| !text.is_empty())
}

fn hop(text: &str) -> Result<Hop, functest_installers::Error> {
    text.parse().map_err(|message| functest_installers::Error::Input { origin: "--jump".into(), message })
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;
    use std::path::Path;

    use super::*;

    /// A request with this for every text.
    fn saying(text: &str, file: &Path) -> SutRequest {
        let text = Some(text.to_owned());
        SutRequest {
            file: Some(file.to_owned()),
            installer: text.clone(),
            address: text.clone(),
            user: text.clone(),
            node_user: text,
            ..SutRequest::default()
        }
    }

    /// A file with this for every text.
    fn written(text: &str) -> String {
        let keys = ["installer", "address", "user", "password", "scenario", "pod"];
        let lines: String = keys.iter().map(|key| format!("{key}: '{text}'\n")).collect();
        format!("{lines}node: {{user: '{text}'}}\n")
    }

    #[test]
    fn an_empty_text_says_nothing_wherever_it_stands() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let texts = |said: &str, environment: Variables<'_>| {
            let config = saying(said, file.path()).config(environment).unwrap();
            let password = config.password.map(|password| password.expose_secret().to_owned());
            [config.installer, config.address, config.user, config.node.user, password, config.scenario, config.pod]
        };
        let all = |words: [Option<&str>; 7]| words.map(|word| word.map(str::to_owned));
        let set = |name: &str| match name {
            "FUNCTEST_SUT" => None,
            "INSTALLER_TYPE" => Some(OsString::from("apex")),
            name => Some(name.into()),
        };
        let of_variables = ["apex", "INSTALLER_IP", "", "", "INSTALLER_PASSWORD", "DEPLOY_SCENARIO", "NODE_NAME"];
        let of_variables = of_variables.map(|text| Some(text).filter(|text| !text.is_empty()));
        std::fs::write(file.path(), written("")).unwrap();
        assert_eq!(texts("", &set), all(of_variables));
        assert_eq!(texts("", &|_| Some(OsString::new())), all([None; 7]));
        std::fs::write(file.path(), written("told")).unwrap();
        let [said, told] = ["said", "told"].map(Some);
        assert_eq!(texts("", &set), all([told; 7]));
        assert_eq!(texts("said", &set), all([said, said, said, said, told, told, told]));
    }

    #[test]
    fn an_empty_address_is_nowhere_to_ask() {
        let request = SutRequest { address: Some(String::new()), ..SutRequest::default() };
        assert!(!request.says_where());
        assert!(SutRequest { address: Some("192.0.2.1".into()), ..request }.says_where());
    }
}
