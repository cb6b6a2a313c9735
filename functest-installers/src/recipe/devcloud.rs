// SPDX-License-Identifier: Apache-2.0
//! The devcloud: OpenStack on this one machine (the folder `devcloud`).

use async_trait::async_trait;
use functest_core::sut::{Credentials, DeploymentStatus, Node, NodeStatus, Probe, Role};

use super::{HomeDefaults, Recipe, no_credentials, openrc};
use crate::error::Error;
use crate::site::Site;

const NAME: &str = "devcloud";
/// The state folder, as `devcloud/lib/settings.sh` says it.
const STATE: &str = "/var/lib/functest-devcloud";

/// The devcloud.
#[derive(Debug)]
pub(super) struct Devcloud;

#[async_trait]
impl Recipe for Devcloud {
    fn name(&self) -> &'static str {
        NAME
    }

    fn home(&self) -> HomeDefaults {
        HomeDefaults::user("root")
    }

    async fn probe(&self, site: &Site) -> Result<Probe, Error> {
        super::probe_file(site, &format!("{STATE}/clouds.yaml")).await
    }

    async fn nodes(&self, site: &Site) -> Result<Vec<Node>, Error> {
        let name = site.home().ask(functest_ssh::Command::new("hostname")).await?.trim().to_owned();
        let mut node = Node::new(&name, &name);
        node.roles = vec![Role::Controller, Role::Compute, Role::Network, Role::Storage];
        node.addresses = vec!["127.0.0.1".into()];
        node.access = site.home_access().cloned();
        if node.access.is_none() {
            node.info.insert("connection".into(), "local".into());
        }
        node.status = match self.status(site).await? {
            DeploymentStatus::Active => NodeStatus::Active,
            _ => NodeStatus::Inactive,
        };
        Ok(vec![node])
    }

    async fn credentials(&self, site: &Site, _nodes: &[Node]) -> Result<Credentials, Error> {
        let path = format!("{STATE}/openrc");
        openrc(site.home(), None, &[&path]).await?.ok_or_else(|| no_credentials(NAME, &path))
    }

    async fn openstack_version(&self, site: &Site, _nodes: &[Node]) -> Result<Option<String>, Error> {
        let package = site.home().look("dpkg-query -W -f '${Version}' nova-common").await?;
        Ok(package.and_then(|text| crate::format::openstack_release::of_nova(&text)))
    }

    async fn status(&self, site: &Site) -> Result<DeploymentStatus, Error> {
        // Its Keystone answers on loopback.
        let line = "exec 3<>/dev/tcp/127.0.0.1/5000";
        let answers = site.home().look(&format!("bash -c {} 2>/dev/null", functest_ssh::quote(line))).await?.is_some();
        Ok(if answers { DeploymentStatus::Active } else { DeploymentStatus::Failed })
    }
}
