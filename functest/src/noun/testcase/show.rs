// SPDX-License-Identifier: Apache-2.0
//! One test case of a catalogue.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::TestCaseVerbs;
use crate::error::Error;
use crate::info::CaseInfo;
use crate::noun::tier::CatalogueRequest;

/// Which test case is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TestCaseShowRequest {
    /// Its name.
    pub name: String,
    /// Of which catalogue, for which system.
    #[serde(default)]
    pub of: CatalogueRequest,
}

impl TestCaseVerbs<'_> {
    /// One test case of a catalogue: what it checks, what can be set.
    ///
    /// # Errors
    /// When the catalogue is unreadable or wrong, or there is no such case.
    pub fn show(&self, request: &TestCaseShowRequest) -> Result<CaseInfo, Error> {
        self.functest.test_case(&request.of.as_run(), &request.name)
    }
}
