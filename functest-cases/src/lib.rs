// SPDX-License-Identifier: Apache-2.0
//! The built-in test cases of functest, a module per tier.

mod factory;
pub mod healthcheck;

use std::sync::Arc;

use functest_core::CaseFactory;

/// The catalogue of functest itself, as a `testcases.yaml`.
pub const CATALOGUE: &str = include_str!("../testcases.yaml");

/// Every built-in case.
pub fn factories() -> Vec<Arc<dyn CaseFactory>> {
    healthcheck::factories()
}
