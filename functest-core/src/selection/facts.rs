// SPDX-License-Identifier: Apache-2.0
//! What is known about the system under test, and from where.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::catalogue::{Catalogue, Generation};
use crate::variables::{self, NotText, Variables};

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
    ///
    /// # Errors
    /// When one of the variables is set in the environment, nothing stronger decides, and its value is not UTF-8.
    pub fn gather(
        catalogue: &Catalogue,
        given: &[(String, String)],
        environment: Variables<'_>,
        told: &[(String, String)],
    ) -> Result<Self, NotText> {
        let mut names = vec!["INSTALLER_TYPE", "DEPLOY_SCENARIO"];
        if catalogue.tiers.iter().any(|tier| tier.ci_loop().is_some()) {
            names.push("CI_LOOP");
        }
        for (_, case) in catalogue.cases() {
            for dependency in &case.dependencies {
                if !names.contains(&dependency.variable.as_str()) {
                    names.push(&dependency.variable);
                }
            }
        }
        let sources = Sources { given, environment, told, generation: catalogue.generation };
        names.into_iter().map(|name| sources.fact(name)).collect::<Result<_, _>>().map(Self)
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

/// Who may know the value of a variable, the first one first.
struct Sources<'a> {
    given: &'a [(String, String)],
    environment: Variables<'a>,
    told: &'a [(String, String)],
    generation: Generation,
}

impl Sources<'_> {
    fn fact(&self, variable: &str) -> Result<Fact, NotText> {
        let fact = |value, source| Fact { variable: variable.to_owned(), value, source };
        if let Some(value) = last(self.given, variable) {
            return Ok(fact(Some(value), FactSource::Given));
        }
        if let Some(value) = variables::text(self.environment, variable)? {
            return Ok(fact(Some(value), FactSource::Environment));
        }
        if let Some(value) = last(self.told, variable) {
            return Ok(fact(Some(value), FactSource::Installer));
        }
        let assumed = self.assumed(variable)?;
        let source = if assumed.is_some() { FactSource::Default } else { FactSource::Unknown };
        Ok(fact(assumed, source))
    }

    /// What the generation assumes of a variable that nobody set.
    fn assumed(&self, variable: &str) -> Result<Option<String>, NotText> {
        let value = match (variable, self.generation) {
            ("DEPLOY_SCENARIO", _) => "os-nosdn-nofeature-noha",
            ("INSTALLER_TYPE", Generation::Xtesting) => "unknown",
            ("CI_LOOP", Generation::Xtesting) => "daily",
            // Up to Euphrates the loop is derived from the build tag: weekly, which runs everything, unless it says daily.
            ("CI_LOOP", _) => match variables::text(self.environment, "BUILD_TAG")? {
                Some(tag) if tag.contains("daily") => "daily",
                _ => "weekly",
            },
            _ => return Ok(None),
        };
        Ok(Some(value.to_owned()))
    }
}

/// The last value of that variable that is not empty.
fn last(pairs: &[(String, String)], variable: &str) -> Option<String> {
    let is_said = |(name, value): &&(String, String)| name == variable && !value.is_empty();
    pairs.iter().rev().find(is_said).map(|(_, value)| value.clone())
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
            let look_up =
                |name: &str| environment.iter().find(|(set, _)| set == name).map(|(_, value)| value.clone().into());
            let (given, told) = (pairs(&[("DEPLOY_SCENARIO", given)]), pairs(&[("DEPLOY_SCENARIO", told)]));
            let facts = Facts::gather(&catalogue, &given, &look_up, &told).unwrap();
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
            let look_up = |name: &str| (name == "BUILD_TAG").then(|| tag.into());
            Facts::gather(&catalogue, &[], &look_up, &[]).unwrap().value("CI_LOOP").unwrap().to_owned()
        };
        let (danube, xtesting) = ("{name: c, run: {module: m, class: C}}", "{case_name: c, run: {name: x}}");
        assert_eq!((assumed(danube, ""), assumed(danube, "jenkins-daily-1")), ("weekly".into(), "daily".into()));
        assert_eq!((assumed(xtesting, ""), assumed(xtesting, "jenkins-weekly-1")), ("daily".into(), "daily".into()));
        assert_eq!(assumed("{name: c}", ""), "weekly");
    }

    #[test]
    fn a_variable_that_is_no_text_is_an_error_where_it_would_decide() {
        let catalogue = Catalogue::empty("t");
        let broken = |_: &str| Some(std::os::unix::ffi::OsStringExt::from_vec(b"os-\xff".to_vec()));
        let error = Facts::gather(&catalogue, &pairs(&[("INSTALLER_TYPE", "apex")]), &broken, &[]).unwrap_err();
        assert_eq!(error.name, "DEPLOY_SCENARIO");
        let given = pairs(&[("INSTALLER_TYPE", "apex"), ("DEPLOY_SCENARIO", "os")]);
        assert_eq!(Facts::gather(&catalogue, &given, &broken, &[]).unwrap().value("DEPLOY_SCENARIO"), Some("os"));
    }
}
