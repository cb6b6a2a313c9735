// SPDX-License-Identifier: Apache-2.0
//! The forms a run's record can be given.

use std::fmt;
use std::str::FromStr;

use functest_core::record::RunRecord;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Error, junit, report};

/// A form of report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// One HTML page that needs no other file.
    Html,
    /// JUnit XML, for CI systems.
    Junit,
    /// The record itself.
    Json,
}

/// A text that names no [`Format`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a format: expected html, junit or json")]
pub struct UnknownFormat(String);

impl Format {
    /// All of them, the one that others can be made of first.
    pub const ALL: [Self; 3] = [Self::Json, Self::Junit, Self::Html];

    /// Its name: `html`, `junit` or `json`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Junit => "junit",
            Self::Json => "json",
        }
    }

    /// The name of the file in a run folder: `report.html`, `junit.xml` or `run.json`.
    pub fn file_name(self) -> &'static str {
        match self {
            Self::Html => "report.html",
            Self::Junit => "junit.xml",
            Self::Json => "run.json",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(text: &str) -> Result<Self, UnknownFormat> {
        Self::ALL.into_iter().find(|format| format.name() == text).ok_or_else(|| UnknownFormat(text.to_owned()))
    }
}

/// The report of a run. The same record gives the same text.
///
/// # Errors
/// [`Error::Json`], [`Error::Junit`] or [`Error::Html`] when the record cannot be expressed.
pub fn render(record: &RunRecord, format: Format) -> Result<String, Error> {
    let run = || record.head.run_id.clone();
    match format {
        Format::Html => report::html(record).map_err(|source| Error::Html { run: run(), source }),
        Format::Junit => junit::xml(record).map_err(|source| Error::Junit { run: run(), source }),
        Format::Json => {
            let json = serde_json::to_string_pretty(record).map_err(|source| Error::Json { run: run(), source })?;
            Ok(json + "\n")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        for format in Format::ALL {
            assert_eq!(format.to_string().parse(), Ok(format));
        }
        assert_eq!(
            "pdf".parse::<Format>().unwrap_err().to_string(),
            "\"pdf\" is not a format: expected html, junit or json"
        );
    }
}
