// SPDX-License-Identifier: Apache-2.0
//! `functest report`.

use functest::Functest;
use functest::core::exit_code;

use crate::args::ReportArgs;
use crate::error::Error;
use crate::output::Output;

pub(super) fn execute(functest: &Functest, args: ReportArgs, output: &Output) -> Result<u8, Error> {
    match &args.output {
        Some(file) => {
            functest.write_report(&args.run, args.format.into(), file)?;
            output.note(format!("Report: {}", file.display()));
        }
        None => output.raw(functest.report(&args.run, args.format.into())?.as_bytes())?,
    }
    Ok(exit_code::OK)
}
