// SPDX-License-Identifier: Apache-2.0
//! The catalogue: the tiers and test cases of a `testcases.yaml`, whichever generation wrote it.

mod danube;
mod diagnostic;
mod float;
mod read;
mod schema;
mod yaml;

use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::criteria::Criteria;
use crate::pattern::Pattern;
use crate::tier::Tier;

pub use self::diagnostic::{CatalogueError, Diagnostic, Severity};
pub use self::schema::json_schema;

/// Who wrote the file: the key names tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Generation {
    /// Cases have a `name`, and nothing says what runs them: that release knew it by their names.
    Colorado,
    /// Cases have a `name`, a `run.module` and a `run.class`; the project is not in the file.
    Danube,
    /// Cases have a `case_name` and a `project_name`, with `run.module` and `run.class`.
    Euphrates,
    /// Cases have a `run.name`, and depend on environment variables.
    Xtesting,
}

/// All tiers of a file, in its order.
#[derive(Clone, Debug)]
pub struct Catalogue {
    /// Where it came from: a path, or a name in words.
    pub origin: String,
    /// The newest generation whose keys the file uses.
    pub generation: Generation,
    /// The tiers, in the order in which they run.
    pub tiers: Vec<Arc<dyn Tier>>,
    /// What the author may want to know; the file is used all the same.
    pub warnings: Vec<Diagnostic>,
}

/// A tier as a file describes it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TierSpec {
    /// Unique in the catalogue.
    pub name: String,
    /// Shown to the user; tiers run in the file's order whatever it says.
    pub order: Option<i64>,
    /// The loops in which the tier runs, as a text in which the loop's name is searched for.
    pub ci_loop: Option<String>,
    /// For people.
    pub description: String,
    /// In the order of the file.
    #[serde(rename = "testcases")]
    pub test_cases: Vec<CaseSpec>,
}

/// A test case as a file describes it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CaseSpec {
    /// Unique in the catalogue.
    pub case_name: String,
    /// The project whose case it is. Danube does not write it down: then it is what that release pushed results under.
    pub project_name: String,
    /// For people.
    pub description: String,
    /// When it counts as passed.
    pub criteria: Criteria,
    /// Whether everything after it is pointless when it does not pass.
    pub blocking: bool,
    /// Whether it is to be run at all.
    pub enabled: bool,
    /// Where it can be run.
    pub dependencies: Vec<Dependency>,
    /// What runs it.
    pub driver: DriverName,
    /// Its arguments: the lowest layer of its settings after their defaults.
    pub args: BTreeMap<String, Value>,
    /// Variables exported for it unless they are set.
    pub env: BTreeMap<String, String>,
    /// Keys of its own, which drivers may read.
    pub extra: BTreeMap<String, Value>,
}

impl CaseSpec {
    /// A case of that name, run by that driver, with what holds in a file where nothing else is said: it is blocking, and
    /// everything must pass.
    pub fn new(case_name: impl Into<String>, driver: impl Into<String>) -> Self {
        Self {
            case_name: case_name.into(),
            project_name: String::new(),
            description: String::new(),
            criteria: Criteria::DEFAULT,
            blocking: true,
            enabled: true,
            dependencies: Vec::new(),
            driver: DriverName::Name { name: driver.into() },
            args: BTreeMap::new(),
            env: BTreeMap::new(),
            extra: BTreeMap::new(),
        }
    }
}

/// A condition on a fact about the system under test.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Dependency {
    /// The environment variable that carries the fact, such as `INSTALLER_TYPE`.
    pub variable: String,
    /// Must be found in the fact's value.
    #[schemars(with = "String")]
    pub pattern: Pattern,
    /// Whether an unknown fact meets the condition (Danube, Euphrates) or counts as an empty text (Xtesting).
    pub unknown_passes: bool,
}

/// How a catalogue names what runs a case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(untagged)]
pub enum DriverName {
    /// A Python class, as Danube and Euphrates name it.
    Class {
        /// The module's dotted path.
        module: String,
        /// The class in it.
        class: String,
    },
    /// An entry point, as Xtesting names it.
    Name {
        /// The entry point's name.
        name: String,
    },
    /// Nothing: Colorado's catalogue does not say what runs a case. No driver claims it.
    Unsaid,
}

