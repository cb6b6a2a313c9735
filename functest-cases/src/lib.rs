// SPDX-License-Identifier: Apache-2.0
//! The built-in test cases of functest, a module per tier.

mod healthcheck;
mod platform;

use functest_core::driver::Drivers;

/// The catalogue of functest itself, as a `testcases.yaml`.
pub const CATALOGUE: &str = include_str!("../testcases.yaml");

/// The driver of every built-in case.
pub fn driver() -> Drivers {
    Drivers::new([healthcheck::cases(), platform::cases()].concat())
}
