// SPDX-License-Identifier: Apache-2.0
//! What may be chosen about a sandbox.

use std::time::Duration;

use crate::fault::FaultFile;

/// What may be chosen about a sandbox; the defaults are those of a quick and healthy cloud.
#[derive(Clone, Debug)]
pub struct Options {
    /// The port of 127.0.0.1 that the APIs are on; 0 takes a free one.
    pub port: u16,
    /// What everything random comes from; `None` takes a new one each time.
    pub seed: Option<u64>,
    /// What is broken from the start.
    pub faults: FaultFile,
    /// How long a server takes from its request until it is ACTIVE.
    pub build_time: Duration,
    /// How long a guest takes from then until it has booted.
    pub boot_time: Duration,
    /// The largest image that is taken, in bytes.
    pub largest_image: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            port: 0,
            seed: None,
            faults: FaultFile::default(),
            build_time: Duration::ZERO,
            boot_time: Duration::ZERO,
            // No image that is tried on a sandbox is larger, and a mistake must not fill the disk.
            largest_image: 8 << 30,
        }
    }
}
