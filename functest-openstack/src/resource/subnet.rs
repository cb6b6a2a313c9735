// SPDX-License-Identifier: Apache-2.0
//! Subnets (Neutron).

use serde::Deserialize;

use super::{Kind, Mark, Owner, Removal, Resource, id_and_name};
use crate::service::Service;

/// A subnet.
#[derive(Clone, Debug, Deserialize)]
pub struct Subnet {
    /// Its id.
    pub id: String,
    /// Its name; may be empty.
    #[serde(default)]
    pub name: String,
    /// Its network.
    #[serde(default)]
    pub network_id: String,
    /// Its addresses, such as `10.0.0.0/24`.
    #[serde(default)]
    pub cidr: String,
    /// The router's address; empty for none.
    #[serde(default)]
    pub gateway_ip: String,
    /// Whether addresses are given out by DHCP.
    #[serde(default)]
    pub enable_dhcp: bool,
}

impl Resource for Subnet {
    const KIND: Kind = Kind {
        name: "subnet",
        service: Service::Network,
        collection: "/subnets",
        list: "",
        item: "/subnets/{id}",
        singular: "subnet",
        plural: "subnets",
        everywhere: &[],
        mark: Mark::Description,
        owner: Owner::PROJECT,
        microversion: None,
        removal: Removal::PLAIN,
    };

    id_and_name!();
}
