// SPDX-License-Identifier: Apache-2.0
//! JOID, and every other OpenStack of Juju charms: `juju status` tells the machines.

use async_trait::async_trait;
use functest_core::sut::{Credentials, DeploymentStatus, Identity, Node, NodeStatus, Probe, SdnController};
use functest_ssh::Command;

use super::{HomeDefaults, Recipe, no_credentials, openrc};
use crate::error::Error;
use crate::format::juju::Status;
use crate::format::openstack_release;
use crate::site::Site;

const NAME: &str = "joid";
/// Juju's own key, which its machines trust.
const KEY: &str = ".local/share/juju/ssh/juju_id_rsa";
/// A snap's programs are not in the path of a shell without a terminal.
const JUJU: &str = "PATH=\"$PATH:/snap/bin\" juju";

/// JOID.
#[derive(Debug)]
pub(super) struct Joid;

#[async_trait]
impl Recipe for Joid {
    fn name(&self) -> &'static str {
        NAME
    }

    fn home(&self) -> HomeDefaults {
        HomeDefaults::user("ubuntu")
    }

    async fn probe(&self, site: &Site) -> Result<Probe, Error> {
        let has_sunbeam = site.home().look("PATH=\"$PATH:/snap/bin\" command -v sunbeam").await?.is_some();
        if has_sunbeam {
            return Ok(Probe { found: false, evidence: "juju belongs to sunbeam there".into() });
        }
        let found = site.home().look(&format!("{JUJU} status --format json > /dev/null")).await?.is_some();
        let evidence = if found { "juju has a model" } else { "juju is not there, or has no model" };
        Ok(Probe { found, evidence: evidence.into() })
    }

    async fn nodes(&self, site: &Site) -> Result<Vec<Node>, Error> {
        Ok(status(site, NAME, "").await?.nodes("ubuntu"))
    }

    async fn node_identities(&self, site: &Site) -> Result<Vec<Identity>, Error> {
        identities(site).await
    }

    async fn credentials(&self, site: &Site, _nodes: &[Node]) -> Result<Credentials, Error> {
        let home = site.home().ask(Command::shell("cd ~ && pwd")).await?;
        let paths =
            ["joid_config/admin-openrc", "admin-openrc", "novarc"].map(|path| format!("{}/{path}", home.trim()));
        let found = openrc(site.home(), None, &[&paths[0], &paths[1], &paths[2]]).await?;
        found.ok_or_else(|| no_credentials(NAME, &paths.join(", ")))
    }

    async fn openstack_version(&self, site: &Site, _nodes: &[Node]) -> Result<Option<String>, Error> {
        let version = status(site, NAME, "").await?.version_of("nova-c");
        Ok(version.and_then(|version| openstack_release::of_nova(&version)))
    }

    async fn sdn_controller(&self, site: &Site, _nodes: &[Node]) -> Result<Option<SdnController>, Error> {
        let status = status(site, NAME, "").await?;
        let found = [("odl-controller", "opendaylight"), ("opendaylight", "opendaylight"), ("onos", "onos")];
        Ok(found
            .into_iter()
            .find(|(part, _)| status.has(part))
            .map(|(part, name)| SdnController { name: name.to_owned(), version: status.version_of(part) }))
    }

    async fn status(&self, site: &Site) -> Result<DeploymentStatus, Error> {
        let nodes = status(site, NAME, "").await?.nodes("");
        Ok(of_machines(&nodes))
    }
}

/// `juju status` of a model; the current one where `model` is empty.
pub(super) async fn status(site: &Site, installer: &'static str, model: &str) -> Result<Status, Error> {
    let model = if model.is_empty() { String::new() } else { format!(" -m {}", functest_ssh::quote(model)) };
    let text = site.home().ask(Command::shell(format!("{JUJU} status{model} --format json"))).await?;
    let begin = text.find('{').unwrap_or(0);
    let wrong = |message| Error::Output { installer, what: "juju status --format json".into(), message };
    Status::read(&text[begin..]).map_err(wrong)
}

/// Juju's key before what is usual.
pub(super) async fn identities(site: &Site) -> Result<Vec<Identity>, Error> {
    let mut identities = Vec::new();
    if let Some(text) = site.home().look(&format!("cat ~/{KEY}")).await? {
        identities.push(Identity::Key { text: text.into(), origin: format!("~/{KEY} on {}", site.home().name()) });
    }
    identities.extend(super::home_identities(site).await?);
    Ok(identities)
}

/// How a deployment is whose machines are so.
pub(super) fn of_machines(nodes: &[Node]) -> DeploymentStatus {
    let any = |status| nodes.iter().any(|node| node.status == status);
    match () {
        () if any(NodeStatus::Error) => DeploymentStatus::Failed,
        () if any(NodeStatus::Inactive) => DeploymentStatus::Deploying,
        () if any(NodeStatus::Active) => DeploymentStatus::Active,
        () => DeploymentStatus::Unknown,
    }
}
