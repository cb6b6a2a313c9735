// SPDX-License-Identifier: Apache-2.0
//! What is wrong with a file, and where.

use std::fmt;
use std::path::PathBuf;

use serde::Serialize;

use super::yaml::Position;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The file is used; the author probably meant something else.
    Warning,
    /// The file is refused.
    Error,
}

/// One finding in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1.
    pub column: usize,
    /// The key path, such as `tiers[0].testcases[2].criteria`; empty for the whole file.
    pub path: String,
    /// What was found and what was expected.
    pub message: String,
}

impl Diagnostic {
    pub(super) fn error(at: Position, path: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, at, path, message)
    }

    pub(super) fn new(severity: Severity, at: Position, path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { severity, line: at.line, column: at.column, path: path.into(), message: message.into() }
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: ", self.line, self.column)?;
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.message)
    }
}

/// Why a catalogue could not be read.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// The file itself cannot be read.
    #[error("cannot read the catalogue {}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is read, and wrong in at least one place.
    #[error("{}", invalid(origin, diagnostics))]
    Invalid {
        /// The file's name, as given.
        origin: String,
        /// All semantic errors (or the first syntax error), with the warnings, in the file's order.
        diagnostics: Vec<Diagnostic>,
    },
    /// A tier that a program adds has the name of one that is there, or a case of it has.
    #[error("the tier `{tier}`, which the program adds to {origin}: the {what} `{name}` is there already")]
    Clash {
        /// The catalogue's name.
        origin: String,
        /// The tier.
        tier: String,
        /// What is there twice: a tier or a test case.
        what: &'static str,
        /// Its name.
        name: String,
    },
}

fn invalid(origin: &str, diagnostics: &[Diagnostic]) -> String {
    let errors: Vec<String> =
        diagnostics.iter().filter(|d| d.severity == Severity::Error).map(|d| format!("{origin}:{d}")).collect();
    errors.join("\n")
}
