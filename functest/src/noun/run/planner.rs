// SPDX-License-Identifier: Apache-2.0
//! From selected entries to cases that are ready to run: their settings merged and checked.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use functest_core::catalogue::{CaseSpec, Catalogue};
use functest_core::selection::{Choice, Decision, Selection};
use functest_core::settings::{HIDDEN, Seconds, SettingsLayers, SettingsSpec};
use functest_runner::{CaseWithoutDriver, PlannedCase, PlannedTier};
use serde_json::Value;

use super::request::RunRequest;
use super::secret;
use super::settings::{CASE_DEADLINE, RUN, RunSettings, with_deadline};
use crate::embed::Functest;
use crate::error::Error;

/// Makes cases of entries, and remembers what it did.
pub(super) struct Planner<'a> {
    functest: &'a Functest,
    layers: SettingsLayers,
    pub(super) warnings: Vec<String>,
    /// Settings by case, and those of the run, as they may be written down.
    pub(super) settings: BTreeMap<String, Value>,
    pub(super) run_settings: RunSettings,
    pub(super) typed_secrets: secret::Typed,
}

impl<'a> Planner<'a> {
    pub(super) fn new(functest: &'a Functest, request: &RunRequest, catalogue: &Catalogue) -> Result<Self, Error> {
        let layers = functest.layers(request)?;
        let names = catalogue.cases().map(|(_, case)| case.case_name.as_str());
        layers.check_cases(&names.chain([RUN]).collect::<Vec<_>>())?;
        let (run_settings, run_warnings) = functest.read_run_settings(&layers)?;
        let mut warnings: Vec<String> =
            catalogue.warnings.iter().map(|d| format!("{}:{d}", catalogue.origin)).collect();
        warnings.extend(run_warnings);
        let of_run = serde_json::to_value(&run_settings).unwrap_or_default();
        let settings = BTreeMap::from([(RUN.to_owned(), secret::hide_in_value("", &of_run))]);
        let typed_secrets = secret::Typed::among(&request.set, catalogue, &functest.drivers);
        Ok(Self { functest, layers, warnings, settings, run_settings, typed_secrets })
    }

    pub(super) fn tiers(&mut self, catalogue: &Catalogue, selection: &Selection) -> Result<Vec<PlannedTier>, Error> {
        let choices: HashMap<&str, &Choice> =
            selection.cases.iter().map(|choice| (choice.case_name.as_str(), choice)).collect();
        let mut tiers = Vec::new();
        for tier in &catalogue.tiers {
            let mut planned =
                PlannedTier { name: tier.name().to_owned(), cases: Vec::new(), without_driver: Vec::new() };
            for entry in tier.test_cases() {
                let Some(choice) = choices.get(entry.case_name.as_str()) else { continue };
                match choice.decision {
                    Decision::Selected => planned.cases.extend(self.case(entry)?),
                    Decision::NoDriver => planned.without_driver.push(CaseWithoutDriver {
                        name: entry.case_name.clone(),
                        blocking: entry.blocking,
                        reason: choice.reason.clone(),
                    }),
                    _ => {}
                }
            }
            if !planned.cases.is_empty() || !planned.without_driver.is_empty() {
                tiers.push(planned);
            }
        }
        Ok(tiers)
    }

    fn case(&mut self, entry: &CaseSpec) -> Result<Option<PlannedCase>, Error> {
        let Some(driver) = self.functest.drivers.find(&entry.driver) else { return Ok(None) };
        let name = &entry.case_name;
        let spec = with_deadline(driver.settings(entry));
        // What the catalogue exports for a case counts only where the user has not set it.
        let variables = |name: &str| (self.functest.variables)(name).or_else(|| entry.env.get(name).map(Into::into));
        let (mut settings, warnings) = self.layers.merge(name, &spec, &entry.args, &variables)?;
        self.warnings.extend(warnings);
        let shown = settings.values().iter().map(|(key, value)| {
            let hides = spec.is_secret(key) && !value.is_null() && spec.defaults.get(key) != Some(value);
            (key.clone(), if hides { Value::from(HIDDEN) } else { secret::hide_in_value(key, value) })
        });
        self.settings.insert(name.clone(), Value::Object(shown.collect()));
        let is_said = settings.origin(CASE_DEADLINE).is_some();
        let said: Seconds = settings.take(CASE_DEADLINE)?.unwrap_or(Seconds(0.0));
        let prepared = driver.prepare(entry, settings)?;
        let deadline = prepared.deadline.filter(|_| !is_said).unwrap_or(said.into());
        Ok(Some(PlannedCase {
            name: name.clone(),
            case: prepared.body.into(),
            needs: prepared.needs,
            checks: driver.checks(entry),
            criteria: entry.criteria,
            blocking: entry.blocking,
            deadline: deadline.mul_f64(self.run_settings.deadline_factor),
        }))
    }
}

impl Functest {
    /// The settings of a run alone, for verbs that run nothing.
    ///
    /// # Errors
    /// When one is wrong, or is not the run's.
    pub(crate) fn run_settings(&self, set: &[String]) -> Result<RunSettings, Error> {
        let layers = self.layers(&RunRequest { set: set.to_vec(), ..RunRequest::default() })?;
        layers.check_cases(&[RUN])?;
        Ok(self.read_run_settings(&layers)?.0)
    }

    fn layers(&self, request: &RunRequest) -> Result<SettingsLayers, Error> {
        let mut layers = SettingsLayers::default();
        self.config.add_settings_to(&mut layers);
        if let Some(path) = &request.settings {
            layers.add_file(&path.display().to_string(), &read(path)?)?;
        }
        for text in &request.set {
            layers.add_flag(text)?;
        }
        Ok(layers)
    }

    fn read_run_settings(&self, layers: &SettingsLayers) -> Result<(RunSettings, Vec<String>), Error> {
        let spec = SettingsSpec::of::<RunSettings>();
        let (settings, warnings) = layers.merge(RUN, &spec, &BTreeMap::new(), self.variables.as_ref())?;
        Ok((settings.read()?, warnings))
    }
}

fn read(path: &Path) -> Result<String, Error> {
    std::fs::read_to_string(path).map_err(|source| Error::SettingsFile { path: path.to_owned(), source })
}
