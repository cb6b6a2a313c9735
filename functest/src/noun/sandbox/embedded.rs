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
pub(crate) struct Embedded {
    sandbox: Sandbox,
    request: SandboxRequest,
}

impl Embedded {
    /// Starts it.
    pub(crate) async fn start(request: &SandboxRequest) -> Result<Self, Error> {
        let faults = request.all_faults()?;
        let mut started = request.clone();
        // A file may have changed by the time that somebody wants the same again.
        if let Some(words) = faults.to_words() {
            (started.faults, started.fault) = (None, words);
        }
        let sandbox = request.start_with(faults).await?;
        started.seed = Some(sandbox.seed());
        Ok(Self { sandbox, request: started })
    }

    /// Ends it, and everything in it.
    pub(crate) fn end(self) {}

    /// What one like it is asked for by: with the seed that it has, and its faults in words.
    pub(crate) fn request(&self) -> &SandboxRequest {
        &self.request
    }

    /// How it is logged in to as an administrator.
    pub(crate) fn cloud(&self) -> Result<CloudConfig, Error> {
        let sandbox = &self.sandbox;
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
        self.start_with(self.all_faults()?).await
    }

    fn all_faults(&self) -> Result<FaultFile, Error> {
        let mut faults = match &self.faults {
            Some(file) => FaultFile::read(file)?,
            None => FaultFile::default(),
        };
        for words in &self.fault {
            faults.extend(FaultFile::from_words(words)?);
        }
        Ok(faults)
    }

    async fn start_with(&self, faults: FaultFile) -> Result<Sandbox, Error> {
        let options = Options { port: self.port.unwrap_or(0), seed: self.seed, faults, ..Options::default() };
        Ok(Sandbox::start(options).await?)
    }
}
