// SPDX-License-Identifier: Apache-2.0
//! Compass: a database on the installer (Danube), or OpenStack-Ansible in a container there (later).

use async_trait::async_trait;
use functest_core::sut::{Access, Credentials, DeploymentStatus, Node, NodeStatus, Probe, Role};
use functest_ssh::Command;

use super::{HomeDefaults, Recipe, no_credentials, openrc};
use crate::error::Error;
use crate::site::Site;

const NAME: &str = "compass";
const QUERY: &str = "select h.id, h.name, n.ip_int, m.mac, c.roles from clusterhost c join host h on h.id = c.host_id \
                     join host_network n on n.host_id = h.id and n.is_mgmt = 1 join machine m on m.id = h.machine_id";
/// The container of the later ones.
const TASKS: &str = "docker exec compass-tasks";

/// Compass.
#[derive(Debug)]
pub(super) struct Compass;

#[async_trait]
impl Recipe for Compass {
    fn name(&self) -> &'static str {
        NAME
    }

    fn home(&self) -> HomeDefaults {
        HomeDefaults { address: Some("192.168.200.2"), user: "root", password: Some("root") }
    }

    async fn probe(&self, site: &Site) -> Result<Probe, Error> {
        let (database, container) = ("mysql -uroot compass -e 'show tables' > /dev/null", format!("{TASKS} true"));
        for (line, evidence) in
            [(database, "the database compass is there"), (container.as_str(), "the container compass-tasks runs")]
        {
            if site.home().look(line).await?.is_some() {
                return Ok(Probe { found: true, evidence: evidence.into() });
            }
        }
        Ok(Probe { found: false, evidence: "there is neither a database compass nor a container compass-tasks".into() })
    }

    async fn nodes(&self, site: &Site) -> Result<Vec<Node>, Error> {
        let query = format!("mysql -uroot -Dcompass -N -e {}", functest_ssh::quote(QUERY));
        if let Some(text) = site.home().look(&query).await? {
            return read(&text).map_err(|message| Error::Output {
                installer: NAME,
                what: "the database compass".into(),
                message,
            });
        }
        let path = "/etc/openstack_deploy/openstack_user_config.yml";
        let text = site.home().ask(Command::shell(format!("{TASKS} cat {path}"))).await?;
        super::osa::read(&text).map_err(|message| Error::Output { installer: NAME, what: path.into(), message })
    }

    async fn credentials(&self, site: &Site, nodes: &[Node]) -> Result<Credentials, Error> {
        for node in nodes.iter().filter(|node| node.is(&Role::Controller)) {
            if let Ok(Some(found)) = openrc(&site.node(node)?, None, &["/opt/admin-openrc.sh"]).await {
                return Ok(found);
            }
        }
        let inner = "set -a; . /opt/openrc > /dev/null 2>&1; env -0";
        let text =
            site.home().look(&format!("{TASKS} bash -c {}", functest_ssh::quote(inner))).await?.unwrap_or_default();
        let variables = crate::format::environment::openstack_variables(&text);
        if variables.is_empty() {
            return Err(no_credentials(NAME, "/opt/admin-openrc.sh of a controller or /opt/openrc of compass-tasks"));
        }
        let ca_certificate = site.home().look(&format!("{TASKS} cat /opt/os_cacert")).await?;
        Ok(Credentials {
            variables,
            ca_certificate,
            origin: format!("compass-tasks:/opt/openrc on {}", site.home().name()),
        })
    }

    async fn status(&self, _site: &Site) -> Result<DeploymentStatus, Error> {
        // The original looked for failed hosts in a log that is not there for long.
        Ok(DeploymentStatus::Unknown)
    }
}

/// Rows of the query, columns between tabs. The address is a number.
fn read(text: &str) -> Result<Vec<Node>, String> {
    text.lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| {
            let cells: Vec<&str> = line.split('\t').collect();
            let [id, name, address, mac, roles] = cells[..] else {
                return Err(format!("`{line}` has {} columns; expected 5", cells.len()));
            };
            let number: u32 = address.parse().map_err(|_| format!("`{address}` is not an address as a number"))?;
            let address = std::net::Ipv4Addr::from(number).to_string();
            // What would break a line is escaped, quotes are not.
            let roles: Vec<String> =
                serde_json::from_str(roles).map_err(|error| format!("roles `{roles}`: {error}"))?;
            let mut node = Node::new(id, name);
            node.status = NodeStatus::Unknown;
            roles.iter().for_each(|word| match Role::from(word.as_str()) {
                Role::Other(word) if word.contains("ceph-osd") => node.add_role(Role::Storage),
                Role::Other(_) => {}
                role => node.add_role(role),
            });
            node.access = Some(Access::new(&address, "root"));
            node.addresses = vec![address];
            node.info.insert("mac".into(), mac.to_owned());
            Ok(node)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_nodes() {
        let nodes = read("1\thost1\t181737739\t00:00:16\t[\"controller\", \"odl\"]\n").unwrap();
        assert_eq!(nodes[0].addresses, ["10.213.25.11"]);
        assert_eq!(nodes[0].roles, [Role::Controller, Role::Opendaylight]);
        assert!(read("1\t2\n").unwrap_err().contains("expected 5"));
        assert!(read("1\tn\tx\tm\t[]\n").unwrap_err().contains("`x` is not an address"));
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[a0-9\t\n\\[\\]\"]{0,80}") {
            let _ = read(&text);
        }
    }
}
