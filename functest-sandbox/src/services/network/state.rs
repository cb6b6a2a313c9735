// SPDX-License-Identifier: Apache-2.0
//! What Neutron has: nobody but its own modules sees into it.

use std::collections::{BTreeSet, HashMap};

use super::allocation::Space;
use super::index::Index;
use super::quota::Quotas;
use crate::api::Document;
use crate::ground::Table;

/// What Neutron has.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub(super) networks: Table<Document>,
    pub(super) subnets: Table<Document>,
    pub(super) ports: Table<Document>,
    pub(super) routers: Table<Document>,
    pub(super) floating_ips: Table<Document>,
    pub(super) security_groups: Table<Document>,
    pub(super) security_group_rules: Table<Document>,
    pub(super) subnet_pools: Table<Document>,
    pub(super) address_scopes: Table<Document>,
    pub(super) agents: Table<Document>,
    pub(super) quotas: Quotas,
    /// The networks that every project sees: those that are shared, and those that lead outside.
    pub(super) open_networks: BTreeSet<String>,
    /// The addresses of each subnet.
    pub(super) spaces: HashMap<String, Space>,
    pub(super) ports_of_network: Index,
    pub(super) ports_of_device: Index,
    pub(super) ports_of_group: Index,
    pub(super) ports_with_mac: Index,
    /// The ports that routers have on each network.
    pub(super) interfaces_of_network: Index,
    pub(super) rules_of_group: Index,
    /// The rules that speak of a group's members.
    pub(super) rules_with_remote: Index,
    pub(super) subnets_of_pool: Index,
    pub(super) floating_ips_of_port: Index,
    /// By project.
    pub(super) default_groups: HashMap<String, String>,
    /// Whether the DHCP agent serves a network, where an administrator has said so.
    pub(super) scheduled: HashMap<String, bool>,
    /// The last that was given to a network.
    pub(super) last_segment: u64,
}

impl State {
    /// How many there are of each kind.
    pub(super) fn inventory(&self) -> Vec<(&'static str, usize)> {
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
