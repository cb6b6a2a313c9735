// SPDX-License-Identifier: Apache-2.0
//! No installer: a file lists the nodes.

use std::path::{Path, PathBuf};

use async_trait::async_trait;
use functest_core::sut::{Access, Credentials, DeploymentStatus, Identity, Node, Probe, Role};

use super::{HomeDefaults, Recipe};
use crate::error::Error;
use crate::format::ansible::Inventory;
use crate::format::{pharos, pod_yaml};
use crate::site::Site;

const NAME: &str = "static";
/// Where Yardstick looks.
const USUAL: &str = "/etc/yardstick/pod.yaml";

/// The nodes of a file on this machine.
#[derive(Debug)]
pub(super) struct StaticNodes;

/// The forms of such a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    PodYaml,
    Pharos,
    AnsibleYaml,
    AnsibleIni,
    SshConfig,
}

#[async_trait]
impl Recipe for StaticNodes {
    fn name(&self) -> &'static str {
        NAME
    }

    fn home(&self) -> HomeDefaults {
        HomeDefaults::user("root")
    }

    async fn probe(&self, site: &Site) -> Result<Probe, Error> {
        // A file that somebody has named is the user's word; one that lies around is not.
        let path = site.config().inventory.as_deref();
        let found = path.is_some()
            && site.config().installer.as_deref().is_none_or(|name| name == NAME)
            && site.config().address.is_none();
        let evidence = match path {
            Some(path) if found => format!("{} lists the nodes", path.display()),
            _ => "no file that lists nodes was named".to_owned(),
        };
        Ok(Probe { found, evidence })
    }

    async fn nodes(&self, site: &Site) -> Result<Vec<Node>, Error> {
        let path = site.config().inventory.clone().unwrap_or_else(|| PathBuf::from(USUAL));
        let bytes = std::fs::read(&path).map_err(|source| Error::File { path: path.clone(), source })?;
        let wrong = |message: String| Error::Input { origin: path.display().to_string(), message };
        let text = String::from_utf8(bytes).map_err(|_| wrong("it is not a text in UTF-8".into()))?;
        let nodes = match form(&path, &text) {
            Form::PodYaml => pod_yaml::read(&text),
            Form::Pharos => pharos::read(&text),
            Form::AnsibleYaml => Inventory::from_yaml(&text).map(|inventory| inventory.nodes(role, false, "root")),
            Form::AnsibleIni => Inventory::from_ini(&text).map(|inventory| inventory.nodes(role, false, "root")),
            Form::SshConfig => ssh_config(&path, &text).await,
        };
        let nodes = nodes.map_err(wrong)?;
        if nodes.is_empty() {
            return Err(wrong("it lists no node".into()));
        }
        Ok(nodes)
    }

    async fn node_identities(&self, site: &Site) -> Result<Vec<Identity>, Error> {
        let config = site.config();
        Ok(config.identities(config.key_file.as_ref(), config.password.as_ref()))
    }

    async fn credentials(&self, _site: &Site, _nodes: &[Node]) -> Result<Credentials, Error> {
        let message = "a list of nodes has no credentials: name the cloud with --cloud".to_owned();
        Err(Error::Missing { installer: NAME, message })
    }

    async fn status(&self, _site: &Site) -> Result<DeploymentStatus, Error> {
        Ok(DeploymentStatus::Unknown)
    }
}

/// The form of a file, by what it holds.
fn form(path: &Path, text: &str) -> Form {
    let begins = |word: &str| text.lines().any(|line| line.to_lowercase().starts_with(word));
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    if begins("host ") || begins("host=") || name == "ssh_config" {
        Form::SshConfig
    } else if begins("nodes:") && (begins("jumphost:") || begins("details:")) {
        Form::Pharos
    } else if begins("nodes:") {
        Form::PodYaml
    } else if name.ends_with(".yaml") || name.ends_with(".yml") || begins("all:") {
        Form::AnsibleYaml
    } else {
        Form::AnsibleIni
    }
}

/// What a group is called is what its hosts do, where it is a word of the field.
pub(super) fn role(group: &str) -> Option<Role> {
    let group = group.to_lowercase();
    let role = Role::from(group.trim_end_matches("_nodes").trim_end_matches("_hosts").trim_end_matches('s'));
    (!matches!(role, Role::Other(_))).then_some(role)
}

