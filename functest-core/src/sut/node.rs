// SPDX-License-Identifier: Apache-2.0
//! Nodes: the machines that the cloud is made of.

use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Access;

/// A machine of the system under test.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Node {
    /// What the installer calls it; unique in a deployment.
    pub id: String,
    /// Its host name.
    pub name: String,
    /// Its addresses as the installer knows them, the one that is logged in to first.
    pub addresses: Vec<String>,
    /// What it does.
    pub roles: Vec<Role>,
    /// How it is, as the installer sees it.
    pub status: NodeStatus,
    /// Its processor's kind as `uname -m` says it, such as `x86_64`; `None` when nobody has looked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub architecture: Option<String>,
    /// What it is built of; `None` when nobody has looked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hardware: Option<Hardware>,
    /// How to log in to it; `None` where the installer does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access: Option<Access>,
    /// What else the installer tells, by its own words.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub info: BTreeMap<String, String>,
}

impl Node {
    /// A node of which only this is known.
    pub fn new(id: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            name: name.into(),
            addresses: Vec::new(),
            roles: Vec::new(),
            status: NodeStatus::Unknown,
            architecture: None,
            hardware: None,
            access: None,
            info: BTreeMap::new(),
        }
    }

    /// Whether it has that role.
    pub fn is(&self, role: &Role) -> bool {
        self.roles.contains(role)
    }

    /// Adds a role that it does not have yet.
    pub fn add_role(&mut self, role: Role) {
        if !self.roles.contains(&role) {
            self.roles.push(role);
        }
    }
}

/// What a node does. Written in lower case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(from = "String", into = "String")]
pub enum Role {
    /// It has deployed the others.
    Installer,
    /// It runs the control plane.
    Controller,
    /// It runs servers.
    Compute,
    /// It runs routers and DHCP.
    Network,
    /// It keeps volumes or objects.
    Storage,
    /// It runs the OpenDaylight controller.
    Opendaylight,
    /// It runs the ONOS controller.
    Onos,
    /// Something else, by its own word.
    Other(String),
}

impl Role {
    /// Its word.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Installer => "installer",
            Self::Controller => "controller",
            Self::Compute => "compute",
            Self::Network => "network",
            Self::Storage => "storage",
            Self::Opendaylight => "opendaylight",
            Self::Onos => "onos",
            Self::Other(word) => word,
        }
    }
}

impl From<String> for Role {
    /// The role of that word, in any case; installers' other words for the same are known.
    fn from(word: String) -> Self {
        match word.to_lowercase().as_str() {
            "installer" | "jumphost" | "jumpserver" | "deploy" => Self::Installer,
            "controller" | "control" | "master" => Self::Controller,
            "compute" | "computer" | "worker" => Self::Compute,
            "network" => Self::Network,
            "storage" => Self::Storage,
            "opendaylight" | "odl" => Self::Opendaylight,
            "onos" => Self::Onos,
            other => Self::Other(other.to_owned()),
        }
    }
}

impl From<&str> for Role {
    fn from(word: &str) -> Self {
        word.to_owned().into()
    }
}

impl From<Role> for String {
    fn from(role: Role) -> Self {
        role.as_str().to_owned()
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How a node is, as the installer sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NodeStatus {
    /// It works.
    Active,
    /// It is there and does not work yet, or not any more.
    Inactive,
    /// It is off, or cannot be reached.
    Offline,
    /// It is broken.
    Error,
    /// Nothing was deployed on it.
    Unused,
    /// The installer does not say.
    Unknown,
}

impl NodeStatus {
    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Inactive => "inactive",
            Self::Offline => "offline",
            Self::Error => "error",
            Self::Unused => "unused",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for NodeStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a node is built of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Hardware {
    /// Processors as the system counts them.
    pub cpus: Option<u32>,
    /// Their model, as `lscpu` says it.
    pub cpu_model: Option<String>,
    /// Memory, in KiB.
    pub memory_kib: Option<u64>,
    /// The version of Open vSwitch.
    pub open_vswitch: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_words() {
        for (word, role) in
            [("Compute", Role::Compute), ("control", Role::Controller), ("tg__0", Role::Other("tg__0".into()))]
        {
            assert_eq!(Role::from(word), role);
        }
        assert_eq!(serde_json::to_string(&Role::Opendaylight).unwrap(), "\"opendaylight\"");
        assert_eq!(serde_json::from_str::<Role>("\"odl\"").unwrap(), Role::Opendaylight);
    }
}
