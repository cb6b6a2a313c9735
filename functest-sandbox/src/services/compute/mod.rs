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
mod server;
mod server_group;
mod state;
mod usage;
mod version;

pub(crate) use self::state::State;
use crate::api::{Api, Paths};
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
