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
mod subnet;
mod subnet_pool;
mod subnet_value;
mod tag;
mod validate;
mod version;

use std::collections::{BTreeSet, HashMap};

use self::allocation::Space;
use self::index::Index;
use self::quota::Quotas;
use crate::api::{Api, Document, Paths};
use crate::ground::Table;
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

/// What Neutron has.
#[derive(Debug, Default)]
pub(crate) struct State {
    networks: Table<Document>,
    subnets: Table<Document>,
    ports: Table<Document>,
    routers: Table<Document>,
    floating_ips: Table<Document>,
    security_groups: Table<Document>,
    security_group_rules: Table<Document>,
    subnet_pools: Table<Document>,
    address_scopes: Table<Document>,
    agents: Table<Document>,
    quotas: Quotas,
    /// The networks that every project sees: those that are shared, and those that lead outside.
    open_networks: BTreeSet<String>,
    /// The addresses of each subnet.
    spaces: HashMap<String, Space>,
    ports_of_network: Index,
    ports_of_device: Index,
    ports_of_group: Index,
    ports_with_mac: Index,
    /// The ports that routers have on each network.
    interfaces_of_network: Index,
    rules_of_group: Index,
    /// The rules that speak of a group's members.
    rules_with_remote: Index,
    subnets_of_pool: Index,
    floating_ips_of_port: Index,
    /// By project.
    default_groups: HashMap<String, String>,
    /// Whether the DHCP agent serves a network, where an administrator has said so.
    scheduled: HashMap<String, bool>,
    /// The last that was given to a network.
    last_segment: u64,
}

impl State {
    /// How many there are of each kind.
    fn inventory(&self) -> Vec<(&'static str, usize)> {
        vec![
            ("networks", self.networks.len()),
            ("subnets", self.subnets.len()),
            ("ports", self.ports.len()),
            ("routers", self.routers.len()),
            ("floating_ips", self.floating_ips.len()),
            ("security_groups", self.security_groups.len()),
            ("security_group_rules", self.security_group_rules.len()),
        ]
    }
}
