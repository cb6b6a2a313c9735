// SPDX-License-Identifier: Apache-2.0
//! `functest report`.

use functest::core::exit_code;
use functest::{Functest, ReportRequest, WriteReportRequest};

use crate::args::ReportArgs;
use crate::error::Error;
use crate::output::Output;

pub(super) fn execute(functest: &Functest, args: ReportArgs, output: &Output) -> Result<u8, Error> {
    let report = ReportRequest { run: args.run, format: args.format.into() };
    match args.output {
        Some(file) => {
            let written = functest.report().write(&WriteReportRequest { report, file })?;
            output.note(format!("Report: {}", written.file.display()));
        }
        None => output.raw(functest.report().render(&report)?.text.as_bytes())?,
    }
    Ok(exit_code::OK)
}
