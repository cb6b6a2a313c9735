// SPDX-License-Identifier: Apache-2.0
//! Floating IPs (Neutron).

use serde::Deserialize;

use super::{Kind, Mark, Owner, Removal, Resource};
use crate::service::Service;

/// A floating IP.
#[derive(Clone, Debug, Deserialize)]
pub struct FloatingIp {
    /// Its id.
    pub id: String,
    /// The address on the external network.
    #[serde(default)]
    pub floating_ip_address: String,
    /// The external network.
    #[serde(default)]
    pub floating_network_id: String,
    /// The port it leads to; empty when it leads nowhere.
    #[serde(default)]
    pub port_id: String,
}

impl Resource for FloatingIp {
    const KIND: Kind = Kind {
        name: "floating_ip",
        service: Service::Network,
        collection: "/floatingips",
        list: "",
        item: "/floatingips/{id}",
        singular: "floatingip",
        plural: "floatingips",
        everywhere: &[],
        mark: Mark::Description,
        owner: Owner::PROJECT,
        microversion: None,
        removal: Removal::PLAIN,
    };

    fn id(&self) -> &str {
        &self.id
    }

    fn name(&self) -> &str {
        &self.floating_ip_address
    }
}
