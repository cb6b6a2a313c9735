// SPDX-License-Identifier: Apache-2.0
//! The system under test: how it is reached, what it is, and what a run wants of it.

use std::io::Write;
use std::path::{Path, PathBuf};

use functest_core::Installer;
use functest_core::sut::{Credentials, Deployment, Node};
use functest_installers::{Hop, HostKeyChoice, Sut, SutConfig};
use functest_openstack::CloudConfig;
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};

use crate::embed::Functest;
use crate::error::Error;
use crate::request::RunRequest;

/// How the system under test is reached. What is `None` or empty is taken from the file, then from variables.
#[derive(Clone, Debug, Default)]
pub struct SutRequest {
    /// A YAML file with the keys of [`SutConfig`]; else `FUNCTEST_SUT`.
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

/// What a system under test is.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SutInfo {
    /// The version of this document's form.
    pub version: u32,
    /// The installer's machine; `None` when it is this one.
    pub installer_node: Option<Node>,
    /// What was deployed.
    #[serde(flatten)]
    pub deployment: Deployment,
}

impl SutRequest {
    /// Whether it says where to ask.
    fn says_where(&self) -> bool {
        self.file.is_some() || self.address.is_some() || self.inventory.is_some()
    }

    fn config(&self, variable: impl Fn(&str) -> Option<String>) -> Result<SutConfig, Error> {
        let file = self.file.clone().or_else(|| variable("FUNCTEST_SUT").map(PathBuf::from));
        let mut config = match file {
            Some(file) => SutConfig::read(&file)?,
            None => SutConfig::default(),
        };
        let first = |given: &Option<String>, in_file: Option<String>, name: &str| {
            given.clone().or(in_file).or_else(|| variable(name))
        };
        // Catalogues know installers that nobody can connect to: those of the variable are not asked for.
        let by_variable = || variable("INSTALLER_TYPE").filter(|name| functest_installers::is_known(name));
        config.installer = self.installer.clone().or(config.installer).or_else(by_variable);
        config.address = first(&self.address, config.address.take(), "INSTALLER_IP");
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
            let hop = |text: &String| {
                let wrong = |message| functest_installers::Error::Input { origin: "--jump".into(), message };
                text.parse::<Hop>().map_err(wrong)
            };
            config.jump = self.jump.iter().map(hop).collect::<Result<_, _>>()?;
        }
        Ok(config)
    }
}

impl Functest {
    fn variable(&self, name: &str) -> Option<String> {
        (self.variables)(name).filter(|value| !value.is_empty())
    }

    /// How the system under test is reached: the request, the file, variables.
    ///
    /// # Errors
    /// When the file or a hop is wrong.
    pub fn sut_config(&self, request: &SutRequest) -> Result<SutConfig, Error> {
        request.config(|name| self.variable(name))
    }

    /// The system under test.
    ///
    /// # Errors
    /// When what is given is wrong, or no installer is recognised.
    pub async fn sut(&self, request: &SutRequest) -> Result<Sut, Error> {
        Ok(Sut::open(self.sut_config(request)?).await?)
    }

    /// The system under test, for a run that asks it what nobody has said. A run can do without: where nothing says where
    /// the system is, there is none, and where only variables do and lead nowhere, there is none and the second part says
    /// why. A run that wants something `needed` of it cannot.
    ///
    /// # Errors
    /// As [`sut`](Self::sut), where the request itself says where it is, or it is needed.
    pub async fn sut_for_run(
        &self,
        request: &SutRequest,
        needed: bool,
    ) -> Result<(Option<Sut>, Option<String>), Error> {
        let by_variables = ["FUNCTEST_SUT", "INSTALLER_IP"].iter().any(|name| self.variable(name).is_some());
        match (needed || request.says_where(), by_variables) {
            (true, _) => Ok((Some(self.sut(request).await?), None)),
            (false, true) => match self.sut(request).await {
                Ok(sut) => Ok((Some(sut), None)),
                Err(error) => Ok((None, Some(format!("the installer is not asked: {error}")))),
            },
            (false, false) => Ok((None, None)),
        }
    }

