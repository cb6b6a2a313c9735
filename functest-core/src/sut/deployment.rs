// SPDX-License-Identifier: Apache-2.0
//! What was deployed, by what, and how it is.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Node;

/// What was deployed.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Deployment {
    /// What deployed it, such as `apex`.
    pub installer: String,
    /// Where the installer is; `None` when it is no host.
    pub installer_address: Option<String>,
    /// Such as `os-odl-nofeature-ha`; `None` when nobody says.
    pub scenario: Option<String>,
    /// The pod's name; `None` when nobody says.
    pub pod: Option<String>,
    /// How it is.
    pub status: DeploymentStatus,
    /// The release and, where it is known, the version of Nova it was told by, such as `Zed (26.3.0)`.
    pub openstack_version: Option<String>,
    /// The SDN controller; `None` when there is none.
    pub sdn_controller: Option<SdnController>,
    /// Its machines.
    pub nodes: Vec<Node>,
    /// What could not be found out, and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<String>,
}

/// How a deployment is, as its installer sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeploymentStatus {
    /// It is done.
    Active,
    /// It goes on.
    Deploying,
    /// It went wrong.
    Failed,
    /// The installer does not say.
    Unknown,
}

impl fmt::Display for DeploymentStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Active => "active",
            Self::Deploying => "deploying",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
        })
    }
}

/// A controller of the cloud's networks other than Neutron's own agents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SdnController {
    /// Such as `opendaylight`.
    pub name: String,
    /// Its version; `None` when it does not say.
    pub version: Option<String>,
}

impl fmt::Display for SdnController {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.version {
            Some(version) => write!(f, "{} {version}", self.name),
            None => f.write_str(&self.name),
        }
    }
}
