// SPDX-License-Identifier: Apache-2.0
//! All tiers of a catalogue.

use std::path::PathBuf;

use functest_core::Tier;
use functest_core::selection::{Choice, Fact, Selection};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::TierVerbs;
use crate::error::Error;
use crate::noun::run::{Plan, RunRequest};

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

/// The tiers of a catalogue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TierList {
    /// The version of this document's form.
    pub version: u32,
    /// Where the catalogue came from.
    pub catalogue: String,
    /// The facts that conditions were checked against.
    pub facts: Vec<Fact>,
    /// What the author of the inputs may want to know.
    pub warnings: Vec<String>,
    /// The tiers, in the order in which they run.
    pub tiers: Vec<TierInfo>,
}

/// A tier.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TierInfo {
    /// Its name.
    pub name: String,
    /// The number shown to people.
    pub order: Option<i64>,
    /// The loops in which it runs.
    pub ci_loop: Option<String>,
    /// For people.
    pub description: String,
    /// Its cases with their decisions, in the published order.
    pub cases: Vec<Choice>,
}

impl TierVerbs<'_> {
    /// The tiers of a catalogue, with what is decided about each case.
    ///
    /// # Errors
    /// When the catalogue is unreadable or wrong.
    pub fn list(&self, request: &TierListRequest) -> Result<TierList, Error> {
        let Plan { catalogue, selection, warnings, .. } = self.functest.plan(&request.of.as_run())?;
        let tiers = catalogue.tiers.iter().map(|tier| info(tier.as_ref(), &selection)).collect();
        Ok(TierList { version: 1, catalogue: selection.catalogue, facts: selection.facts, warnings, tiers })
    }
}

fn info(tier: &dyn Tier, selection: &Selection) -> TierInfo {
    TierInfo {
        name: tier.name().to_owned(),
        order: tier.order(),
        ci_loop: tier.ci_loop().map(str::to_owned),
        description: tier.description().to_owned(),
        cases: selection.cases.iter().filter(|choice| choice.tier == tier.name()).cloned().collect(),
    }
}
