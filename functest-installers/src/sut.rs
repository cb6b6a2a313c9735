// SPDX-License-Identifier: Apache-2.0
//! The system under test: what all installers have in common.

use std::sync::Arc;

use async_trait::async_trait;
use functest_core::Installer;
use functest_core::sut::{
    Credentials, Deployment, DeploymentStatus, InstallerError, Node, NodeStatus, Permission, Probe, Role,
    SdnController, ServiceAction, ServiceState,
};
use functest_ssh::{Dialer, Session, Sudo};
use tokio::sync::OnceCell;

use crate::config::SutConfig;
use crate::detect;
use crate::error::Error;
use crate::fan_out::{PARALLEL, fan_out};
use crate::hardware;
use crate::recipe::{Recipe, Services};
use crate::selection::NodeSelection;
use crate::service::{Pods, Service};
use crate::shell::Shell;
use crate::shells::Shells;
use crate::site::Site;
use crate::sudo::sudo_of;

/// The system under test. Clones share connections and what has been found out.
#[derive(Clone, Debug)]
pub struct Sut(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    recipe: Box<dyn Recipe>,
    site: Site,
    nodes: OnceCell<Vec<Node>>,
    in_depth: OnceCell<Vec<Node>>,
    credentials: OnceCell<Credentials>,
    openstack_version: OnceCell<Option<String>>,
    sdn_controller: OnceCell<Option<SdnController>>,
    status: OnceCell<DeploymentStatus>,
}

/// The scenario's name as OPNFV makes it of what is there. Features cannot be seen.
fn scenario(nodes: &[Node], sdn: Option<&SdnController>) -> Option<String> {
    let controllers = nodes.iter().filter(|node| node.is(&Role::Controller)).count();
    let controller = match sdn.map(|sdn| sdn.name.as_str()) {
        Some("opendaylight") => "odl",
        Some(other) => other,
        None => "nosdn",
    };
    let availability = if controllers > 1 { "ha" } else { "noha" };
    (controllers > 0).then(|| format!("os-{controller}-nofeature-{availability}"))
}

/// What was found out, or `otherwise` and one problem more.
fn or_problem<T>(found: Result<T, InstallerError>, otherwise: T, problems: &mut Vec<String>) -> T {
    found.unwrap_or_else(|error| {
        problems.push(error.to_string());
        otherwise
    })
}

impl Sut {
    /// The system that `config` describes. Where it names no installer, all are tried.
    ///
    /// # Errors
    /// When there is no such installer, none is recognised, or a file that is named cannot be read.
    pub async fn open(config: SutConfig) -> Result<Self, Error> {
        config.check_files()?;
        let dialer = Dialer::default();
        let (recipe, defaults) = match &config.installer {
            Some(name) => {
                let recipe = detect::recipe(name)?;
                let defaults = recipe.home();
                (recipe, defaults)
            }
            None => {
                let recipe = detect::first(&config, &dialer).await?;
                let mut defaults = recipe.home();
                defaults.address = None;
                (recipe, defaults)
            }
        };
        let site = Site::new(config, &defaults, dialer);
        Ok(Self(Arc::new(Inner {
            recipe,
            site,
            nodes: OnceCell::new(),
            in_depth: OnceCell::new(),
            credentials: OnceCell::new(),
            openstack_version: OnceCell::new(),
            sdn_controller: OnceCell::new(),
            status: OnceCell::new(),
        })))
    }

    /// The nodes.
    ///
    /// # Errors
    /// When the installer cannot be asked, or answers something else than it should.
    pub async fn list(&self) -> Result<&[Node], Error> {
        let find = || async {
            let mut nodes = self.0.recipe.nodes(&self.0.site).await?;
            let identities = match nodes.is_empty() {
                true => Vec::new(),
                false => self.0.recipe.node_identities(&self.0.site).await?,
            };
            nodes.iter_mut().for_each(|node| self.0.site.complete(node, &identities));
            Ok::<_, Error>(nodes)
        };
        Ok(self.0.nodes.get_or_try_init(find).await?)
    }

    /// The nodes that are meant.
    ///
    /// # Errors
    /// As [`list`](Self::list), and when one is meant that is not there.
    pub async fn select(&self, selection: &NodeSelection) -> Result<Vec<Node>, Error> {
        selection.of(self.list().await?)
    }

    /// A shell on a node. The connection is made when it is first used.
    ///
    /// # Errors
    /// When the installer does not say how it is logged in to.
    pub fn shell(&self, node: &Node) -> Result<Shell, Error> {
        self.0.site.node(node)
    }

    /// Shells on its nodes, which share its connections.
    pub fn shells(&self) -> Shells {
        Shells::of(&self.0.site)
    }

    /// A shell on the installer's machine.
    pub fn home(&self) -> &Shell {
        self.0.site.home()
    }

    /// An SSH connection to a node, for files, forwards and terminals.
    ///
    /// # Errors
    /// When the node does not let us in, or is this machine.
    pub async fn session(&self, node: &Node) -> Result<Session, Error> {
        self.shells().session(node).await
    }

    /// What becomes root on a node, with the password that is known for it.
    pub fn sudo(&self, node: &Node) -> Sudo {
        sudo_of(node)
    }

    /// `work` on each of `nodes`, on at most `limit` at a time ([`PARALLEL`] is usual); results in the order of `nodes`.
    pub async fn each<R, F>(&self, nodes: Vec<Node>, limit: usize, work: impl Fn(Node) -> F) -> Vec<R>
    where
        F: Future<Output = R>,
    {
        fan_out(nodes, limit, work).await
    }

