// SPDX-License-Identifier: Apache-2.0
//! A driver of one's own: the tests of a tool that functest has never heard of.
//!
//! `tool_driver [scope=REGEX] [CASE.KEY=VALUE]...` runs the tool `soundcheck`, which is to be in `PATH`.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it is a program that talks to people")]

mod driver;
mod results;
mod settings;

use std::process::ExitCode;

use functest::core::record::CaseRecord;
use functest::{Functest, RunRequest, RunSummary};

#[tokio::main]
async fn main() -> ExitCode {
    match run_tool(std::env::args().skip(1)).await {
        Ok(summary) => {
            summary.record.cases.iter().for_each(tell);
            ExitCode::from(summary.exit_code)
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(error.exit_code())
        }
    }
}

async fn run_tool(arguments: impl Iterator<Item = String>) -> Result<RunSummary, functest::Error> {
    let functest = Functest::new()
        .with_driver(driver::SoundcheckDriver)
        .with_catalogue("the catalogue of the example", include_str!("testcases.yaml"));
    let mut request = RunRequest::default();
    for argument in arguments {
        match argument.strip_prefix("scope=") {
            Some(scope) => request.scope = Some(scope.to_owned()),
            None => request.set.push(argument),
        }
    }
    functest.plan(&request)?.start(Vec::new()).await?.join().await
}

fn tell(case: &CaseRecord) {
    let Some(verdict) = &case.verdict else { return };
    println!("{} {verdict}", case.choice.case_name);
    for check in &case.checks {
        println!("  {} {} {}", check.name, check.outcome.word(), check.outcome.message().unwrap_or_default());
    }
}