    /// All that is known of the system under test. Logs in to its installer and to some nodes.
    ///
    /// # Errors
    /// When not even its nodes are known.
    pub async fn sut_info(&self, sut: &Sut) -> Result<SutInfo, Error> {
        let (deployment, installer_node) = futures::future::join(sut.deployment(), sut.installer_node()).await;
        let mut deployment = deployment?;
        let installer_node = installer_node.unwrap_or_else(|error| {
            deployment.problems.push(error.to_string());
            None
        });
        Ok(SutInfo { version: 1, installer_node, deployment })
    }

    /// Asks the installer of `request` for the facts that nobody has given: installer, scenario, pod. What it does not tell
    /// is said, and the run goes on without.
    pub async fn ask_installer(&self, request: &mut RunRequest) -> Vec<String> {
        let Some(sut) = request.sut.clone() else { return Vec::new() };
        let known = |name: &str, given: &Option<String>| given.is_some() || self.variable(name).is_some();
        let mut told = vec![("INSTALLER_TYPE".to_owned(), sut.name().to_owned())];
        let mut problems = Vec::new();
        if !known("DEPLOY_SCENARIO", &request.scenario) || !known("NODE_NAME", &None) {
            match sut.deployment().await {
                Ok(deployment) => {
                    let facts = [("DEPLOY_SCENARIO", deployment.scenario), ("NODE_NAME", deployment.pod)];
                    told.extend(facts.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
                }
                Err(error) => problems.push(format!("the installer does not tell what was deployed: {error}")),
            }
        }
        request.told = told;
        problems
    }

    /// The cloud that the installer's credentials lead to.
    pub(crate) async fn cloud_of(&self, sut: &Sut) -> Result<CloudConfig, Error> {
        let credentials = sut.credentials().await?;
        let certificate = match &credentials.ca_certificate {
            Some(text) => Some(self.state.keep_certificate(&file_name(sut), text)?),
            None => None,
        };
        let look_up = |name: &str| match (name, &certificate) {
            ("OS_CACERT", certificate) => certificate.as_ref().map(|path| path.display().to_string()),
            _ => value_of(&credentials, name),
        };
        let config = CloudConfig::from_variables(&look_up)?;
        Ok(CloudConfig { origin: credentials.origin.clone(), ..config })
    }

    /// Writes the installer's credentials as an openrc file that only its owner may read.
    ///
    /// # Errors
    /// When the installer has none, or the file cannot be written.
    pub async fn write_credentials(&self, sut: &Sut, path: &Path) -> Result<(), Error> {
        let credentials = sut.credentials().await?;
        let mut text = format!("# From {}.\n", credentials.origin);
        let variables = credentials.variables.iter().filter(|(name, _)| name != "OS_CACERT");
        for (name, value) in variables {
            text.push_str(&format!("export {name}={}\n", functest_ssh::quote(value.expose_secret())));
        }
        if let Some(certificate) = &credentials.ca_certificate {
            let kept = self.state.keep_certificate(&file_name(sut), certificate)?;
            text.push_str(&format!("export OS_CACERT={}\n", functest_ssh::quote(&kept.display().to_string())));
        }
        write_secret(path, &text)
    }
}

/// Writes a file that only its owner may read, whole or not at all.
pub(crate) fn write_secret(path: &Path, text: &str) -> Result<(), Error> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let write = || {
        // Born with permissions for its owner alone.
        let mut part = tempfile::NamedTempFile::with_prefix_in(".functest-", folder)?;
        part.write_all(text.as_bytes())?;
        part.as_file().sync_all()?;
        part.persist(path).map_err(|error| error.error).map(drop)
    };
    write().map_err(|source: std::io::Error| Error::Write { path: path.to_owned(), source })
}

/// A name for files about the system: of its installer, and of where that is.
fn file_name(sut: &Sut) -> String {
    let place: String = sut.home().name().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    format!("{}-{place}", sut.name())
}

fn value_of(credentials: &Credentials, name: &str) -> Option<String> {
    let found = credentials.variables.iter().find(|(known, _)| known == name);
    found.map(|(_, value)| value.expose_secret().to_owned())
}