    /// A node with what only it knows: architecture and hardware. Why it does not tell is in its `info`, under `problem`.
    pub async fn in_depth(&self, mut node: Node) -> Node {
        // Nobody waits for what the installer knows to be off.
        if matches!(node.status, NodeStatus::Offline | NodeStatus::Unused) {
            return node;
        }
        let looked = match self.shell(&node) {
            Ok(shell) => hardware::look(&mut node, &shell).await,
            Err(error) => Err(error),
        };
        if let Err(error) = looked {
            node.info.insert("problem".into(), error.to_string());
        }
        node
    }

    async fn look_closer(&self) -> Result<&[Node], Error> {
        let find = || async {
            let nodes = self.list().await?.to_vec();
            let looked = fan_out(nodes, PARALLEL, |node| self.in_depth(node));
            Ok::<_, Error>(looked.await)
        };
        Ok(self.0.in_depth.get_or_try_init(find).await?)
    }

    fn service<'a>(&self, node: &'a Node, name: &'a str) -> Result<Service<'a>, Error> {
        Ok(Service { shell: self.shell(node)?, sudo: sudo_of(node), node, name })
    }

    fn pods<'a>(&self, node: &'a Node, name: &'a str) -> Option<Pods<'a>> {
        let in_kubernetes = self.0.recipe.services() == Services::Kubernetes;
        in_kubernetes.then(|| Pods { shell: self.0.site.home().clone(), node, name })
    }
}

#[async_trait]
impl Installer for Sut {
    fn name(&self) -> &str {
        self.0.recipe.name()
    }

    async fn probe(&self) -> Result<Probe, InstallerError> {
        Ok(self.0.recipe.probe(&self.0.site).await?)
    }

    async fn installer_node(&self) -> Result<Option<Node>, InstallerError> {
        let Some(access) = self.0.site.home_access() else { return Ok(None) };
        let mut node = Node::new("installer", &access.address);
        node.addresses = vec![access.address.clone()];
        node.roles = vec![Role::Installer];
        node.access = Some(access.clone());
        let looked = hardware::look(&mut node, self.0.site.home()).await;
        node.status = if looked.is_ok() { NodeStatus::Active } else { NodeStatus::Unknown };
        looked?;
        Ok(Some(node))
    }

    async fn nodes(&self) -> Result<Vec<Node>, InstallerError> {
        Ok(self.list().await?.to_vec())
    }

    async fn nodes_in_depth(&self) -> Result<Vec<Node>, InstallerError> {
        Ok(self.look_closer().await?.to_vec())
    }

    async fn credentials(&self) -> Result<Credentials, InstallerError> {
        let find = || async { self.0.recipe.credentials(&self.0.site, self.list().await?).await };
        Ok(self.0.credentials.get_or_try_init(find).await?.clone())
    }

    async fn openstack_version(&self) -> Result<Option<String>, InstallerError> {
        let find = || async { self.0.recipe.openstack_version(&self.0.site, self.list().await?).await };
        Ok(self.0.openstack_version.get_or_try_init(find).await?.clone())
    }

    async fn sdn_controller(&self) -> Result<Option<SdnController>, InstallerError> {
        let find = || async { self.0.recipe.sdn_controller(&self.0.site, self.list().await?).await };
        Ok(self.0.sdn_controller.get_or_try_init(find).await?.clone())
    }

    async fn status(&self) -> Result<DeploymentStatus, InstallerError> {
        let find = || self.0.recipe.status(&self.0.site);
        Ok(*self.0.status.get_or_try_init(find).await?)
    }

    async fn deployment(&self) -> Result<Deployment, InstallerError> {
        let nodes = self.nodes().await?;
        let (version, sdn, status) = tokio::join!(self.openstack_version(), self.sdn_controller(), self.status());
        let mut problems = Vec::new();
        let openstack_version = or_problem(version, None, &mut problems);
        let sdn_controller = or_problem(sdn, None, &mut problems);
        let status = or_problem(status, DeploymentStatus::Unknown, &mut problems);
        let config = self.0.site.config();
        Ok(Deployment {
            installer: self.name().to_owned(),
            installer_address: self.0.site.home_access().map(|access| access.address.clone()),
            scenario: config.scenario.clone().or_else(|| scenario(&nodes, sdn_controller.as_ref())),
            pod: config.pod.clone(),
            openstack_version,
            sdn_controller,
            status,
            nodes,
            problems,
        })
    }

    async fn service_log(&self, node: &Node, service: &str, lines: u32) -> Result<String, InstallerError> {
        Ok(match self.pods(node, service) {
            Some(pods) => pods.log(lines).await?,
            None => self.service(node, service)?.log(lines).await?,
        })
    }

    async fn service_state(&self, node: &Node, service: &str) -> Result<ServiceState, InstallerError> {
        Ok(match self.pods(node, service) {
            Some(pods) => pods.state().await?,
            None => self.service(node, service)?.state().await?,
        })
    }

    async fn control_service(
        &self,
        node: &Node,
        service: &str,
        action: ServiceAction,
        permission: &Permission,
    ) -> Result<ServiceState, InstallerError> {
        tracing::info!(node = %node.name, service, action = action.as_str(), %permission, "controlling a service");
        Ok(match self.pods(node, service) {
            Some(pods) => pods.control(action).await?,
            None => self.service(node, service)?.control(action).await?,
        })
    }
}
