// SPDX-License-Identifier: Apache-2.0
//! Nova.

mod aggregate;
mod availability_zone;
pub(crate) mod entrance;
mod extension;
mod flavor;
mod flavor_access;
mod flavor_extra_specs;
mod guest;
mod host;
mod hypervisor;
mod keypair;
mod limits;
mod list;
mod microversion;
mod quota;
mod refusal;
mod seed;
pub(crate) mod server;
mod server_group;
mod usage;
mod version;

use self::server::Server;
use crate::api::{Api, Document, Paths};
use crate::ground::Table;
use crate::services::Cloud;

/// The Compute service.
pub(crate) const API: Api<Cloud> = Api {
    service_type: "compute",
    name: "nova",
    catalog_place: 3,
    version_path: "/v2.1",
    routes: &[
        version::ROUTES,
        extension::ROUTES,
        flavor::ROUTES,
        flavor_extra_specs::ROUTES,
        flavor_access::ROUTES,
        keypair::ROUTES,
        server::ROUTES,
        server_group::ROUTES,
        aggregate::ROUTES,
        hypervisor::ROUTES,
        host::ROUTES,
        availability_zone::ROUTES,
        quota::ROUTES,
        limits::ROUTES,
        usage::ROUTES,
    ],
    body_limit: 114_688,
    paths: Paths::USUAL,
    admit: microversion::admit,
    refuse: refusal::refuse,
    finish: microversion::finish,
    seed: seed::seed,
    inventory: |cloud| cloud.compute.inventory(),
};

/// What Nova has.
#[derive(Debug, Default)]
pub(crate) struct State {
    flavors: Table<Document>,
    /// Owned by users; by user and name.
    keypairs: Table<Document>,
    pub(crate) servers: Table<Server>,
    server_groups: Table<Document>,
    aggregates: Table<Document>,
    /// What projects' quotas are where they are not the defaults.
    quotas: Table<Document>,
    hosts: Table<Document>,
}

impl State {
    /// How many there are of each kind.
    fn inventory(&self) -> Vec<(&'static str, usize)> {
        vec![
            ("flavors", self.flavors.len()),
            ("keypairs", self.keypairs.len()),
            ("servers", self.servers.len()),
            ("server_groups", self.server_groups.len()),
            ("aggregates", self.aggregates.len()),
            ("compute quotas", self.quotas.len()),
        ]
    }
}
