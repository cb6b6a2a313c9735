// SPDX-License-Identifier: Apache-2.0
//! A check before it is made.

use std::borrow::Cow;

/// A check before it is made. Its texts are borrowed where they are part of the program, and owned where a tool said them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckSpec {
    /// Unique in its case.
    pub name: Cow<'static, str>,
    /// What the cloud must do, in one sentence; empty where nobody says.
    pub states: Cow<'static, str>,
    /// What the reader must know to compare it with the original of the same name.
    pub mark: Option<Cow<'static, str>>,
}

impl CheckSpec {
    /// A check that states something about the cloud.
    pub const fn new(name: &'static str, states: &'static str) -> Self {
        Self { name: Cow::Borrowed(name), states: Cow::Borrowed(states), mark: None }
    }

    /// A check that differs from the original of the same name in what `mark` says.
    pub const fn marked(name: &'static str, states: &'static str, mark: &'static str) -> Self {
        Self { name: Cow::Borrowed(name), states: Cow::Borrowed(states), mark: Some(Cow::Borrowed(mark)) }
    }

    /// A check that a tool knows by this name, and says nothing else about.
    pub fn named(name: impl Into<String>) -> Self {
        Self { name: Cow::Owned(name.into()), states: Cow::Borrowed(""), mark: None }
    }
}

/// The checks of a case, as far as they are known before it runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Checks {
    /// These, each of which has to be made.
    Known(Vec<CheckSpec>),
    /// Its tool lists them when it runs; each of those has to be made.
    Listed,
    /// Nobody knows them until they are reported.
    AsReported,
}
