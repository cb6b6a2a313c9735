// SPDX-License-Identifier: Apache-2.0
//! Kolla-Ansible: an Ansible inventory, OpenStack in containers of Docker or Podman.

use async_trait::async_trait;
use functest_core::sut::{Access, Credentials, DeploymentStatus, Identity, Node, Probe, Role};
use functest_ssh::{Command, quote};

use super::{HomeDefaults, Recipe, no_credentials, openrc};
use crate::error::Error;
use crate::format::ansible::Inventory;
use crate::site::Site;

const NAME: &str = "kolla-ansible";
/// Where its documentation has people keep the inventory.
const INVENTORIES: [&str; 6] = [
    "/etc/kolla/multinode",
    "~/multinode",
    "/etc/kolla/inventory",
    "~/inventory",
    "/etc/kolla/all-in-one",
    "~/all-in-one",
];
/// The tool may be in a virtual environment that nobody has entered.
const TOOLS: &str = "PATH=\"$PATH:$HOME/.local/bin\"; for bin in ~/*/bin /opt/*/bin; do \
                     [ -x \"$bin/ansible-inventory\" ] && PATH=\"$PATH:$bin\"; done; ";

/// Kolla-Ansible.
#[derive(Debug)]
pub(super) struct KollaAnsible;

#[async_trait]
impl Recipe for KollaAnsible {
    fn name(&self) -> &'static str {
        NAME
    }

    fn home(&self) -> HomeDefaults {
        HomeDefaults::user("root")
    }

    async fn probe(&self, site: &Site) -> Result<Probe, Error> {
        super::probe_file(site, "/etc/kolla/globals.yml").await
    }

    async fn nodes(&self, site: &Site) -> Result<Vec<Node>, Error> {
        let path = self.inventory(site).await?;
        let listing = format!("{TOOLS}ansible-inventory -i {path} --list");
        let inventory = match site.home().look(&listing).await? {
            Some(text) => Inventory::from_json(text.find('{').map_or(text.as_str(), |begin| &text[begin..])),
            // No Ansible there any more: its file is understood all the same.
            None => {
                let text = site.home().ask(Command::shell(format!("cat {path}"))).await?;
                if text.lines().any(|line| line.starts_with("all:")) {
                    Inventory::from_yaml(&text)
                } else {
                    Inventory::from_ini(&text)
                }
            }
        };
        let wrong = |message| Error::Output { installer: NAME, what: path.clone(), message };
        // As Ansible does: whoever runs it, where nothing is said.
        let user = site.home_access().map_or("root", |access| access.user.as_str());
        let mut nodes = inventory.map_err(wrong)?.nodes(role, true, user);
        for access in nodes.iter_mut().filter_map(|node| node.access.as_mut()) {
            read_keys(site, access).await?;
        }
        Ok(nodes)
    }

    async fn credentials(&self, site: &Site, _nodes: &[Node]) -> Result<Credentials, Error> {
        let paths = ["/etc/kolla/admin-openrc.sh", "/etc/kolla/admin-openrc-system.sh"];
        let sudo = site.home_sudo();
        let found = match openrc(site.home(), None, &paths).await? {
            Some(found) => Some(found),
            None => openrc(site.home(), Some(&sudo), &paths).await?,
        };
        found.ok_or_else(|| no_credentials(NAME, &format!("{} (kolla-ansible post-deploy writes it)", paths[0])))
    }

    async fn status(&self, _site: &Site) -> Result<DeploymentStatus, Error> {
        // It keeps no record of how a deployment went.
        Ok(DeploymentStatus::Unknown)
    }
}

impl KollaAnsible {
    /// The inventory, as a word of a shell there.
    async fn inventory(&self, site: &Site) -> Result<String, Error> {
        if let Some(path) = &site.config().inventory {
            return Ok(quote(&path.display().to_string()));
        }
        let line = format!(
            "for file in {}; do [ -r \"$file\" ] && echo \"$file\" && exit 0; done; exit 1",
            INVENTORIES.join(" ")
        );
        let found = site.home().look(&line).await?;
        found.map(|path| quote(path.trim())).ok_or_else(|| Error::Missing {
            installer: NAME,
            message: format!("there is no inventory in {}: name it with --inventory", INVENTORIES.join(", ")),
        })
    }
}

/// Key files that the inventory names are on the machine that it is on.
async fn read_keys(site: &Site, access: &mut Access) -> Result<(), Error> {
    if site.home_access().is_none() {
        return Ok(());
    }
    for identity in &mut access.identities {
        let Identity::KeyFile(path) = &*identity else { continue };
        let origin = format!("{} on {}", path.display(), site.home().name());
        // A tilde is the shell's to resolve; the rest of the path is not.
        let path = path.display().to_string();
        let word = path.strip_prefix("~/").map_or_else(|| quote(&path), |rest| format!("~/{}", quote(rest)));
        if let Some(text) = site.home().look(&format!("cat -- {word}")).await? {
            *identity = Identity::Key { text: text.into(), origin };
        }
    }
    Ok(())
}

fn role(group: &str) -> Option<Role> {
    Some(match group {
        "control" => Role::Controller,
        "compute" => Role::Compute,
        "network" => Role::Network,
        "storage" => Role::Storage,
        _ => return None,
    })
}
