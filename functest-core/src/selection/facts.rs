// SPDX-License-Identifier: Apache-2.0
//! What is known about the system under test, and from where.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::catalogue::{Catalogue, Generation};

/// Where a fact came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FactSource {
    /// Somebody said so in the request.
    Given,
    /// The environment variable.
    Environment,
    /// The installer of the system says so.
    Installer,
    /// The catalogue's generation assumes it.
    Default,
    /// Nobody said anything.
    Unknown,
}

/// The value of one variable that conditions may name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Fact {
    /// The environment variable's name, such as `DEPLOY_SCENARIO`.
    pub variable: String,
    /// Its value, when it is known.
    pub value: Option<String>,
    /// Where the value came from.
    pub source: FactSource,
}

impl Fact {
    /// The fact in words, such as `` `apex` `` or `` `os-nosdn-nofeature-noha` (assumed) ``.
    pub fn in_words(&self) -> String {
        match (&self.value, self.source) {
            (Some(value), FactSource::Default) => format!("`{value}` (assumed, because it is not given)"),
            (Some(value), FactSource::Environment) => format!("`{value}` (from ${})", self.variable),
            (Some(value), FactSource::Installer) => format!("`{value}` (from the installer)"),
            (Some(value), _) => format!("`{value}`"),
            (None, _) => "not given".into(),
        }
    }
}

/// All facts that a catalogue's conditions ask for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts(Vec<Fact>);

impl Facts {
    /// Looks up every variable that `catalogue` names: first in `given`, then in the environment, then in what the
    /// installer has `told`, then among the defaults of the catalogue's generation. An empty value counts as none, wherever
    /// it comes from, and the next source is asked.
    pub fn gather(
        catalogue: &Catalogue,
        given: &[(String, String)],
        environment: &dyn Fn(&str) -> Option<String>,
        told: &[(String, String)],
    ) -> Self {
        let mut variables = vec!["INSTALLER_TYPE", "DEPLOY_SCENARIO"];
        if catalogue.tiers.iter().any(|tier| tier.ci_loop().is_some()) {
            variables.push("CI_LOOP");
        }
        for (_, case) in catalogue.cases() {
            for dependency in &case.dependencies {
                if !variables.contains(&dependency.variable.as_str()) {
                    variables.push(&dependency.variable);
                }
            }
        }
        let look_up = |variable: &str| {
            let among = |pairs: &[(String, String)]| {
                let of_variable = |(name, value): &&(String, String)| name == variable && !value.is_empty();
                pairs.iter().rev().find(of_variable).map(|(_, value)| value.clone())
            };
            let sources = [
                (among(given), FactSource::Given),
                (environment(variable), FactSource::Environment),
                (among(told), FactSource::Installer),
            ];
            let not_empty = |value: &String| !value.is_empty();
            let said = sources.into_iter().find_map(|(value, source)| Some((value.filter(not_empty)?, source)));
            let assumed = || default_of(variable, catalogue.generation, environment);
            match said {
                Some((value, source)) => (Some(value), source),
                None => assumed().map_or((None, FactSource::Unknown), |value| (Some(value), FactSource::Default)),
            }
        };
        let fact = |variable: &str| {
            let (value, source) = look_up(variable);
            Fact { variable: variable.to_owned(), value, source }
        };
        Self(variables.into_iter().map(fact).collect())
    }

    /// The fact of that variable.
    pub fn get(&self, variable: &str) -> Option<&Fact> {
        self.0.iter().find(|fact| fact.variable == variable)
    }

    /// The value of that variable, when it is known.
    pub fn value(&self, variable: &str) -> Option<&str> {
        self.get(variable).and_then(|fact| fact.value.as_deref())
    }

    /// All facts.
    pub fn as_slice(&self) -> &[Fact] {
        &self.0
    }
}

/// What a generation assumes of a variable that nobody set.
fn default_of(variable: &str, generation: Generation, environment: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    match (variable, generation) {
        ("DEPLOY_SCENARIO", _) => Some("os-nosdn-nofeature-noha".into()),
        ("INSTALLER_TYPE", Generation::Xtesting) => Some("unknown".into()),
        ("CI_LOOP", Generation::Xtesting) => Some("daily".into()),
        // Colorado, Danube and Euphrates derive the loop from the build tag: weekly, which runs everything, unless it says daily.
        ("CI_LOOP", _) => {
            let daily = environment("BUILD_TAG").is_some_and(|tag| tag.contains("daily"));
            Some(if daily { "daily" } else { "weekly" }.into())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect()
    }

    #[test]
    fn the_first_source_that_has_a_value_decides() {
        let catalogue = Catalogue::empty("t");
        let fact = |given: &str, environment: &str, told: &str| {
            let environment = pairs(&[("DEPLOY_SCENARIO", environment)]);
            let look_up = |name: &str| environment.iter().find(|(set, _)| set == name).map(|(_, value)| value.clone());
            let (given, told) = (pairs(&[("DEPLOY_SCENARIO", given)]), pairs(&[("DEPLOY_SCENARIO", told)]));
            let facts = Facts::gather(&catalogue, &given, &look_up, &told);
            let fact = facts.get("DEPLOY_SCENARIO").unwrap().clone();
            (fact.value.unwrap(), fact.source)
        };
        assert_eq!(fact("flag", "variable", "told"), ("flag".into(), FactSource::Given));
        assert_eq!(fact("", "variable", "told"), ("variable".into(), FactSource::Environment));
        assert_eq!(fact("", "", "told"), ("told".into(), FactSource::Installer));
        assert_eq!(fact("flag", "", ""), ("flag".into(), FactSource::Given));
        assert_eq!(fact("", "", ""), ("os-nosdn-nofeature-noha".into(), FactSource::Default));
    }

    #[test]
    fn each_generation_has_a_loop_of_its_own() {
        let assumed = |case: &str, tag: &'static str| {
            let text = format!("tiers: [{{name: t, ci_loop: x, testcases: [{case}]}}]");
            let catalogue = Catalogue::parse("t", &text).unwrap();
            let look_up = |name: &str| (name == "BUILD_TAG").then(|| tag.to_owned());
            Facts::gather(&catalogue, &[], &look_up, &[]).value("CI_LOOP").unwrap().to_owned()
        };
        let (danube, xtesting) = ("{name: c, run: {module: m, class: C}}", "{case_name: c, run: {name: x}}");
        assert_eq!((assumed(danube, ""), assumed(danube, "jenkins-daily-1")), ("weekly".into(), "daily".into()));
        assert_eq!((assumed(xtesting, ""), assumed(xtesting, "jenkins-weekly-1")), ("daily".into(), "daily".into()));
        assert_eq!(assumed("{name: c}", ""), "weekly");
    }
}
