// SPDX-License-Identifier: Apache-2.0
//! Which cloud a request means: one of the user's, or a sandbox of our own.

use functest_core::event::CloudIdentity;
use functest_openstack::CloudConfig;

use crate::embed::Functest;
use crate::error::Error;
use crate::noun::sandbox::{Embedded, SandboxRequest};

/// The name that means a sandbox in this process. It stands for no cloud of clouds.yaml.
pub const SANDBOX: &str = "sandbox";

/// A cloud, and the sandbox that it is.
pub(crate) struct Chosen {
    pub(crate) config: CloudConfig,
    /// It ends when this is dropped.
    pub(crate) sandbox: Option<Embedded>,
}

impl Functest {
    /// The cloud of that name, else of `OS_CLOUD`, else of the `OS_*` variables.
    pub(crate) async fn choose_cloud(
        &self,
        name: Option<&str>,
        sandbox: &SandboxRequest,
    ) -> Result<Option<Chosen>, Error> {
        let name = name.filter(|name| !name.is_empty());
        let by_variable = if name.is_none() { self.variable("OS_CLOUD")? } else { None };
        if name.or(by_variable.as_deref()).is_some_and(is_embedded) {
            let sandbox = Embedded::start(sandbox).await?;
            return Ok(Some(Chosen { config: sandbox.cloud()?, sandbox: Some(sandbox) }));
        }
        if !sandbox.is_plain() {
            return Err(Error::NotTheSandbox);
        }
        let config = CloudConfig::find(name, self.variables.as_ref())?;
        Ok(config.map(|config| Chosen { config, sandbox: None }))
    }
}

/// Whether that name means a sandbox in this process.
pub(crate) fn is_embedded(name: &str) -> bool {
    name == SANDBOX
}

/// Whether what was made on a cloud went with the process that made it.
pub(crate) fn is_gone(cloud: &CloudIdentity) -> bool {
    cloud.sandbox && cloud.name.as_deref().is_some_and(is_embedded)
}
