// SPDX-License-Identifier: Apache-2.0
//! What is particular about each installer: a file each. What they have in common is in [`Sut`](crate::Sut).
//!
//! To add one: a file with a [`Recipe`], and a line in [`all`].

mod apex;
mod compass;
mod daisy;
mod devcloud;
mod devstack;
mod fuel;
mod fuel_mcp;
mod joid;
mod kolla_ansible;
mod openstack_helm;
mod osa;
mod static_nodes;
mod sunbeam;

use std::fmt::Debug;

use async_trait::async_trait;
use functest_core::sut::{Credentials, DeploymentStatus, Identity, Node, NodeStatus, Probe, Role, SdnController};
use functest_ssh::Command;

use crate::error::Error;
use crate::format::{environment, openstack_release};
use crate::shell::Shell;
use crate::site::Site;

/// What an installer takes for granted about its machine.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HomeDefaults {
    /// Where it is; `None` is this machine.
    pub(crate) address: Option<&'static str>,
    /// Who logs in.
    pub(crate) user: &'static str,
    /// With which password.
    pub(crate) password: Option<&'static str>,
}

impl HomeDefaults {
    /// Nothing but this machine.
    pub(crate) const fn here() -> Self {
        Self::user("root")
    }

    const fn user(user: &'static str) -> Self {
        Self { address: None, user, password: None }
    }
}

/// What is particular about an installer.
#[async_trait]
pub(crate) trait Recipe: Debug + Send + Sync {
    /// Its name, as `INSTALLER_TYPE` says it.
    fn name(&self) -> &'static str;

    /// What it takes for granted about its machine.
    fn home(&self) -> HomeDefaults;

    /// Whether this is it.
    async fn probe(&self, site: &Site) -> Result<Probe, Error>;

    /// The nodes, with addresses and users; [`Site::complete`] does the rest.
    async fn nodes(&self, site: &Site) -> Result<Vec<Node>, Error>;

    /// What nodes are logged in to with where nothing else is said: the key of the installer's machine, then what it is
    /// logged in to with itself.
    async fn node_identities(&self, site: &Site) -> Result<Vec<Identity>, Error> {
        home_identities(site).await
    }

    /// What the cloud is logged in to with.
    async fn credentials(&self, site: &Site, nodes: &[Node]) -> Result<Credentials, Error>;

    /// The release of OpenStack.
    async fn openstack_version(&self, site: &Site, nodes: &[Node]) -> Result<Option<String>, Error> {
        let places = places(site, nodes, &[Role::Controller, Role::Compute]);
        first_answer(places, NOVA_VERSION, openstack_release::of_nova).await
    }

    /// The SDN controller.
    async fn sdn_controller(&self, site: &Site, nodes: &[Node]) -> Result<Option<SdnController>, Error> {
        let places = places(site, nodes, &[Role::Opendaylight, Role::Onos, Role::Controller]);
        first_answer(places, SDN_CONTROLLER, sdn_controller).await
    }

    /// How the deployment is, as the installer sees it.
    async fn status(&self, site: &Site) -> Result<DeploymentStatus, Error>;

    /// How a service is looked at and controlled on a node, where that is not done on the node itself.
    fn services(&self) -> Services {
        Services::OnNodes
    }
}

/// Where services are looked at and controlled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Services {
    /// On the node: containers of Docker or Podman, units of systemd.
    OnNodes,
    /// By `kubectl` on the installer's machine.
    Kubernetes,
}

/// Every installer, in the order in which they are tried.
pub(crate) fn all() -> Vec<Box<dyn Recipe>> {
    vec![
        Box::new(static_nodes::StaticNodes),
        Box::new(devcloud::Devcloud),
        Box::new(kolla_ansible::KollaAnsible),
        Box::new(devstack::DevStack),
        Box::new(osa::Osa),
        Box::new(apex::Apex),
        Box::new(fuel_mcp::FuelMcp),
        Box::new(fuel::Fuel),
        Box::new(joid::Joid),
        Box::new(compass::Compass),
        Box::new(daisy::Daisy),
        Box::new(sunbeam::Sunbeam),
        Box::new(openstack_helm::OpenStackHelm),
    ]
}

/// Tells the version of Nova, whatever kind of deployment it is; needs root where containers do.
const NOVA_VERSION: &str = "nova-manage --version 2>&1 || nova-manage version 2>&1 || \
    for engine in docker podman; do for name in nova_api nova_compute; do \
    $engine exec $name nova-manage --version 2>/dev/null && exit 0; done; done; \
    dpkg-query -W -f '${Version}\\n' nova-common 2>/dev/null || rpm -q --qf '%{VERSION}\\n' openstack-nova-common 2>/dev/null; true";

/// Prints `name version` of an SDN controller that is installed, by package or by folder, also in a container.
const SDN_CONTROLLER: &str = "said() { [ -n \"$2\" ] && echo \"$1 $2\" && exit 0; }; \
    for name in opendaylight onos; do \
    said $name \"$(dpkg-query -W -f '${Version}' $name 2>/dev/null)\"; \
    said $name \"$(rpm -q --qf '%{VERSION}' $name 2>/dev/null | grep -v 'not installed')\"; \
    said $name \"$(apt-cache policy $name 2>/dev/null | sed -n 's/^ *Installed: *//p' | grep -v none)\"; \
    said $name \"$(yum info $name 2>/dev/null | sed -n 's/^Version *: *//p' | head -n 1)\"; \
    for engine in docker podman; do \
    said $name \"$($engine exec $name yum info $name 2>/dev/null | sed -n 's/^Version *: *//p' | head -n 1)\"; done; done; \
    find /opt -maxdepth 4 \\( -name 'distribution-karaf*' -o -name 'karaf-0*' -o -name 'onos-[0-9]*' \\) 2>/dev/null | head -n 1";

