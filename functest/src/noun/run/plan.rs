// SPDX-License-Identifier: Apache-2.0
//! Planning: selection, settings, cases ready to run. Nothing is connected to, and nothing is created.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use functest_core::CaseFactory;
use functest_core::catalogue::{CaseSpec, Catalogue};
use functest_core::selection::{Choice, Decision, Facts, Request, Selection, select};
use functest_core::settings::{Seconds, SettingsError, SettingsLayers};
use functest_runner::{PlannedCase, PlannedTier};
use serde_json::Value;

use super::request::RunRequest;
use super::settings::{CASE_DEADLINE, RUN, RunSettings, with_deadline};
use crate::embed::Functest;
use crate::error::Error;

/// What will run, and why the rest will not.
pub struct Plan {
    pub(crate) functest: Functest,
    pub(crate) request: RunRequest,
    pub(crate) catalogue: Catalogue,
    pub(crate) selection: Selection,
    pub(crate) warnings: Vec<String>,
    pub(crate) tiers: Vec<PlannedTier>,
    pub(crate) settings: BTreeMap<String, Value>,
    pub(crate) run_settings: RunSettings,
    pub(crate) scope: Option<functest_core::pattern::Pattern>,
}

impl Functest {
    /// Plans a run: reads the catalogue, decides about every case, checks every setting.
    ///
    /// # Errors
    /// When an input is unreadable or wrong. That nothing is selected is no error here, but in [`Plan::start`].
    pub fn plan(&self, request: &RunRequest) -> Result<Plan, Error> {
        let catalogue = self.catalogue(request.catalogue.as_deref())?;
        let wanted = Request::new(&request.names, &request.exclude, request.scope.as_deref())?;
        let facts = Facts::gather(&catalogue, &request.facts(), self.variables.as_ref(), &request.told);
        let selection = select(&catalogue, &facts, &wanted, &self.registry)?;
        let layers = layers(request, &catalogue)?;
        let mut planner = Planner {
            functest: self,
            layers: &layers,
            warnings: catalogue.warnings.iter().map(|d| format!("{}:{d}", catalogue.origin)).collect(),
            settings: BTreeMap::new(),
            run_settings: RunSettings::default(),
        };
        planner.read_run_settings()?;
        let tiers = planner.tiers(&catalogue, &selection)?;
        let Planner { warnings, settings, run_settings, .. } = planner;
        Ok(Plan {
            functest: self.clone(),
            request: request.clone(),
            catalogue,
            selection,
            warnings,
            tiers,
            settings,
            run_settings,
            scope: wanted.scope().cloned(),
        })
    }
}

impl Plan {
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
        let reasons: Vec<String> = reasons.map(|c| format!("  {}: {}", c.case_name, c.reason)).collect();
        Some(Error::NothingSelected { reasons: reasons.join("\n") })
    }
}

fn layers(request: &RunRequest, catalogue: &Catalogue) -> Result<SettingsLayers, Error> {
    let mut layers = SettingsLayers::default();
    if let Some(path) = &request.settings {
        let text = read(path)?;
        layers.add_file(&path.display().to_string(), &text)?;
    }
    for text in &request.set {
        layers.add_flag(text)?;
    }
    let names = catalogue.cases().map(|(_, case)| case.case_name.as_str());
    layers.check_cases(&names.chain([RUN]).collect::<Vec<_>>())?;
    Ok(layers)
}

fn read(path: &Path) -> Result<String, Error> {
    std::fs::read_to_string(path).map_err(|source| Error::SettingsFile { path: path.to_owned(), source })
}

struct Planner<'a> {
    functest: &'a Functest,
    layers: &'a SettingsLayers,
    warnings: Vec<String>,
    settings: BTreeMap<String, Value>,
    run_settings: RunSettings,
}

impl Planner<'_> {
    fn read_run_settings(&mut self) -> Result<(), Error> {
        let spec = functest_core::settings::SettingsSpec::of::<RunSettings>();
        let merged = self.layers.merge(RUN, &spec, &BTreeMap::new(), self.functest.variables.as_ref())?;
        self.run_settings = merged.read(RUN)?;
        self.warnings.extend(merged.warnings);
        Ok(())
    }

    fn tiers(&mut self, catalogue: &Catalogue, selection: &Selection) -> Result<Vec<PlannedTier>, Error> {
        let mut tiers = Vec::new();
        let mut choices = selection.cases.iter();
        for tier in &catalogue.tiers {
            let mut planned =
                PlannedTier { name: tier.name().to_owned(), cases: Vec::new(), without_driver: Vec::new() };
            for (spec, choice) in tier.test_cases().iter().zip(choices.by_ref()) {
                match choice.decision {
                    Decision::Selected => planned.cases.extend(self.case(spec)?),
                    Decision::NoDriver => {
                        let entry = (spec.case_name.clone(), spec.blocking, choice.reason.clone());
                        planned.without_driver.push(entry);
                    }
                    _ => {}
                }
            }
            if !planned.cases.is_empty() || !planned.without_driver.is_empty() {
                tiers.push(planned);
            }
        }
        Ok(tiers)
    }

    fn case(&mut self, spec: &CaseSpec) -> Result<Option<PlannedCase>, Error> {
        let Some(factory) = self.functest.registry.find(&spec.driver) else { return Ok(None) };
        let name = &spec.case_name;
        let known = with_deadline(factory.settings());
        // What the catalogue exports for a case counts only where the user has not set it.
        let variables = |name: &str| (self.functest.variables)(name).or_else(|| spec.env.get(name).cloned());
        let merged = self.layers.merge(name, &known, &spec.args, &variables)?;
        self.warnings.extend(merged.warnings.iter().cloned());
        self.settings.insert(name.clone(), Value::Object(merged.values.clone()));
        let mut values = merged.values.clone();
        let deadline = values.remove(CASE_DEADLINE).unwrap_or_default();
        let deadline: Seconds = serde_json::from_value(deadline).map_err(|e| {
            let reason = e.to_string();
            let (case, key) = (name.clone(), CASE_DEADLINE.to_owned());
            merged.located(SettingsError { origin: "settings".into(), case, key, reason })
        })?;
        let case = build(factory, name, values).map_err(|e| merged.located(e))?;
        Ok(Some(PlannedCase {
            name: name.clone(),
            case,
            needs: factory.needs(),
            checks: factory.checks(),
            criteria: spec.criteria,
            blocking: spec.blocking,
            deadline: self.run_settings.scaled(deadline),
        }))
    }
}

fn build(
    factory: &Arc<dyn CaseFactory>,
    case: &str,
    values: serde_json::Map<String, Value>,
) -> Result<Box<dyn functest_core::TestCase>, SettingsError> {
    factory.build(Value::Object(values)).map_err(|e| SettingsError { case: case.to_owned(), ..e })
}
