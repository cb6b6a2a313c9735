// SPDX-License-Identifier: Apache-2.0
//! Ports (Neutron).

use serde::Deserialize;

use super::{Kind, Mark, Owner, Removal, Resource, id_and_name};
use crate::service::Service;

/// A port.
#[derive(Clone, Debug, Deserialize)]
pub struct Port {
    /// Its id.
    pub id: String,
    /// Its name; may be empty.
    #[serde(default)]
    pub name: String,
    /// Its network.
    #[serde(default)]
    pub network_id: String,
    /// Such as `ACTIVE`.
    #[serde(default)]
    pub status: String,
    /// Its addresses.
    #[serde(default)]
    pub fixed_ips: Vec<FixedIp>,
    /// What it belongs to, such as `network:dhcp` or `compute:nova`; may be empty.
    #[serde(default)]
    pub device_owner: String,
}

/// An address of a port.
#[derive(Clone, Debug, Deserialize)]
pub struct FixedIp {
    /// The address.
    pub ip_address: String,
    /// Its subnet.
    #[serde(default)]
    pub subnet_id: String,
}

impl Resource for Port {
    const KIND: Kind = Kind {
        name: "port",
        service: Service::Network,
        collection: "/ports",
        list: "",
        item: "/ports/{id}",
        singular: "port",
        plural: "ports",
        everywhere: &[],
        mark: Mark::Description,
        owner: Owner::PROJECT,
        microversion: None,
        removal: Removal::PLAIN,
    };

    id_and_name!();
}
