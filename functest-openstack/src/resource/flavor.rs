// SPDX-License-Identifier: Apache-2.0
//! Flavors (Nova).

use serde::Deserialize;
use serde_json::Value;

use super::reading::number;
use super::{Kind, Mark, Removal, Resource, id_and_name};
use crate::error::Error;
use crate::rest::{Call, Rest};
use crate::service::Service;

/// A flavor.
#[derive(Clone, Debug, Deserialize)]
pub struct Flavor {
    /// Its id.
    pub id: String,
    /// Its name, unique in the cloud.
    pub name: String,
    /// Memory in MiB.
    #[serde(default, deserialize_with = "number")]
    pub ram: u64,
    /// Root disk in GiB.
    #[serde(default, deserialize_with = "number")]
    pub disk: u64,
    /// Virtual processors.
    #[serde(default, deserialize_with = "number")]
    pub vcpus: u64,
    /// Second disk in GiB.
    #[serde(default, rename = "OS-FLV-EXT-DATA:ephemeral", deserialize_with = "number")]
    pub ephemeral: u64,
    /// Swap in MiB; a number or an empty text.
    #[serde(default)]
    pub swap: serde_json::Value,
    /// Share of bandwidth.
    #[serde(default, deserialize_with = "number")]
    pub rxtx_factor: f64,
    /// Whether every project may use it.
    #[serde(default, rename = "os-flavor-access:is_public")]
    pub is_public: bool,
}

impl Flavor {
    /// Sets extra specs: `{"extra_specs": {"key": "value"}}`.
    ///
    /// # Errors
    /// As [`Rest::send`].
    pub async fn set_extra_specs(&self, rest: &Rest, body: Value) -> Result<(), Error> {
        let call = Call::post(Service::Compute, "/flavors/{id}/os-extra_specs", &[&self.id], body);
        rest.send(call).await.map(drop)
    }
}

impl Resource for Flavor {
    const KIND: Kind = Kind {
        name: "flavor",
        service: Service::Compute,
        collection: "/flavors",
        list: "/flavors/detail",
        item: "/flavors/{id}",
        singular: "flavor",
        plural: "flavors",
        everywhere: &[("is_public", "None")],
        mark: Mark::UnlistedName,
        owner: None,
        microversion: None,
        removal: Removal::PLAIN,
    };

    id_and_name!();
}
