// SPDX-License-Identifier: Apache-2.0
//! Settings of `api_check`.

use std::path::PathBuf;
use std::time::Duration;

use functest_core::settings::{CaseSettings, Seconds};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::healthcheck::check::cidr_problem;
use crate::healthcheck::image_source::{self, ImageSource};

/// Settings of `api_check`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Settings {
    /// The name or id of the external network for routers and floating IPs. Default: the first.
    pub external_network: Option<String>,
    /// A file to boot the instance from; it is uploaded, and wins over `image`.
    pub image_file: Option<PathBuf>,
    /// The format of `image_file`.
    pub image_format: String,
    /// The name of an image in the cloud to boot the instance from, or the beginning of one.
    pub image: String,
    /// Memory of the instance, in MiB.
    pub flavor_ram: u64,
    /// Disk of the instance, in GiB.
    pub flavor_disk: u64,
    /// The addresses of the networks that are made.
    pub cidr: String,
    /// How many groups of checks run side by side.
    pub parallel: usize,
    /// For an image's upload, in seconds.
    pub upload_deadline: Seconds,
    /// Until the instance is ACTIVE, in seconds.
    pub boot_deadline: Seconds,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            external_network: None,
            image_file: None,
            image_format: "qcow2".into(),
            image: "cirros".into(),
            flavor_ram: 256,
            flavor_disk: 1,
            cidr: "10.0.0.0/24".into(),
            parallel: 4,
            upload_deadline: Seconds(600.0),
            boot_deadline: Seconds(300.0),
        }
    }
}

impl CaseSettings for Settings {
    const ENVIRONMENT: &'static [(&'static str, &'static str)] = &[("external_network", "EXTERNAL_NETWORK")];

    fn problem(&self) -> Option<(&'static str, String)> {
        image_source::problem(self.image_file.as_ref()).or_else(|| cidr_problem(&self.cidr))
    }
}

impl Settings {
    pub(super) fn image(&self, deadline: Duration) -> ImageSource {
        ImageSource {
            file: self.image_file.clone(),
            name: self.image.clone(),
            format: self.image_format.clone(),
            deadline,
        }
    }
}
