// SPDX-License-Identifier: Apache-2.0
//! The JSON Schema of a catalogue, for editors. These types only describe; reading is done with positions, in `read`.

#![allow(dead_code, reason = "the fields exist for their descriptions")]

use std::collections::BTreeMap;

use schemars::{JsonSchema, schema_for};
use serde_json::Value;

/// Keys of the file.
pub(super) const FILE_KEYS: &[&str] = &["tiers"];
/// Keys of a tier.
pub(super) const TIER_KEYS: &[&str] = &["name", "order", "ci_loop", "description", "testcases"];
/// Keys of a test case.
pub(super) const CASE_KEYS: &[&str] = &[
    "name",
    "case_name",
    "project_name",
    "criteria",
    "blocking",
    "enabled",
    "clean_flag",
    "description",
    "dependencies",
    "run",
];
/// Keys of `dependencies` written as a map.
pub(super) const DEPENDENCY_KEYS: &[&str] = &["installer", "scenario"];
/// Keys of `run`.
pub(super) const RUN_KEYS: &[&str] = &["name", "module", "class", "args", "env"];

/// A catalogue of test cases: testcases.yaml of Danube, Euphrates, Xtesting or functest.
#[derive(JsonSchema)]
#[schemars(title = "testcases.yaml")]
struct File {
    /// The tiers, in the order in which they run.
    tiers: Vec<TierEntry>,
}

/// Test cases that run together, before the next tier starts.
#[derive(JsonSchema)]
#[schemars(rename = "Tier", deny_unknown_fields)]
struct TierEntry {
    /// Unique in the catalogue.
    name: String,
    /// Shown to people; tiers run in the order of the file.
    order: Option<i64>,
    /// The loops in which the tier runs, e.g. `(daily)|(weekly)`.
    ci_loop: Option<String>,
    /// For people.
    description: Option<String>,
    /// The cases, in the order in which they start.
    testcases: Option<Vec<CaseEntry>>,
}

/// A test case. Other keys are handed to its driver.
#[derive(JsonSchema)]
#[schemars(rename = "TestCase")]
struct CaseEntry {
    /// The name, as Danube writes it.
    name: Option<String>,
    /// The name, unique in the catalogue.
    case_name: Option<String>,
    /// The project whose case it is.
    project_name: Option<String>,
    /// When it counts as passed: at least this percentage, or Danube's condition.
    criteria: Option<CriteriaEntry>,
    /// Whether nothing more starts when it does not pass. Default: true.
    blocking: Option<bool>,
    /// Whether it is run at all. Default: true.
    enabled: Option<bool>,
    /// Danube: clean the cloud afterwards. Accepted; cases always clean up what they made.
    clean_flag: Option<bool>,
    /// For people.
    description: Option<String>,
    /// Where it can be run.
    dependencies: Option<DependenciesEntry>,
    /// What runs it. Only Colorado leaves it out, for all cases of a file: they are not run.
    run: Option<RunEntry>,
}

/// A percentage, or `status == "PASS"`, `success_rate >= 80%`, `ret == 0`.
#[derive(JsonSchema)]
#[schemars(rename = "Criteria", untagged)]
enum CriteriaEntry {
    Percent(#[schemars(range(min = 0, max = 100))] f64),
    Condition(String),
}

/// Regular expressions on the installer and the scenario, or on environment variables.
#[derive(JsonSchema)]
#[schemars(rename = "Dependencies", untagged)]
enum DependenciesEntry {
    Sut(SutEntry),
    Variables(Vec<BTreeMap<String, String>>),
}

/// Danube and Euphrates: an unknown installer or scenario meets every condition.
#[derive(JsonSchema)]
#[schemars(rename = "SutDependencies", deny_unknown_fields)]
struct SutEntry {
    /// Searched for in INSTALLER_TYPE.
    installer: Option<String>,
    /// Searched for in DEPLOY_SCENARIO.
    scenario: Option<String>,
}

/// What runs the case: a driver by `name`, or a Python class by `module` and `class`.
#[derive(JsonSchema)]
#[schemars(rename = "Run", deny_unknown_fields)]
struct RunEntry {
    /// The driver's name.
    name: Option<String>,
    /// The Python module, as Danube and Euphrates write it.
    module: Option<String>,
    /// The class in the module.
    class: Option<String>,
    /// The arguments of the case.
    args: Option<BTreeMap<String, Value>>,
    /// Variables exported for the case unless they are set.
    env: Option<BTreeMap<String, Value>>,
}

/// The JSON Schema of a catalogue, as checked in under `docs/schema/testcases.json`.
pub fn json_schema() -> Value {
    schema_for!(File).to_value()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn properties(schema: &Value, pointer: &str) -> Vec<String> {
        let mut keys: Vec<_> = schema.pointer(pointer).unwrap().as_object().unwrap().keys().cloned().collect();
        keys.sort();
        keys
    }

    #[test]
    fn the_reader_knows_exactly_the_keys_of_the_schema() {
        let schema = json_schema();
        for (pointer, keys) in [
            ("/properties", FILE_KEYS),
            ("/$defs/Tier/properties", TIER_KEYS),
            ("/$defs/TestCase/properties", CASE_KEYS),
            ("/$defs/SutDependencies/properties", DEPENDENCY_KEYS),
            ("/$defs/Run/properties", RUN_KEYS),
        ] {
            let mut keys = keys.to_vec();
            keys.sort_unstable();
            assert_eq!(properties(&schema, pointer), keys, "{pointer}");
        }
    }
}
