// SPDX-License-Identifier: Apache-2.0
//! One tier of a catalogue.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{CatalogueRequest, TierVerbs};
use crate::error::Error;
use crate::info::TierList;

/// Which tier is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TierShowRequest {
    /// Its name.
    pub name: String,
    /// Of which catalogue, for which system.
    #[serde(default)]
    pub of: CatalogueRequest,
}

impl TierVerbs<'_> {
    /// One tier of a catalogue, as a list of one.
    ///
    /// # Errors
    /// When the catalogue is unreadable or wrong, or there is no such tier.
    pub fn show(&self, request: &TierShowRequest) -> Result<TierList, Error> {
        self.functest.tier_named(&request.of.as_run(), &request.name)
    }
}
