// SPDX-License-Identifier: Apache-2.0
//! Neutron.
//!
//! A kind of resource is a file with its attributes and what it adds to what every [`kind::Kind`] can do.

mod address_scope;
mod agent;
mod allocation;
mod asker;
mod attribute;
mod availability;
mod dhcp;
mod extension;
mod floating_ip;
pub(crate) mod for_servers;
mod gateway;
mod index;
mod kind;
mod list;
// Every kind has the file that its name says.
#[allow(clippy::module_inception)]
mod network;
mod port;
mod port_address;
mod quota;
pub(crate) mod reachability;
mod refusal;
mod router;
mod router_interface;
mod security_group;
mod security_group_rule;
mod seed;
mod state;
mod subnet;
mod subnet_pool;
mod subnet_value;
mod tag;
mod validate;
mod version;

pub(crate) use self::state::State;
use crate::api::{Api, Paths};
use crate::services::Cloud;

/// The Network service.
pub(crate) const API: Api<Cloud> = Api {
    service_type: "network",
    name: "neutron",
    catalog_place: 4,
    version_path: "",
    routes: &[
        version::ROUTES,
        extension::ROUTES,
        network::ROUTES,
        subnet::ROUTES,
        port::ROUTES,
        router::ROUTES,
        router_interface::ROUTES,
        floating_ip::ROUTES,
        security_group::ROUTES,
        security_group_rule::ROUTES,
        subnet_pool::ROUTES,
        address_scope::ROUTES,
        quota::ROUTES,
        agent::ROUTES,
        availability::ROUTES,
        tag::ROUTES,
    ],
    body_limit: 114_688,
    paths: Paths::USUAL,
    admit: |_| Ok(()),
    refuse: refusal::refuse,
    finish: |_, _| {},
    seed: seed::seed,
    inventory: |cloud| cloud.network.inventory(),
};
