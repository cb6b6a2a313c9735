// SPDX-License-Identifier: Apache-2.0
//! `functest report`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use functest::Format;

/// Make a run's report again, also of a run that died.
#[derive(Clone, Debug, Args)]
#[command(after_help = "Examples:
  functest report latest --output report.html
  functest report 20260801-120000-1a2b3c4d --format junit > junit.xml")]
pub(crate) struct ReportArgs {
    /// The run: `latest`, an id, or a folder.
    #[arg(value_name = "RUN", default_value = "latest")]
    pub(crate) run: String,
    /// The form of the report.
    #[arg(long, default_value = "html")]
    pub(crate) format: FormatChoice,
    /// The file to write [default: standard output].
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

/// The form of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FormatChoice {
    /// A page for people, in one file.
    Html,
    /// JUnit XML, for CI systems.
    Junit,
    /// The run's record, for programs.
    Json,
}

impl From<FormatChoice> for Format {
    fn from(choice: FormatChoice) -> Self {
        match choice {
            FormatChoice::Html => Self::Html,
            FormatChoice::Junit => Self::Junit,
            FormatChoice::Json => Self::Json,
        }
    }
}
