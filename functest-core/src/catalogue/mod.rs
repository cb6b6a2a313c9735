// SPDX-License-Identifier: Apache-2.0
//! The catalogue: the tiers and test cases of a `testcases.yaml`, whichever generation wrote it.

mod danube;
mod diagnostic;
mod read;
mod schema;
mod yaml;

use std::collections::BTreeMap;
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
}

impl std::fmt::Display for DriverName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Class { module, class } => write!(f, "{module}.{class}"),
            Self::Name { name } => f.write_str(name),
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

    /// Every case with its tier, in the published order.
    pub fn cases(&self) -> impl Iterator<Item = (&Arc<dyn Tier>, &CaseSpec)> {
        self.tiers.iter().flat_map(|tier| tier.test_cases().iter().map(move |case| (tier, case)))
    }
}
