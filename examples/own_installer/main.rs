// SPDX-License-Identifier: Apache-2.0
//! An installer of one's own: test cases are given the nodes that it names.
//!
//! `own_installer LIST [KEY_FILE]` runs a built-in case and one of its own on the machines of that list.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it is a program that talks to people")]

mod kernels;
mod rack;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use functest::core::record::CaseRecord;
use functest::{Functest, RunRequest, RunSummary};

use self::rack::Rack;

#[tokio::main]
async fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let Some(list) = arguments.next() else {
        eprintln!("usage: own_installer LIST [KEY_FILE]");
        return ExitCode::from(2);
    };
    match check(Rack { list, key_file: arguments.next() }).await {
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

async fn check(rack: Rack) -> Result<RunSummary, functest::Error> {
    let functest = Functest::new()
        .with_driver(kernels::CASE)
        .with_installer(Arc::new(rack))
        .with_catalogue("the catalogue of the example", include_str!("testcases.yaml"));
    // `plan` asks nobody; this asks the installer what was deployed, and selects by it.
    let plan = functest.run().ask_and_plan(&RunRequest::default()).await?;
    plan.start(Vec::new()).await?.join().await
}

fn tell(case: &CaseRecord) {
    let Some(verdict) = &case.verdict else { return };
    println!("{} {verdict}", case.choice.case_name);
    for check in &case.checks {
        println!("  {} {} {}", check.name, check.outcome.word(), check.outcome.message().unwrap_or_default());
    }
}
