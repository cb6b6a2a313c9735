// SPDX-License-Identifier: Apache-2.0
//! A run's record as a page, as JUnit XML, or as JSON.

use std::path::PathBuf;

use functest_results::{Format, Readers};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ReportVerbs;
use crate::error::Error;

/// Which report is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ReportRequest {
    /// The run: `latest`, an id, or a folder.
    pub run: String,
    /// The form of the report.
    pub format: Format,
}

impl Default for ReportRequest {
    fn default() -> Self {
        Self { run: "latest".to_owned(), format: Format::Html }
    }
}

/// A report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// The version of this document's form.
    pub version: u32,
    /// Its form.
    pub format: Format,
    /// The report itself.
    pub text: String,
}

/// Which report is written, and where to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WriteReportRequest {
    /// Which report.
    #[serde(default)]
    pub report: ReportRequest,
    /// The file; `-` is standard output. It keeps its owner and its mode; a link is followed, and what is no file written to.
    pub file: PathBuf,
}

/// Where a report was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReportFile {
    /// The version of this document's form.
    pub version: u32,
    /// The file.
    pub file: PathBuf,
}

impl ReportVerbs<'_> {
    /// The report of a run.
    ///
    /// # Errors
    /// As [`record`](Self::record).
    pub fn render(&self, request: &ReportRequest) -> Result<Report, Error> {
        let text = functest_results::render(&self.record(&request.run)?, request.format)?;
        Ok(Report { version: 1, format: request.format, text })
    }

    /// Writes the report of a run to a file.
    ///
    /// # Errors
    /// As [`record`](Self::record), and when the file cannot be written.
    pub fn write(&self, request: &WriteReportRequest) -> Result<ReportFile, Error> {
        let report = self.render(&request.report)?;
        functest_results::write_named(&request.file, report.text.as_bytes(), Readers::Anybody)?;
        Ok(ReportFile { version: 1, file: request.file.clone() })
    }
}
