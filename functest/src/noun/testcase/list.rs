// SPDX-License-Identifier: Apache-2.0
//! All test cases of a catalogue.

use functest_core::selection::Selection;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::TestCaseVerbs;
use crate::error::Error;
use crate::noun::tier::CatalogueRequest;

/// Which test cases are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TestCaseListRequest {
    /// Of which catalogue, for which system.
    pub of: CatalogueRequest,
}

/// The test cases of a catalogue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TestCaseList {
    /// Every case with what is decided about it.
    #[serde(flatten)]
    pub selection: Selection,
    /// What the author of the inputs may want to know.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

impl TestCaseVerbs<'_> {
    /// The test cases of a catalogue, with what is decided about each.
    ///
    /// # Errors
    /// When the catalogue is unreadable or wrong.
    pub fn list(&self, request: &TestCaseListRequest) -> Result<TestCaseList, Error> {
        let plan = self.functest.plan(&request.of.as_run())?;
        Ok(TestCaseList { selection: plan.selection().clone(), warnings: plan.warnings().to_vec() })
    }
}
