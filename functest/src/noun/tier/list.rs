// SPDX-License-Identifier: Apache-2.0
//! All tiers of a catalogue.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::TierVerbs;
use crate::error::Error;
use crate::info::TierList;
use crate::noun::run::RunRequest;

/// Which catalogue, and what is known about the system under test.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CatalogueRequest {
    /// A `testcases.yaml` of any generation; left out, it is functest's own.
    pub catalogue: Option<PathBuf>,
    /// The installer; left out, it is that of `INSTALLER_TYPE`.
    pub installer: Option<String>,
    /// The scenario; left out, it is that of `DEPLOY_SCENARIO`.
    pub scenario: Option<String>,
}

impl CatalogueRequest {
    /// A run of all of it: what a list says of a case is what a run would do about it.
    pub(crate) fn as_run(&self) -> RunRequest {
        RunRequest {
            catalogue: self.catalogue.clone(),
            installer: self.installer.clone(),
            scenario: self.scenario.clone(),
            ..RunRequest::default()
        }
    }
}

/// Which tiers are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TierListRequest {
    /// Of which catalogue, for which system.
    pub of: CatalogueRequest,
}

impl TierVerbs<'_> {
    /// The tiers of a catalogue, with what is decided about each case.
    ///
    /// # Errors
    /// When the catalogue is unreadable or wrong.
    pub fn list(&self, request: &TierListRequest) -> Result<TierList, Error> {
        self.functest.tiers(&request.of.as_run())
    }
}
