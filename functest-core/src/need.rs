// SPDX-License-Identifier: Apache-2.0
//! What a case needs while it runs, and which cases therefore exclude each other. The two are apart: that a case needs a
//! cloud does not say whether others may use it at the same time.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::service::Service;

/// Something that a case can need.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Requirement {
    /// A cloud, with a project of its own.
    Cloud,
    /// An OpenStack service of the cloud.
    Service {
        /// Which.
        service: Service,
    },
    /// An extension of one of the cloud's services.
    Extension {
        /// Whose extension it is.
        service: Service,
        /// Its alias, such as `trunk`.
        alias: String,
    },
    /// An administrator's credential for the cloud.
    Admin,
    /// The machines that the cloud is made of.
    Nodes,
    /// A folder of its own for files.
    WorkingFolder,
    /// A program on this machine.
    Tool {
        /// Its name.
        name: String,
        /// The version that it must have at least, such as `3.10`; `None` is any.
        version: Option<String>,
    },
    /// Something that a project which embeds functest has a provider for.
    Other {
        /// What it is, as a thing without an article, such as `shared folder`.
        name: String,
    },
}

impl Requirement {
    /// The requirement of a service.
    pub const fn service(service: Service) -> Self {
        Self::Service { service }
    }

    /// Whether only a cloud can meet it.
    pub fn is_of_a_cloud(&self) -> bool {
        matches!(self, Self::Cloud | Self::Service { .. } | Self::Extension { .. } | Self::Admin)
    }
}

impl fmt::Display for Requirement {
    /// What is missing, as a thing: `the network service`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cloud => f.write_str("a cloud"),
            Self::Service { service } => write!(f, "the {service} service"),
            Self::Extension { service, alias } => write!(f, "the extension `{alias}` of the {service} service"),
            Self::Admin => f.write_str("an administrator's credential"),
            Self::Nodes => f.write_str("the nodes of the system under test"),
            Self::WorkingFolder => f.write_str("a working folder"),
            Self::Tool { name, version: None } => write!(f, "the program `{name}`"),
            Self::Tool { name, version: Some(version) } => {
                write!(f, "the program `{name}` of version {version} or later")
            }
            Self::Other { name } => write!(f, "the {name}"),
        }
    }
}

/// What a case needs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Needs {
    /// Without one of these it is skipped.
    pub requires: Vec<Requirement>,
    /// Without one of these some of its checks are skipped.
    pub wishes: Vec<Requirement>,
    /// What may not run beside it.
    pub excludes: Exclusion,
}

/// What may not run beside a case.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Exclusion {
    /// Everything may.
    #[default]
    Nothing,
    /// Whatever holds one of these, unless both share it.
    Locks(Vec<Lock>),
    /// Everything: nobody knows what it does to the cloud, so it runs alone.
    WholeCloud,
}

/// A named lock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Lock {
    /// Its name.
    pub name: String,
    /// Whether others may hold it at the same time, if they share it too.
    #[serde(default)]
    pub shared: bool,
}

impl Needs {
    /// Needs that are all required.
    pub fn of(requires: impl IntoIterator<Item = Requirement>) -> Self {
        Self { requires: requires.into_iter().collect(), ..Self::default() }
    }

    /// The same, with wishes.
    #[must_use]
    pub fn wishing(mut self, wishes: impl IntoIterator<Item = Requirement>) -> Self {
        self.wishes.extend(wishes);
        self
    }

    /// The same, with other exclusions.
    #[must_use]
    pub fn excluding(mut self, excludes: Exclusion) -> Self {
        self.excludes = excludes;
        self
    }

    /// Whether it uses a cloud at all.
    pub fn a_cloud(&self) -> bool {
        self.requires.iter().chain(&self.wishes).any(Requirement::is_of_a_cloud)
    }

    /// Whether this is among what it requires.
    pub fn requires(&self, requirement: &Requirement) -> bool {
        self.requires.contains(requirement)
    }
}

impl Exclusion {
    /// Whether a case with this exclusion cannot run beside one with that.
    pub fn forbids(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::WholeCloud, _) | (_, Self::WholeCloud) => true,
            (Self::Nothing, _) | (_, Self::Nothing) => false,
            (Self::Locks(mine), Self::Locks(theirs)) => {
                mine.iter().any(|lock| theirs.iter().any(|other| lock.forbids(other)))
            }
        }
    }
}

impl Lock {
    fn forbids(&self, other: &Self) -> bool {
        self.name == other.name && !(self.shared && other.shared)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn locks(names: &[(&str, bool)]) -> Exclusion {
        let lock = |(name, shared): &(&str, bool)| Lock { name: name.to_string(), shared: *shared };
        Exclusion::Locks(names.iter().map(lock).collect())
    }

    #[test]
    fn only_shared_locks_go_together() {
        assert!(!Exclusion::Nothing.forbids(&Exclusion::Nothing));
        assert!(Exclusion::WholeCloud.forbids(&Exclusion::Nothing));
        assert!(Exclusion::Nothing.forbids(&Exclusion::WholeCloud));
        assert!(!locks(&[("a", true)]).forbids(&locks(&[("a", true), ("b", false)])));
        assert!(locks(&[("a", true)]).forbids(&locks(&[("a", false)])));
        assert!(!locks(&[("a", false)]).forbids(&locks(&[("b", false)])));
    }

    #[test]
    fn a_wish_uses_the_cloud_too() {
        assert!(!Needs::of([Requirement::WorkingFolder, Requirement::Nodes]).a_cloud());
        assert!(Needs::default().wishing([Requirement::service(Service::Image)]).a_cloud());
    }
}