impl std::fmt::Display for DriverName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Class { module, class } => write!(f, "{module}.{class}"),
            Self::Name { name } => f.write_str(name),
            Self::Unsaid => f.write_str("(not said)"),
        }
    }
}

impl Catalogue {
    /// Reads a `testcases.yaml` of any generation.
    ///
    /// # Errors
    /// When the file cannot be read, is no YAML (the first such error), or is wrong (all such errors at once).
    pub fn load(path: &Path) -> Result<Self, CatalogueError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| CatalogueError::Unreadable { path: path.to_owned(), source })?;
        Self::parse(&path.display().to_string(), &text)
    }

    /// Reads a catalogue from `text`; `origin` names it in messages.
    ///
    /// # Errors
    /// As [`Catalogue::load`].
    pub fn parse(origin: &str, text: &str) -> Result<Self, CatalogueError> {
        read::read(origin, text)
    }

    /// A catalogue without tiers, for a program that makes its own; `origin` names it in messages.
    pub fn empty(origin: impl Into<String>) -> Self {
        Self { origin: origin.into(), generation: Generation::Xtesting, tiers: Vec::new(), warnings: Vec::new() }
    }

    /// Adds a tier that a program has made, after those that are there.
    ///
    /// # Errors
    /// When its name, or that of one of its cases, is taken already.
    pub fn add_tier(&mut self, tier: Arc<dyn Tier>) -> Result<(), CatalogueError> {
        let clash = |what, name: &str| CatalogueError::Clash {
            origin: self.origin.clone(),
            tier: tier.name().to_owned(),
            what,
            name: name.to_owned(),
        };
        if self.tiers.iter().any(|known| known.name() == tier.name()) {
            return Err(clash("tier", tier.name()));
        }
        let mut taken: HashSet<&str> = self.cases().map(|(_, case)| case.case_name.as_str()).collect();
        if let Some(case) = tier.test_cases().iter().find(|case| !taken.insert(&case.case_name)) {
            return Err(clash("test case", &case.case_name));
        }
        self.tiers.push(tier);
        Ok(())
    }

    /// Every case with its tier, in the published order.
    pub fn cases(&self) -> impl Iterator<Item = (&Arc<dyn Tier>, &CaseSpec)> {
        self.tiers.iter().flat_map(|tier| tier.test_cases().iter().map(move |case| (tier, case)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tier(name: &str, cases: &[&str]) -> Arc<dyn Tier> {
        let test_cases = cases.iter().map(|case| CaseSpec::new(*case, "x")).collect();
        Arc::new(TierSpec { name: name.into(), order: None, ci_loop: None, description: String::new(), test_cases })
    }

    #[test]
    fn a_tier_of_a_program_comes_last_and_clashes_with_none() {
        let text = "tiers: [{name: t, testcases: [{case_name: c, run: {name: x}}]}]";
        let mut catalogue = Catalogue::parse("f", text).unwrap();
        catalogue.add_tier(tier("own", &["a", "b"])).unwrap();
        assert_eq!(catalogue.cases().map(|(_, case)| case.case_name.as_str()).collect::<Vec<_>>(), ["c", "a", "b"]);
        let mut refused = |name, cases| catalogue.add_tier(tier(name, cases)).unwrap_err().to_string();
        assert_eq!(refused("own", &[]), "the tier `own`, which the program adds to f: the tier `own` is there already");
        assert!(refused("more", &["c"]).ends_with("the test case `c` is there already"));
        assert!(refused("more", &["d", "d"]).ends_with("the test case `d` is there already"));
    }

    #[test]
    fn a_case_of_a_program_is_as_one_of_a_file() {
        let text = "tiers: [{name: t, testcases: [{case_name: c, run: {name: x}}]}]";
        let catalogue = Catalogue::parse("f", text).unwrap();
        let (_, read) = catalogue.cases().next().unwrap();
        assert_eq!(*read, CaseSpec { project_name: read.project_name.clone(), ..CaseSpec::new("c", "x") });
    }
}
