// SPDX-License-Identifier: Apache-2.0
//! Guests: what runs in servers. They boot, ask for their addresses and metadata, and answer SSH.

mod boot;
mod command;
mod door;
mod shell;
mod ssh;
pub(crate) mod user_data;

use std::collections::BTreeMap;
use std::net::IpAddr;

pub(crate) use self::boot::boot;
pub(crate) use self::door::{Doors, Doorway};

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
const USER: &str = "cirros";
const PASSWORD: &str = "gocubsgo";
