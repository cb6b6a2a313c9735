// SPDX-License-Identifier: Apache-2.0
//! `functest nodes detect`.

use functest::core::words::visible;
use functest::{DetectRequest, Functest};
use owo_colors::OwoColorize;

use crate::error::Error;
use crate::noun::sut::SutArgs;
use crate::output::Output;
use crate::runtime::{block_on, interruptible};
use crate::table::table;

/// Try all installers, and say what is recognised.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Example:
  functest nodes detect --installer-ip 192.0.2.1")]
pub(crate) struct Args {
    #[command(flatten)]
    sut: SutArgs,
    /// Print one JSON document.
    #[arg(long)]
    json: bool,
}

pub(super) fn execute(functest: &Functest, args: Args, output: &Output) -> Result<u8, Error> {
    output.note("Trying all installers ...");
    let request = DetectRequest { sut: args.sut.request() };
    let report = block_on(interruptible(functest.nodes().detect(&request)))?;
    if args.json {
        output.json(&report)?;
    } else {
        let mut rows = table(&["installer", "found", "place", "evidence"], output);
        for candidate in &report.candidates {
            let word = if candidate.probe.found { "yes" } else { "no" };
            let style = if candidate.probe.found { output.styles.good } else { output.styles.faint };
            let evidence = visible(&candidate.probe.evidence);
            rows.add_row([&candidate.installer, &word.style(style).to_string(), &candidate.place, &evidence]);
        }
        output.table(&rows)?;
    }
    Ok(report.exit_code())
}
