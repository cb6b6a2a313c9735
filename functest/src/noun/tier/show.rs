// SPDX-License-Identifier: Apache-2.0
//! One tier of a catalogue.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{CatalogueRequest, TierList, TierListRequest, TierVerbs};
use crate::error::Error;
use crate::noun::testcase::unknown;

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
        let mut list = self.list(&TierListRequest { of: request.of.clone() })?;
        let known: Vec<String> = list.tiers.iter().map(|tier| tier.name.clone()).collect();
        list.tiers.retain(|tier| tier.name == request.name);
        if list.tiers.is_empty() { Err(unknown(&request.name, &list.catalogue, &known)) } else { Ok(list) }
    }
}
