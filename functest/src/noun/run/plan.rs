// SPDX-License-Identifier: Apache-2.0
//! What will run, and why the rest will not.

use std::collections::BTreeMap;

use functest_core::catalogue::Catalogue;
use functest_core::pattern::Pattern;
use functest_core::selection::{Choice, Decision, Facts, Request, Selection, select};
use functest_runner::PlannedTier;
use serde_json::Value;

use super::installer::Told;
use super::planner::Planner;
use super::request::RunRequest;
use super::secret::Typed;
use super::settings::RunSettings;
use crate::embed::Functest;
use crate::error::Error;

/// What will run, and why the rest will not.
pub struct Plan {
    pub(crate) functest: Functest,
    pub(crate) request: RunRequest,
    pub(crate) told: Told,
    pub(crate) catalogue: Catalogue,
    pub(crate) selection: Selection,
    pub(crate) warnings: Vec<String>,
    pub(crate) tiers: Vec<PlannedTier>,
    pub(crate) settings: BTreeMap<String, Value>,
    pub(crate) run_settings: RunSettings,
    pub(super) typed_secrets: Typed,
    pub(crate) scope: Option<Pattern>,
    /// The pod's name, as the record keeps it.
    pub(crate) node_name: Option<String>,
    /// The CI system's name of the build.
    pub(crate) build_tag: Option<String>,
}

impl Functest {
    /// Plans a run: reads the catalogue, decides about every case, checks every setting. Nothing is connected to, and nothing
    /// is created.
    ///
    /// # Errors
    /// When an input is unreadable or wrong. That nothing is selected is no error here, but in [`Plan::start`].
    pub fn plan(&self, request: &RunRequest) -> Result<Plan, Error> {
        self.plan_with(request, Told::default())
    }

    pub(super) fn plan_with(&self, request: &RunRequest, told: Told) -> Result<Plan, Error> {
        let request = &self.with_configured(request)?;
        let catalogue = self.catalogue(request.catalogue.as_deref())?;
        let wanted = Request::new(&request.names, &request.exclude, request.scope.as_deref())?;
        let facts = Facts::gather(&catalogue, &request.facts(), self.variables.as_ref(), &told.facts)?;
        let selection = select(&catalogue, &facts, &wanted, &self.drivers)?;
        let mut planner = Planner::new(self, request, &catalogue)?;
        let tiers = planner.tiers(&catalogue, &selection)?;
        let Planner { mut warnings, settings, run_settings, typed_secrets, .. } = planner;
        warnings.extend(told.problems.iter().cloned());
        let node_name = match self.variable("NODE_NAME")? {
            Some(name) => Some(name),
            None => told.fact("NODE_NAME").map(str::to_owned),
        };
        let build_tag = self.variable("BUILD_TAG")?;
        Ok(Plan {
            functest: self.clone(),
            request: request.clone(),
            told,
            catalogue,
            selection,
            warnings,
            tiers,
            settings,
            run_settings,
            typed_secrets,
            node_name,
            build_tag,
            scope: wanted.scope().cloned(),
        })
    }
}

impl Functest {
    /// The request, with what the configuration says where it and variables say nothing.
    fn with_configured(&self, request: &RunRequest) -> Result<RunRequest, Error> {
        let config = &self.config;
        let cloud = match request.cloud.clone().filter(|cloud| !cloud.is_empty()) {
            Some(cloud) => Some(cloud),
            None => self.configured_cloud(request)?,
        };
        Ok(RunRequest {
            catalogue: request.catalogue.clone().or_else(|| config.catalogue().map(|said| said.value)),
            cloud,
            jobs: request.jobs.or_else(|| config.jobs().map(|said| said.value)),
            ..request.clone()
        })
    }

    fn configured_cloud(&self, request: &RunRequest) -> Result<Option<String>, Error> {
        let by_variables = self.variable("OS_CLOUD")?.is_some() || self.variable("OS_AUTH_URL")?.is_some();
        let is_wanted = !by_variables && !request.fetch_credentials;
        Ok(self.config.cloud().filter(|_| is_wanted).map(|said| said.value))
    }
}

impl Plan {
    /// Whether one of the cases needs a cloud.
    pub fn needs_a_cloud(&self) -> bool {
        self.tiers.iter().flat_map(|tier| &tier.cases).any(|case| case.needs.a_cloud())
    }

    /// Every case of the catalogue with its decision.
    pub fn selection(&self) -> &Selection {
        &self.selection
    }

    /// What the user should know about the inputs; they are used all the same.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    pub(crate) fn nothing_selected(&self) -> Option<Error> {
        let by_the_rules = |choice: &Choice| matches!(choice.decision, Decision::Selected | Decision::NoDriver);
        if self.selection.cases.iter().any(by_the_rules) {
            return None;
        }
        let named = |choice: &&Choice| choice.decision != Decision::OutOfScope || self.request.names.is_empty();
        let reasons = self.selection.cases.iter().filter(named);
        let mut reasons: Vec<String> = reasons.map(|c| format!("  {}: {}", c.case_name, c.reason)).collect();
        if let (true, Some(scope)) = (reasons.is_empty(), &self.request.scope) {
            reasons.push(format!("  nothing of {} is in the scope `{scope}`", self.request.names.join(", ")));
        }
        Some(Error::NothingSelected { reasons: reasons.join("\n") })
    }
}
