// SPDX-License-Identifier: Apache-2.0
//! The functest command: flags in, one verb of the `functest` library, words and an exit code out.

mod args;
mod command;
mod error;
mod logging;
mod output;
mod terminal;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let args = args::Args::parse();
    let output = output::Output::new(&args.global);
    logging::start(&args.global);
    match command::execute(args.command, &output) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            output.error(&error);
            ExitCode::from(error.exit_code())
        }
    }
}
