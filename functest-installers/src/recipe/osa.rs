// SPDX-License-Identifier: Apache-2.0
//! OpenStack-Ansible: `openstack_user_config.yml` on the deployment host, services in LXC containers or on metal.

use std::collections::BTreeMap;

use async_trait::async_trait;
use functest_core::sut::{Access, Credentials, DeploymentStatus, Node, Probe, Role};
use functest_ssh::Command;
use serde_yaml::Value;

use super::{HomeDefaults, Recipe, no_credentials, openrc, variables_of};
use crate::error::Error;
use crate::format::environment;
use crate::site::Site;

const NAME: &str = "osa";
const CONFIG: &str = "/etc/openstack_deploy/openstack_user_config.yml";

/// OpenStack-Ansible.
#[derive(Debug)]
pub(super) struct Osa;

#[async_trait]
impl Recipe for Osa {
    fn name(&self) -> &'static str {
        NAME
    }

    fn home(&self) -> HomeDefaults {
        HomeDefaults::user("root")
    }

    async fn probe(&self, site: &Site) -> Result<Probe, Error> {
        super::probe_file(site, CONFIG).await
    }

    async fn nodes(&self, site: &Site) -> Result<Vec<Node>, Error> {
        let command = Command::new("cat").arg(CONFIG).sudo(Some(site.home_sudo()));
        let text = site.home().ask(command).await?;
        read(&text).map_err(|message| Error::Output { installer: NAME, what: CONFIG.to_owned(), message })
    }

    async fn credentials(&self, site: &Site, nodes: &[Node]) -> Result<Credentials, Error> {
        if let Some(found) = openrc(site.home(), Some(&site.home_sudo()), &["/root/openrc"]).await? {
            return Ok(found);
        }
        // The utility container of a controller has it.
        let variables = environment::line("/root/openrc");
        let print = format!(
            "for name in $(lxc-ls -1 2>/dev/null | grep utility); do lxc-attach -n $name -- sh -c {} && exit 0; done; {variables}",
            functest_ssh::quote(&variables)
        );
        for node in nodes.iter().filter(|node| node.is(&Role::Controller)) {
            let shell = site.node(node)?;
            let command = Command::shell(&print).sudo(Some(crate::sudo::sudo_of(node))).repeatable();
            let found = shell.run(&command).await.ok().and_then(|output| variables_of(&output));
            if let Some(variables) = found {
                let origin = format!("/root/openrc on {}", node.name);
                return Ok(Credentials { variables, ca_certificate: None, origin });
            }
        }
        Err(no_credentials(NAME, "/root/openrc of the deployment host or of a utility container"))
    }

    async fn openstack_version(&self, site: &Site, _nodes: &[Node]) -> Result<Option<String>, Error> {
        let Some(text) = site.home().file("/etc/openstack-release").await? else { return Ok(None) };
        let value = |key: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='));
            line.map(|value| value.trim_matches('"').to_owned())
        };
        Ok(value("DISTRIB_RELEASE").map(|release| match value("DISTRIB_CODENAME") {
            Some(name) => format!("{name} (OpenStack-Ansible {release})"),
            None => format!("OpenStack-Ansible {release}"),
        }))
    }

    async fn status(&self, site: &Site) -> Result<DeploymentStatus, Error> {
        // The last playbook makes this inventory complete; there is no other record.
        let done = site.home().look("test -s /etc/openstack_deploy/openstack_inventory.json").await?;
        Ok(if done.is_some() { DeploymentStatus::Unknown } else { DeploymentStatus::Deploying })
    }
}

/// The hosts of a user configuration: each under one or more keys `..._hosts`.
pub(crate) fn read(text: &str) -> Result<Vec<Node>, String> {
    let mut value: Value = serde_yaml::from_str(text).map_err(|error| error.to_string())?;
    value.apply_merge().map_err(|error| error.to_string())?;
    let map = value.as_mapping().ok_or("expected a map with keys such as `compute_hosts`")?;
    let mut nodes: BTreeMap<String, Node> = BTreeMap::new();
    for (group, hosts) in map.iter().filter_map(|(key, hosts)| Some((key.as_str()?, hosts.as_mapping()?))) {
        // Those that begin with an underscore are anchors for the others.
        let Some(kind) = group.strip_suffix("_hosts").filter(|kind| !kind.starts_with('_')) else { continue };
        for (name, host) in hosts.iter().filter_map(|(name, host)| Some((name.as_str()?, host))) {
            let Some(ip) = host["ip"].as_str() else { return Err(format!("{group}.{name}: expected an `ip`")) };
            let node = nodes.entry(name.to_owned()).or_insert_with(|| {
                let mut node = Node::new(name, name);
                node.addresses = vec![ip.to_owned()];
                node.access = Some(Access::new(ip, "root"));
                node
            });
            if let Some(role) = role(kind) {
                node.add_role(role);
            }
        }
    }
    Ok(nodes.into_values().collect())
}

fn role(kind: &str) -> Option<Role> {
    Some(match kind {
        "compute" => Role::Compute,
        "identity" | "compute-infra" | "shared-infra" | "os-infra" | "image" | "dashboard" | "orchestration" => {
            Role::Controller
        }
        "network" | "network-infra" | "network-northd" | "network-gateway" => Role::Network,
        "storage" | "storage-infra" | "swift" | "swift-proxy" | "ceph-osd" => Role::Storage,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_gather_their_roles() {
        let text = "_infra: &infra\n  i1: {ip: 10.0.0.1}\nidentity_hosts: *infra\nnetwork-infra_hosts: *infra\ncompute_hosts:\n  c1: {ip: 10.0.0.2, host_vars: {x: y}}\n\
                    storage_hosts: {c1: {ip: 10.0.0.2}}\nhaproxy_hosts: *infra\nused_ips: [a]\n";
        let nodes = read(text).unwrap();
        assert_eq!(nodes[0].roles, [Role::Compute, Role::Storage]);
        assert_eq!(nodes[1].roles, [Role::Controller, Role::Network]);
        assert!(read("compute_hosts: {c: {}}").unwrap_err().contains("compute_hosts.c: expected an `ip`"));
        assert!(read("- a").is_err());
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(text in ".{0,120}") {
            let _ = read(&text);
        }
    }
}
