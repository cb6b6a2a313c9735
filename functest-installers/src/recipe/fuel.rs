// SPDX-License-Identifier: Apache-2.0
//! Fuel up to 10, as Danube had it: a master with the program `fuel`.

use async_trait::async_trait;
use functest_core::sut::{Access, Credentials, DeploymentStatus, Node, NodeStatus, Probe, Role};
use functest_ssh::Command;
use serde_json::Value;

use super::{HomeDefaults, Recipe, json, no_credentials, openrc};
use crate::error::Error;
use crate::format::table;
use crate::site::Site;

const NAME: &str = "fuel";

/// Fuel up to 10.
#[derive(Debug)]
pub(super) struct Fuel;

#[async_trait]
impl Recipe for Fuel {
    fn name(&self) -> &'static str {
        NAME
    }

    fn home(&self) -> HomeDefaults {
        HomeDefaults { address: Some("10.20.0.2"), user: "root", password: Some("r00tme") }
    }

    async fn probe(&self, site: &Site) -> Result<Probe, Error> {
        super::probe_program(site, "fuel").await
    }

    async fn nodes(&self, site: &Site) -> Result<Vec<Node>, Error> {
        let rows = self.list(site, "node").await?;
        Ok(rows.iter().map(node).collect())
    }

    async fn credentials(&self, site: &Site, nodes: &[Node]) -> Result<Credentials, Error> {
        for node in nodes.iter().filter(|node| node.is(&Role::Controller) && node.status == NodeStatus::Active) {
            if let Ok(Some(mut found)) = openrc(&site.node(node)?, None, &["/root/openrc"]).await {
                // The original appends the version; a v2.0 has long gone.
                for (name, value) in &mut found.variables {
                    let url = secrecy::ExposeSecret::expose_secret(value).trim_end_matches('/').to_owned();
                    if name == "OS_AUTH_URL" && !url.ends_with("/v3") {
                        *value = format!("{}/v3", url.trim_end_matches("/v2.0")).into();
                    }
                }
                return Ok(found);
            }
        }
        Err(no_credentials(NAME, "/root/openrc of a controller that is ready"))
    }

    async fn status(&self, site: &Site) -> Result<DeploymentStatus, Error> {
        let rows = self.list(site, "env").await?;
        Ok(match rows.last().map(|row| text(row, "status")).as_deref() {
            Some("operational") => DeploymentStatus::Active,
            Some("deployment" | "deploy" | "update" | "new") => DeploymentStatus::Deploying,
            Some("error" | "update_error") => DeploymentStatus::Failed,
            _ => DeploymentStatus::Unknown,
        })
    }
}

impl Fuel {
    /// What `fuel` lists, as JSON where it can, else by the headers of its table.
    async fn list(&self, site: &Site, noun: &str) -> Result<Vec<Value>, Error> {
        let what = format!("fuel {noun}");
        if let Some(text) = site.home().look(&format!("{what} --json 2>/dev/null")).await? {
            let list = json(NAME, &what, &text)?;
            return Ok(list.as_array().cloned().unwrap_or_default());
        }
        let text = site.home().ask(Command::shell(what)).await?;
        Ok(table::read(&text).into_iter().filter_map(|row| serde_json::to_value(row).ok()).collect())
    }
}

/// A value as text, whichever form it came in.
fn text(row: &Value, key: &str) -> String {
    match &row[key] {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        Value::Array(list) => list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

fn node(row: &Value) -> Node {
    let mut node = Node::new(text(row, "id"), text(row, "name"));
    // The name is any text that a person gave; the host name is one.
    if let Some(hostname) = row["hostname"].as_str().filter(|name| !name.is_empty()) {
        node.info.insert("label".into(), std::mem::replace(&mut node.name, hostname.to_owned()));
    }
    let roles = text(row, "roles");
    for (part, role) in [
        ("controller", Role::Controller),
        ("compute", Role::Compute),
        ("opendaylight", Role::Opendaylight),
        ("onos", Role::Onos),
        ("ceph-osd", Role::Storage),
        ("cinder", Role::Storage),
    ] {
        if roles.split([',', ' ']).any(|word| word.trim() == part) {
            node.add_role(role);
        }
    }
    let online = text(row, "online").to_lowercase();
    node.status = match text(row, "status").as_str() {
        _ if ["false", "0"].contains(&online.as_str()) => NodeStatus::Offline,
        "ready" => NodeStatus::Active,
        "error" => NodeStatus::Error,
        "off" => NodeStatus::Offline,
        "discover" => NodeStatus::Unused,
        _ => NodeStatus::Inactive,
    };
    let address = text(row, "ip");
    if !address.is_empty() {
        node.access = Some(Access::new(&address, "root"));
        node.addresses = vec![address];
    }
    for key in ["cluster", "mac"] {
        node.info.insert(key.to_owned(), text(row, key));
    }
    node
}
