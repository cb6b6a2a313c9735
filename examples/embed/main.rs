// SPDX-License-Identifier: Apache-2.0
//! Functest inside a project of one's own: own test cases, an own catalogue, an own way to tell people.
//!
//! `embed [CASE.KEY=VALUE]...` checks the site, and the cloud that `OS_CLOUD` names.

#![allow(clippy::print_stderr, reason = "it is a program that talks to people")]

mod inventory;
mod ssh_gateway;
mod verdicts;

use std::io::{self, Write};
use std::process::ExitCode;

use functest::core::record::Totals;
use functest::{Functest, RunRequest};

#[tokio::main]
async fn main() -> ExitCode {
    match check_site().await {
        Ok(exit_code) => ExitCode::from(exit_code),
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(error.exit_code())
        }
    }
}

async fn check_site() -> Result<u8, functest::Error> {
    // What functest knows, and what this project adds to it.
    let functest = Functest::new()
        .with_driver(ssh_gateway::CASE)
        .with_driver(inventory::CASE)
        .with_catalogue("the site's catalogue", include_str!("testcases.yaml"));

    // Without a cloud, only the tier that needs none.
    let cloud = std::env::var("OS_CLOUD").ok().filter(|name| !name.is_empty());
    let names = if cloud.is_some() { vec![] } else { vec!["site".into()] };
    let set = std::env::args().skip(1).collect();
    let request = RunRequest { names, cloud, set, ..RunRequest::default() };

    // Planning touches nothing: a wrong catalogue, case or setting ends it here.
    let plan = functest.plan(&request)?;
    let run = plan.start(vec![Box::new(verdicts::Verdicts)]).await?;
    let run_id = run.run_id().to_owned();
    let summary = run.join().await?;

    for trouble in &summary.sink_troubles {
        eprintln!("warning: {trouble}");
    }
    // `summary.record` is the same; this is how to read any run, also one of last week.
    let Totals { passed, failed, errored, skipped, not_run, .. } = functest.report().record(&run_id)?.totals;
    let totals = format!("{passed} passed, {failed} failed, {errored} errored, {skipped} skipped, {not_run} not run");
    // That nobody reads it is no reason to lose the exit code.
    let _ = writeln!(io::stdout(), "{run_id}: {totals}\n{}", summary.folder.display());
    Ok(summary.exit_code)
}
