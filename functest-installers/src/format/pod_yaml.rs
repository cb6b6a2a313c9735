// SPDX-License-Identifier: Apache-2.0
//! Yardstick's `pod.yaml` (opnfv/yardstick `etc/yardstick/nodes/pod.yaml.sample`), read and written.

use std::collections::BTreeMap;

use functest_core::sut::{Access, Identity, Node, NodeStatus, Role};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use serde_yaml::Value;

/// The whole file.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct PodYaml {
    /// The nodes.
    #[serde(default)]
    pub nodes: Vec<PodNode>,
    /// What is not about nodes.
    #[serde(flatten)]
    pub rest: BTreeMap<String, Value>,
}

/// A node, with Yardstick's keys.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct PodNode {
    /// Its name.
    pub name: String,
    /// What it does: `Controller`, `Compute`, ...; several with commas in between.
    #[serde(default)]
    pub role: String,
    /// Its address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ip: Option<String>,
    /// Who logs in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// On which port; some files say `port`.
    #[serde(default, alias = "port", skip_serializing_if = "Option::is_none")]
    pub ssh_port: Option<u16>,
    /// With which password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// With which private key, as a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_filename: Option<String>,
    /// With which private key, as text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pkey: Option<String>,
    /// Its host name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host_name: Option<String>,
    /// What else is written there; `ipmi_ip`, `interfaces`, ...
    #[serde(flatten)]
    pub rest: BTreeMap<String, Value>,
}

/// The nodes of a `pod.yaml`. Those without an address cannot be logged in to.
///
/// # Errors
/// What is wrong, with its line, and what was expected.
pub fn read(text: &str) -> Result<Vec<Node>, String> {
    let file: PodYaml = serde_yaml::from_str(text).map_err(|error| error.to_string())?;
    let mut names = std::collections::BTreeSet::new();
    if let Some(twice) = file.nodes.iter().find(|node| !names.insert(node.name.as_str())) {
        return Err(format!("nodes: the name `{}` is there twice", twice.name));
    }
    Ok(file.nodes.into_iter().map(node).collect())
}

fn node(written: PodNode) -> Node {
    let mut node = Node::new(&written.name, written.host_name.clone().unwrap_or_else(|| written.name.clone()));
    for word in written.role.split(',').map(str::trim).filter(|word| !word.is_empty()) {
        node.add_role(Role::from(word));
    }
    if let Some(ip) = written.ip {
        node.addresses.push(ip.clone());
        let mut access = Access::new(ip, written.user.unwrap_or_else(|| "root".into()));
        access.port = written.ssh_port.unwrap_or(22);
        access.identities.extend(written.key_filename.map(|path| Identity::KeyFile(path.into())));
        let origin = format!("{} in the pod file", node.id);
        access.identities.extend(written.pkey.map(|text| Identity::Key { text: text.into(), origin }));
        access.identities.extend(written.password.map(|password| Identity::Password(password.into())));
        node.access = Some(access);
    }
    node.status = NodeStatus::Unknown;
    let scalar = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let told = written.rest.iter().filter(|(key, _)| !key.contains("password"));
    node.info.extend(told.filter_map(|(key, value)| Some((key.clone(), scalar(value)?))));
    node
}

/// `nodes` as a `pod.yaml`. Secrets that are not in files are written into it only where `with_secrets`.
pub fn write(nodes: &[Node], with_secrets: bool) -> PodYaml {
    let nodes = nodes.iter().map(|node| written(node, with_secrets)).collect();
    PodYaml { nodes, rest: BTreeMap::new() }
}

fn written(node: &Node, with_secrets: bool) -> PodNode {
    let mut pod = PodNode {
        name: node.id.clone(),
        role: node.roles.iter().map(capitalised).collect::<Vec<_>>().join(","),
        ip: node.addresses.first().cloned(),
        host_name: Some(node.name.clone()),
        ..PodNode::default()
    };
    let Some(access) = &node.access else { return pod };
    pod.ip = Some(access.address.clone());
    pod.user = Some(access.user.clone());
    pod.ssh_port = Some(access.port);
    for identity in &access.identities {
        match identity {
            Identity::KeyFile(path) => pod.key_filename = pod.key_filename.or(Some(path.display().to_string())),
            Identity::Key { text, .. } if with_secrets => pod.pkey = Some(text.expose_secret().to_owned()),
            Identity::Password(password) if with_secrets => pod.password = Some(password.expose_secret().to_owned()),
            _ => {}
        }
    }
    pod
}

/// Yardstick's word for a role.
fn capitalised(role: &Role) -> String {
    match role {
        Role::Installer => "Jumpserver".into(),
        // `tg__0` and the like are written as they are.
        Role::Other(word) => word.clone(),
        other => {
            let word = other.as_str();
            word[..1].to_uppercase() + &word[1..]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let text = "nodes:\n- {name: n1, role: Controller, ip: 10.0.0.1, user: root, key_filename: /k, ssh_port: 2222}\n\
                    - {name: n2, role: 'Compute, tg__0', ip: 10.0.0.2, password: octopus, ipmi_ip: 1.2.3.4, ipmi_password: x}\n\
                    - {name: n3, role: Baremetal, host_name: h3}\n";
        let nodes = read(text).unwrap();
        assert_eq!(nodes[1].roles, [Role::Compute, Role::Other("tg__0".into())]);
        assert_eq!((nodes[1].info.len(), nodes[2].access.is_none(), nodes[2].name.as_str()), (1, true, "h3"));
        let again = |with_secrets| {
            let text = serde_yaml::to_string(&write(&nodes, with_secrets)).unwrap();
            (read(&text).unwrap(), text)
        };
        let (nodes, text) = again(true);
        assert_eq!(nodes[0].access.as_ref().unwrap().port, 2222);
        assert!(text.contains("octopus") && text.contains("role: Controller"), "{text}");
        assert!(!again(false).1.contains("octopus"));
        assert!(read("nodes: 7").unwrap_err().contains("line 1"));
        assert!(read("nodes: [{name: a}, {name: a}]").unwrap_err().contains("twice"));
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(text in ".{0,120}") {
            let _ = read(&text);
        }
    }
}
