// SPDX-License-Identifier: Apache-2.0
//! A running sandbox.

use std::collections::BTreeMap;
use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::api::Router;
use crate::http_server;
use crate::options::Options;
use crate::services::{self, Cloud, PASSWORD, REGION};
use crate::shared::Shared;
use crate::ssh_server::{Doors, Doorway};

/// A sandbox that runs. It ends, with all that is in it, when this is dropped.
#[derive(Debug)]
pub struct Sandbox {
    address: SocketAddr,
    seed: u64,
    shared: Arc<Shared>,
    guest_port: u16,
    stop: CancellationToken,
}

/// A login to a sandbox. None of it is secret: a sandbox is on loopback, and of no value.
#[derive(Clone, Copy, Debug)]
pub struct Login {
    /// The user's name.
    pub user: &'static str,
    /// The password.
    pub password: &'static str,
    /// The project's name.
    pub project: &'static str,
    /// The domain of both.
    pub domain: &'static str,
    /// The region.
    pub region: &'static str,
}

/// Why a sandbox did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The port is taken, most likely.
    #[error("cannot listen on 127.0.0.1:{port}: {source}")]
    Listen {
        /// The port.
        port: u16,
        /// What the system said.
        source: std::io::Error,
    },
    /// Other sandboxes have all of them.
    #[error("no range of loopback addresses is left for floating IPs: {0}")]
    Floating(std::io::Error),
    /// A mistake of ours.
    #[error("the sandbox's own routes contradict each other: {0}")]
    Routes(#[from] matchit::InsertError),
}

impl Sandbox {
    /// Starts one. Must be called on a tokio runtime, on which it runs.
    ///
    /// # Errors
    /// When the port is taken.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let port = options.port;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
            .await
            .map_err(|source| StartError::Listen { port, source })?;
        let address = listener.local_addr().map_err(|source| StartError::Listen { port, source })?;
        let seed = options.seed.unwrap_or_else(rand::random);
        let doorway = Doorway::find().await.map_err(StartError::Floating)?;
        let guest_port = doorway.port;
        let cloud = Cloud::new(options, &format!("http://{address}"), seed, doorway.network);
        let shared = Arc::new(Shared::new(cloud, Router::new(&services::catalog())?));
        let stop = CancellationToken::new();
        tokio::spawn(Doors::new(doorway, Arc::clone(&shared)).tend(stop.clone()));
        tokio::spawn(http_server::serve(listener, Arc::clone(&shared), stop.clone()));
        Ok(Self { address, seed, shared, guest_port, stop })
    }

    /// Where Keystone is, such as `http://127.0.0.1:5001/identity/v3`.
    pub fn auth_url(&self) -> String {
        format!("http://{}/identity/v3", self.address)
    }

    /// The administrator's login.
    pub fn admin(&self) -> Login {
        Login { user: "admin", password: PASSWORD, project: "admin", domain: "Default", region: REGION }
    }

    /// A clouds.yaml with the clouds `sandbox-admin` and `sandbox-demo`.
    pub fn clouds_yaml(&self) -> String {
        let cloud = |user: &str| {
            format!(
                "  sandbox-{user}:\n    auth:\n      auth_url: {}\n      username: {user}\n      password: {PASSWORD}\n      \
                 project_name: {user}\n      user_domain_name: Default\n      project_domain_name: Default\n    \
                 region_name: {REGION}\n    interface: public\n    identity_api_version: 3\n    guest_ssh_port: {}\n",
                self.auth_url(),
                self.guest_port
            )
        };
        format!("clouds:\n{}{}", cloud("admin"), cloud("demo"))
    }

    /// Writes that clouds.yaml, in one step: a reader never finds half of it.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write_clouds(&self, path: &Path) -> std::io::Result<()> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut file = tempfile::Builder::new().prefix(".clouds-").tempfile_in(folder)?;
        file.write_all(self.clouds_yaml().as_bytes())?;
        file.persist(path)?;
        Ok(())
    }

    /// How many there are of each kind that somebody can make, whoever has them.
    pub fn inventory(&self) -> BTreeMap<&'static str, usize> {
        self.shared.cloud().inventory()
    }

    /// The port of a floating IP that the guest behind it answers SSH on: 22 where that may be bound.
    pub fn guest_port(&self) -> u16 {
        self.guest_port
    }

    /// What everything random in it comes from.
    pub fn seed(&self) -> u64 {
        self.seed
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}
