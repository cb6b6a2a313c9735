// SPDX-License-Identifier: Apache-2.0
//! The functest command: flags in, one verb of the `functest` library, words and an exit code out.

mod command;
mod completions;
mod error;
mod global;
mod limits;
mod logging;
mod node_table;
mod noun;
mod output;
mod plan_table;
mod runtime;
mod table;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    limits::end_without_threads();
    let line = command::CommandLine::parse();
    let output = output::Output::new(&line.global);
    logging::start(&line.global);
    match command::execute(line.command, &output) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            output.error(&error);
            ExitCode::from(error.exit_code())
        }
    }
}
