// SPDX-License-Identifier: Apache-2.0
//! `functest report`.

use std::path::PathBuf;

use clap::ValueEnum;
use functest::core::exit_code;
use functest::{Format, Functest, ReportRequest, WriteReportRequest};

use crate::error::Error;
use crate::output::Output;

/// Make a run's report again, also of a run that died.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:
  functest report latest --output report.html
  functest report 20260801-120000-1a2b3c4d --format junit > junit.xml")]
pub(crate) struct Args {
    /// The run: `latest`, an id, or a folder.
    #[arg(value_name = "RUN", default_value = "latest")]
    run: String,
    /// The form of the report.
    #[arg(long, default_value = "html")]
    format: FormatChoice,
    /// The file to write; `-` is standard output, as is the default.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(crate) fn execute(functest: &Functest, args: Args, output: &Output) -> Result<u8, Error> {
    let report = ReportRequest { run: args.run, format: args.format.into() };
    match args.output {
        Some(file) => {
            let written = functest.report().write(&WriteReportRequest { report, file })?;
            if !functest::is_standard_output(&written.file) {
                output.note(format!("Report: {}", written.file.display()));
            }
        }
        None => output.raw(functest.report().render(&report)?.text.as_bytes())?,
    }
    Ok(exit_code::OK)
}

/// The form of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FormatChoice {
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