/// The hosts that an SSH config names, as OpenSSH itself understands it: `ssh -G`.
async fn ssh_config(path: &Path, text: &str) -> Result<Vec<Node>, String> {
    let mut nodes = Vec::new();
    for name in named_hosts(text) {
        let output =
            tokio::process::Command::new("ssh").arg("-G").arg("-F").arg(path).arg("--").arg(&name).output().await;
        let output = output.map_err(|error| format!("OpenSSH's client is needed to read it: {error}"))?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).trim().to_owned());
        }
        nodes.push(from_ssh(&name, &String::from_utf8_lossy(&output.stdout)));
    }
    // Hosts that others are reached through are the way, not nodes.
    let hops: Vec<String> = nodes.iter().filter_map(|(_, hop)| hop.clone()).collect();
    let found: Vec<Node> = nodes.iter().map(|(node, _)| node.clone()).collect();
    let jump = |name: &str| {
        let named = found.iter().find(|node| node.id == name).and_then(|node| node.access.clone());
        named.or_else(|| {
            let hop: crate::config::Hop = name.parse().ok()?;
            let mut access = Access::new(hop.address, hop.user);
            access.port = hop.port;
            Some(access)
        })
    };
    let linked = nodes.into_iter().filter(|(node, _)| !hops.contains(&node.id)).map(|(mut node, hop)| {
        if let (Some(access), Some(hop)) = (&mut node.access, hop) {
            access.jump = jump(&hop).map(Box::new);
        }
        node
    });
    Ok(linked.collect())
}

/// The first name of each `Host` line that is one host's.
fn named_hosts(text: &str) -> Vec<String> {
    let names = text.lines().filter_map(|line| {
        let line = line.trim().replacen('=', " ", 1);
        let (keyword, rest) = line.split_once(char::is_whitespace)?;
        keyword.eq_ignore_ascii_case("host").then(|| rest.split_whitespace().next().unwrap_or_default().to_owned())
    });
    names.filter(|name| !name.is_empty() && !name.contains(['*', '?', '!', '"']) && !name.starts_with('-')).collect()
}

/// A host as `ssh -G` prints it, and the host that it is reached through.
fn from_ssh(name: &str, text: &str) -> (Node, Option<String>) {
    let value = |key: &str| {
        text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(' ')).map(|value| value.trim().to_owned())
    };
    let address = value("hostname").unwrap_or_else(|| name.to_owned());
    let mut node = Node::new(name, name);
    let mut access = Access::new(&address, value("user").unwrap_or_else(|| "root".into()));
    access.port = value("port").and_then(|port| port.parse().ok()).unwrap_or(22);
    let keys = text.lines().filter_map(|line| line.strip_prefix("identityfile ")).map(|path| {
        let home = std::env::home_dir().unwrap_or_default();
        path.trim().strip_prefix("~/").map_or_else(|| PathBuf::from(path.trim()), |rest| home.join(rest))
    });
    access.identities = keys.filter(|path| path.is_file()).map(Identity::KeyFile).collect();
    node.addresses = vec![address];
    node.access = Some(access);
    (node, value("proxyjump").filter(|hop| hop != "none"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_told_by_what_is_in_them() {
        for (name, text, expected) in [
            ("pod.yaml", "---\nnodes:\n- name: a\n", Form::PodYaml),
            ("pod1.yaml", "details:\n  x: y\nnodes:\n", Form::Pharos),
            ("hosts.yml", "all:\n", Form::AnsibleYaml),
            ("hosts", "[control]\na\n", Form::AnsibleIni),
            ("config", "# x\nHost a\n  User b\n", Form::SshConfig),
        ] {
            assert_eq!(form(Path::new(name), text), expected, "{name}");
        }
        assert_eq!(named_hosts("Host a b\nhost=c\nHost *\nHost !x y\nHostName z\n"), ["a", "c"]);
        assert_eq!(
            (role("computes"), role("control_nodes"), role("all")),
            (Some(Role::Compute), Some(Role::Controller), None)
        );
    }
}