fn sdn_controller(text: &str) -> Option<SdnController> {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty())?;
    if let Some((name, version)) = line.split_once(' ') {
        return Some(SdnController { name: name.to_owned(), version: Some(version.to_owned()) });
    }
    let folder = line.rsplit('/').next()?.trim_end_matches(".tar.gz").trim_end_matches(".zip");
    let version = folder.trim_start_matches(|c: char| !c.is_ascii_digit());
    let name = if folder.starts_with("onos") { "onos" } else { "opendaylight" };
    Some(SdnController { name: name.to_owned(), version: (!version.is_empty()).then(|| version.to_owned()) })
}

/// Shells on up to three nodes of the first of `roles` that any node has, then on the next, and on the installer's machine.
fn places(site: &Site, nodes: &[Node], roles: &[Role]) -> Vec<(Shell, functest_ssh::Sudo)> {
    let mut places = Vec::new();
    for role in roles {
        let is_up = |node: &&Node| !matches!(node.status, NodeStatus::Offline | NodeStatus::Unused);
        for node in nodes.iter().filter(|node| node.is(role)).filter(is_up).take(3) {
            if let Ok(shell) = site.node(node) {
                places.push((shell, crate::sut::sudo_of(node)));
            }
        }
    }
    places.push((site.home().clone(), site.home_sudo()));
    places
}

/// The first answer that says something. Nodes that are off are passed over.
async fn first_answer<T>(
    places: Vec<(Shell, functest_ssh::Sudo)>,
    line: &str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, Error> {
    let mut problem = None;
    for (shell, sudo) in places {
        // With root's rights where they are to be had: containers want them.
        let mut answer = shell.run(&Command::shell(line).sudo(Some(sudo)).repeatable()).await;
        if answer.as_ref().is_err_and(|error| matches!(error, Error::Ssh(functest_ssh::Error::Sudo { .. }))) {
            answer = shell.run(&Command::shell(line).repeatable()).await;
        }
        match answer.map(|output| read(&output.stdout_text())) {
            Ok(Some(found)) => return Ok(Some(found)),
            Ok(None) => problem = None,
            Err(error) => {
                tracing::debug!(place = %shell.name(), %error, "passed over");
                problem = Some(error);
            }
        }
    }
    problem.map_or(Ok(None), Err)
}

/// The private keys of whoever is logged in on the installer's machine, then what was logged in with there.
async fn home_identities(site: &Site) -> Result<Vec<Identity>, Error> {
    let mut identities = Vec::new();
    if let Shell::Remote(_) = site.home() {
        for name in ["id_ed25519", "id_ecdsa", "id_rsa", "id_dsa"] {
            if let Some(text) = site.home().look(&format!("cat ~/.ssh/{name}")).await? {
                let origin = format!("~/.ssh/{name} on {}", site.home().name());
                identities.push(Identity::Key { text: text.into(), origin });
            }
        }
    }
    match site.home_access() {
        Some(access) => identities.extend(access.identities.iter().cloned()),
        None => identities.extend(site.config().identities(site.config().key_file.as_ref(), None)),
    }
    Ok(identities)
}

/// That a file is there tells an installer.
async fn probe_file(site: &Site, path: &str) -> Result<Probe, Error> {
    let found = site.home().look(&format!("test -e {path}")).await?.is_some();
    let evidence = if found { format!("{path} is there") } else { format!("there is no {path}") };
    Ok(Probe { found, evidence })
}

/// That a program is there tells an installer.
async fn probe_program(site: &Site, program: &str) -> Result<Probe, Error> {
    let found = site.home().look(&format!("command -v {program}")).await?;
    let evidence = match &found {
        Some(path) => format!("{} is there", path.trim()),
        None => format!("there is no program {program}"),
    };
    Ok(Probe { found: found.is_some(), evidence })
}

/// The variables of the first of these files that there is.
async fn openrc(
    shell: &Shell,
    sudo: Option<&functest_ssh::Sudo>,
    paths: &[&str],
) -> Result<Option<Credentials>, Error> {
    for path in paths {
        let command = Command::shell(environment::line(path)).sudo(sudo.cloned()).repeatable();
        if let Some(variables) = variables_of(&shell.run(&command).await?) {
            return Ok(Some(Credentials {
                variables,
                ca_certificate: None,
                origin: format!("{path} on {}", shell.name()),
            }));
        }
    }
    Ok(None)
}

/// The variables that a command printed, if they say where the cloud is.
fn variables_of(output: &functest_ssh::Output) -> Option<Vec<(String, secrecy::SecretString)>> {
    let variables = environment::openstack_variables(&output.stdout_text());
    let is_whole = output.status.success() && variables.iter().any(|(name, _)| name == "OS_AUTH_URL");
    is_whole.then_some(variables)
}

/// A JSON document that a tool prints; noise before it is passed over.
fn json(installer: &'static str, what: &str, text: &str) -> Result<serde_json::Value, Error> {
    let begin = text.find(['[', '{']).unwrap_or(0);
    serde_json::from_str(&text[begin..]).map_err(|error| Error::Output {
        installer,
        what: what.to_owned(),
        message: format!("{error}; expected JSON"),
    })
}

/// A deployment that has no credentials where they should be.
fn no_credentials(installer: &'static str, looked_in: &str) -> Error {
    Error::Missing { installer, message: format!("there are no credentials in {looked_in}") }
}
