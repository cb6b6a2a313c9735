// SPDX-License-Identifier: Apache-2.0
//! Selection: which cases of a catalogue run on this system under test, and why the others do not.

mod decide;
mod facts;
mod request;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::decide::{Implementations, select};
pub use self::facts::{Fact, FactSource, Facts};
pub use self::request::{Request, RequestError};

/// What was decided about one case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// It runs.
    Selected,
    /// The catalogue says `enabled: false`.
    Disabled,
    /// Its condition on the installer does not hold.
    Installer,
    /// Its condition on the scenario does not hold.
    Scenario,
    /// A condition on another environment variable, or on the loop, does not hold.
    Environment,
    /// A pattern of `--exclude` names it.
    Excluded,
    /// The request does not name it, or none of its checks is in the requested scope.
    OutOfScope,
    /// The rules select it, but nothing here implements it: it is reported as not run.
    NoDriver,
}

/// A case with its decision.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Choice {
    /// The tier's name.
    pub tier: String,
    /// The case's name.
    pub case_name: String,
    /// The project whose case it is.
    pub project_name: String,
    /// What was decided.
    pub decision: Decision,
    /// Why, in words.
    pub reason: String,
    /// How many checks it has, where none of them is in the scope that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub out_of_scope: Option<u32>,
    /// Whether nothing more starts when it does not pass.
    pub blocking: bool,
    /// When it counts as passed.
    #[schemars(with = "String")]
    pub criteria: crate::criteria::Criteria,
}

/// Every case of a catalogue with its decision, in the published order, and the facts behind it.
///
/// This is the document that `functest run --dry-run --json` prints.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Selection {
    /// The version of this document's form.
    pub version: u32,
    /// Where the catalogue came from.
    pub catalogue: String,
    /// The facts that conditions were checked against.
    pub facts: Vec<Fact>,
    /// Every case of the catalogue.
    pub cases: Vec<Choice>,
}

impl Selection {
    /// The cases that run.
    pub fn selected(&self) -> impl Iterator<Item = &Choice> {
        self.cases.iter().filter(|choice| choice.decision == Decision::Selected)
    }
}
