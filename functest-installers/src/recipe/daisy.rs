// SPDX-License-Identifier: Apache-2.0
//! Daisy: its client prints tables only; OpenStack runs in Kolla's containers.

use async_trait::async_trait;
use functest_core::sut::{Access, Credentials, DeploymentStatus, Node, NodeStatus, Probe, Role};
use functest_ssh::{Command, quote};

use super::{HomeDefaults, Recipe, no_credentials, openrc};
use crate::error::Error;
use crate::format::table::{self, Row};
use crate::site::Site;

const NAME: &str = "daisy";
/// Where the client finds its server.
const DAISY: &str = ". /root/daisyrc_admin; daisy";

/// Daisy.
#[derive(Debug)]
pub(super) struct Daisy;

#[async_trait]
impl Recipe for Daisy {
    fn name(&self) -> &'static str {
        NAME
    }

    fn home(&self) -> HomeDefaults {
        HomeDefaults { address: None, user: "root", password: Some("r00tme") }
    }

    async fn probe(&self, site: &Site) -> Result<Probe, Error> {
        super::probe_program(site, "daisy").await
    }

    async fn nodes(&self, site: &Site) -> Result<Vec<Node>, Error> {
        let mut nodes = Vec::new();
        for cluster in self.clusters(site).await? {
            let id = cell(&cluster, "id");
            let text = site.home().ask(Command::shell(format!("{DAISY} host-list --cluster-id {}", quote(id)))).await?;
            for row in table::read(&text) {
                let host = cell(&row, "id");
                let detail = site.home().ask(Command::shell(format!("{DAISY} host-detail {}", quote(host)))).await?;
                nodes.push(node(&row, &table::read(&detail)));
            }
        }
        Ok(nodes)
    }

    async fn credentials(&self, site: &Site, _nodes: &[Node]) -> Result<Credentials, Error> {
        let path = "/etc/kolla/admin-openrc.sh";
        openrc(site.home(), None, &[path]).await?.ok_or_else(|| no_credentials(NAME, path))
    }

    async fn status(&self, site: &Site) -> Result<DeploymentStatus, Error> {
        let clusters = self.clusters(site).await?;
        Ok(match clusters.first().map(|row| cell(row, "status")) {
            Some("active") => DeploymentStatus::Active,
            Some(state) if state.contains("fail") => DeploymentStatus::Failed,
            Some(state) if state.contains("install") => DeploymentStatus::Deploying,
            _ => DeploymentStatus::Unknown,
        })
    }
}

impl Daisy {
    async fn clusters(&self, site: &Site) -> Result<Vec<Row>, Error> {
        Ok(table::read(&site.home().ask(Command::shell(format!("{DAISY} cluster-list"))).await?))
    }
}

fn cell<'a>(row: &'a Row, column: &str) -> &'a str {
    row.get(column).map_or("", String::as_str)
}

/// A host and its properties; the table of these has the columns `Property` and `Value`.
fn node(row: &Row, detail: &[Row]) -> Node {
    let property =
        |name: &str| detail.iter().find(|row| cell(row, "property") == name).map_or("", |row| cell(row, "value"));
    let mut node = Node::new(cell(row, "id"), cell(row, "name"));
    let roles = property("role");
    for (part, role) in [("CONTROLLER", Role::Controller), ("COMPUTER", Role::Compute)] {
        if roles.contains(part) {
            node.add_role(role);
        }
    }
    node.status = match (cell(row, "role_status"), cell(row, "os_status")) {
        ("active", _) => NodeStatus::Active,
        (role, os) if role.contains("fail") || os.contains("fail") => NodeStatus::Error,
        ("init", "init") => NodeStatus::Unused,
        _ => NodeStatus::Inactive,
    };
    if let Some(address) = first_address(property("interfaces")).or_else(|| address_of_name(&node.name)) {
        node.access = Some(Access::new(&address, "root"));
        node.addresses = vec![address];
    }
    node
}

/// The first address in a list of maps as Python 2 prints it: `[{u'name': u'ens3', u'ip': u'192.0.2.1'}]`.
fn first_address(text: &str) -> Option<String> {
    let (_, after) = text.split_once("'ip': ")?;
    let value = after.trim_start_matches('u').trim_start_matches('\'');
    let address = value.split('\'').next()?;
    address.parse::<std::net::IpAddr>().ok().map(|address| address.to_string())
}

/// `host-192-0-2-1`, as the installer names hosts.
fn address_of_name(name: &str) -> Option<String> {
    let mut parts: Vec<&str> = name.rsplit('-').take(4).collect();
    parts.reverse();
    parts.join(".").parse::<std::net::Ipv4Addr>().ok().map(|address| address.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_found() {
        assert_eq!(first_address("[{u'name': u'e', u'ip': u'192.0.2.1'}]").as_deref(), Some("192.0.2.1"));
        assert_eq!(first_address("[{'ip': 'none'}]"), None);
        assert_eq!(address_of_name("host-192-0-2-1").as_deref(), Some("192.0.2.1"));
        assert_eq!(address_of_name("host"), None);
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(text in ".{0,60}") {
            let _ = (first_address(&format!("'ip': {text}")), address_of_name(&text));
        }
    }
}
