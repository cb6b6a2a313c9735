// SPDX-License-Identifier: Apache-2.0
//! A sandbox in this process.

use functest_openstack::CloudConfig;
use functest_openstack::connect::{Credential, Domain, LoginScope, Named, Tls};
use functest_sandbox::{FaultFile, Options, Sandbox};

use super::SandboxRequest;
use crate::error::Error;
use crate::noun::openstack::SANDBOX;

/// A sandbox. It ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Embedded(Sandbox);

impl Embedded {
    /// Starts it.
    pub(crate) async fn start(request: &SandboxRequest) -> Result<Self, Error> {
        Ok(Self(request.start().await?))
    }

    /// Ends it, and everything in it.
    pub(crate) fn end(self) {}

    /// What everything random in it comes from.
    pub(crate) fn seed(&self) -> u64 {
        self.0.seed()
    }

    /// How it is logged in to as an administrator.
    pub(crate) fn cloud(&self) -> Result<CloudConfig, Error> {
        let sandbox = &self.0;
        let login = sandbox.admin();
        let domain = || Domain::Name(login.domain.to_owned());
        let named = |name: &str| Named::Name { name: name.to_owned(), domain: domain() };
        let origin = "the sandbox".to_owned();
        let auth_url = sandbox.auth_url().parse();
        Ok(CloudConfig {
            name: Some(SANDBOX.to_owned()),
            auth_url: auth_url.map_err(|_| functest_openstack::Error::Internal("the sandbox has no URL".into()))?,
            origin,
            credential: Credential::Password { user: named(login.user), password: login.password.to_owned().into() },
            scope: Some(LoginScope::Project(named(login.project))),
            region: Some(login.region.to_owned()),
            interface: "public".to_owned(),
            choices: Default::default(),
            tls: Tls::verified(),
            endpoints: Default::default(),
            warnings: Vec::new(),
        })
    }
}

impl SandboxRequest {
    /// Starts it.
    ///
    /// # Errors
    /// When its faults are not what they should be, or its port is taken.
    pub async fn start(&self) -> Result<Sandbox, Error> {
        let mut faults = match &self.faults {
            Some(file) => FaultFile::read(file)?,
            None => FaultFile::default(),
        };
        for words in &self.fault {
            faults.extend(FaultFile::from_words(words)?);
        }
        let options = Options { port: self.port.unwrap_or(0), seed: self.seed, faults, ..Options::default() };
        Ok(Sandbox::start(options).await?)
    }
}
