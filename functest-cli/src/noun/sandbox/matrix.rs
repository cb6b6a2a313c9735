// SPDX-License-Identifier: Apache-2.0
//! `functest sandbox matrix`.

use functest::core::exit_code;
use functest::{Functest, Matrix, MatrixRequest};

use crate::error::Error;
use crate::output::Output;
use crate::runtime::block_on;
use crate::table::table;

/// Run cases on sandboxes that are broken in one way each, and say which case detects what.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:
  functest sandbox matrix
  functest sandbox matrix snaps_health_check --json")]
pub(crate) struct Args {
    /// Test cases and tiers by name [default: the whole catalogue].
    #[arg(value_name = "CASE|TIER")]
    names: Vec<String>,
    /// Print one JSON document.
    #[arg(long)]
    json: bool,
}

pub(super) fn execute(functest: &Functest, args: Args, output: &Output) -> Result<u8, Error> {
    let request = MatrixRequest { names: args.names };
    let progress = |fault: &str| output.note(format!("Running on a cloud with {fault} ..."));
    let matrix = block_on(async { Ok(functest.sandbox().matrix(&request, &progress).await?) })?;
    if args.json {
        output.json(&matrix)?;
    } else {
        print(&matrix, output)?;
    }
    Ok(exit_code::OK)
}

fn print(matrix: &Matrix, output: &Output) -> Result<(), Error> {
    let mut rows = table(&["broken cloud", "detected by", "checks"], output);
    for row in &matrix.faults {
        if row.detections.is_empty() {
            rows.add_row([row.fault.as_str(), "nobody", ""]);
        }
        for (place, detection) in row.detections.iter().enumerate() {
            let fault = if place == 0 { row.fault.as_str() } else { "" };
            let checks = match detection.checks.len() {
                0..=3 => detection.checks.join(", "),
                count => format!("{}, and {} more", detection.checks[..2].join(", "), count - 2),
            };
            rows.add_row([fault, &detection.case_name, &checks]);
        }
    }
    output.table(&rows)
}
