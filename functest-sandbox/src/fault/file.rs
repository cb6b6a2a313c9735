// SPDX-License-Identifier: Apache-2.0
//! The file that says what is broken.

use serde::{Deserialize, Serialize};

/// What is broken.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FaultFile {
    /// The faults.
    #[serde(default)]
    pub(crate) faults: Vec<Rule>,
}

/// One fault.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Rule {
    pub(crate) lie: Lie,
}

/// A cloud that answers 200 and does not do what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Lie {
    /// Security groups are kept, and nothing is filtered.
    SecurityGroupsNotEnforced,
    /// Nobody answers a guest's DHCP requests.
    NoDhcp,
    /// DHCP gives guests another address than their port's.
    WrongAddress,
    /// Guests find no metadata.
    NoMetadata,
    /// Guests do not get the key.
    KeyNotInjected,
    /// Guests do not run their user-data.
    UserDataNotRun,
    /// Consoles show nothing.
    EmptyConsole,
    /// Servers are ACTIVE and never boot.
    NeverBoots,
    /// Floating IPs lead nowhere.
    FloatingIpNowhere,
    /// Floating IPs lead to another server.
    FloatingIpElsewhere,
    /// Images are not what was uploaded.
    ImageDamaged,
    /// A deletion is answered as if it were done.
    DeleteDeletesNothing,
    /// Quotas are shown, and not kept.
    QuotaNotEnforced,
    /// A member may do what takes an administrator.
    RoleBordersOpen,
    /// A member sees other projects' things.
    ProjectBordersOpen,
}

/// Why a file of faults cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct FaultFileError(String);
