// SPDX-License-Identifier: Apache-2.0
//! Neutron.

pub(crate) mod for_servers;
pub(crate) mod reachability;

use serde_json::json;

use crate::api::{Api, ApiError, Call, Reply};
use crate::cloud::Cloud;

/// The Network service.
pub(crate) const API: Api = Api {
    service_type: "network",
    name: "neutron",
    version_path: "",
    routes: &[],
    body_limit: 114_688,
    admit: |_| Ok(()),
    refuse,
    finish: |_, _| {},
};

/// What Neutron has.
#[derive(Debug, Default)]
pub(crate) struct State {}

/// What every sandbox starts with.
pub(crate) fn seed(_cloud: &mut Cloud) {}

fn refuse(_: &Call, error: &ApiError) -> Reply {
    Reply::json(error.status, &json!({"error": error.message}))
}
