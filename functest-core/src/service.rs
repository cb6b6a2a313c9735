// SPDX-License-Identifier: Apache-2.0
//! The services of an OpenStack cloud, by the types of the service types authority.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A service type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Service {
    /// Keystone.
    Identity,
    /// Glance.
    Image,
    /// Nova.
    Compute,
    /// Neutron.
    Network,
    /// Cinder.
    BlockStorage,
    /// Heat.
    Orchestration,
    /// Placement.
    Placement,
}

impl Service {
    /// Every service that functest knows.
    pub const ALL: [Self; 7] = [
        Self::Identity,
        Self::Image,
        Self::Compute,
        Self::Network,
        Self::BlockStorage,
        Self::Orchestration,
        Self::Placement,
    ];

    /// The official service type.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Image => "image",
            Self::Compute => "compute",
            Self::Network => "network",
            Self::BlockStorage => "block-storage",
            Self::Orchestration => "orchestration",
            Self::Placement => "placement",
        }
    }

    /// The service of that type.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|service| service.name() == name || service.aliases().contains(&name))
    }

    /// Other types under which catalogs list it, best first.
    pub const fn aliases(self) -> &'static [&'static str] {
        match self {
            Self::BlockStorage => &["volumev3", "block-store", "volume"],
            _ => &[],
        }
    }
}

impl std::fmt::Display for Service {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
