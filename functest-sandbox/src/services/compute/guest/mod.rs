// SPDX-License-Identifier: Apache-2.0
//! Guests: what runs in servers. They boot, ask for their addresses and metadata, and run commands.
//!
//! A guest knows the network that it is on, and nothing of the server around it: that hands it a [`Machine`].

mod boot;
mod command;
mod shell;
pub(crate) mod user_data;

use std::collections::BTreeMap;
use std::net::IpAddr;

pub(crate) use self::boot::{Machine, boot};
pub(crate) use self::shell::{Outcome, run};

/// What runs in a server, once it has booted.
#[derive(Clone, Debug)]
pub(crate) struct Guest {
    pub(crate) host_name: String,
    /// What DHCP gave, in the order of its interfaces.
    pub(crate) interfaces: Vec<Interface>,
    /// The key that may log in.
    pub(crate) authorized_key: Option<String>,
    /// What its disk has, by path.
    pub(crate) files: BTreeMap<String, String>,
}

/// A network interface of a guest.
#[derive(Clone, Debug)]
pub(crate) struct Interface {
    pub(crate) port_id: String,
    pub(crate) mac: String,
    /// The address and the length of its prefix; none without a lease.
    pub(crate) address: Option<(IpAddr, u8)>,
}

/// Who may log in, as in a CirrOS.
pub(crate) const USER: &str = "cirros";
pub(crate) const PASSWORD: &str = "gocubsgo";
