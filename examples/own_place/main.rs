// SPDX-License-Identifier: Apache-2.0
//! A place of one's own, in which test cases make things that no crash leaves behind.
//!
//! `own_place FOLDER` runs the test case in that folder; `own_place FOLDER clean` deletes what runs that died left there.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it is a program that talks to people")]

mod folder;
mod letters;

use std::path::PathBuf;
use std::process::ExitCode;

use functest::{CleanReport, CleanRequest, Functest, RunCleanState, RunRequest};

use self::folder::SharedFolder;

#[tokio::main]
async fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (Some(folder), verb) = (arguments.next(), arguments.next()) else {
        return usage();
    };
    let done = match verb.as_deref() {
        Some("clean") => clean(&functest(folder.into())).await,
        None => run(&functest(folder.into())).await,
        Some(_) => return usage(),
    };
    done.map_or_else(refused, ExitCode::from)
}

fn usage() -> ExitCode {
    eprintln!("usage: own_place FOLDER [clean]");
    ExitCode::from(2)
}

/// The folder is given to cases by it as a provider, and taken care of by it as a reclaimer.
fn functest(folder: PathBuf) -> Functest {
    // Ledgers are read from everywhere: a relative path would mean another folder there.
    let folder = SharedFolder(std::path::absolute(&folder).unwrap_or(folder));
    Functest::new()
        .with_driver(letters::CASE)
        .with_provider(folder.clone())
        .with_reclaimer(folder)
        .with_catalogue("the catalogue of the example", include_str!("testcases.yaml"))
}

async fn run(functest: &Functest) -> Result<u8, functest::Error> {
    let summary = functest.plan(&RunRequest::default())?.start(Vec::new()).await?.join().await?;
    for case in &summary.record.cases {
        let verdict = case.verdict.as_ref().map(ToString::to_string).unwrap_or_default();
        println!("{} {verdict}; {} files were deleted", case.choice.case_name, case.clean_up.deleted.len());
    }
    Ok(summary.exit_code)
}

async fn clean(functest: &Functest) -> Result<u8, functest::Error> {
    let report = functest.openstack().clean(&CleanRequest::default()).await?;
    tell(&report);
    Ok(report.exit_code())
}

fn tell(report: &CleanReport) {
    for run in &report.runs {
        match &run.state {
            RunCleanState::Cleaned { deleted, left } => {
                deleted.iter().for_each(|thing| println!("{}: deleted {thing}", run.run_id));
                left.iter().for_each(|left| println!("{}: left {}: {}", run.run_id, left.thing, left.reason));
            }
            RunCleanState::Failed { reason } => println!("{}: {reason}", run.run_id),
            other => println!("{}: {other:?}", run.run_id),
        }
    }
}

fn refused(error: functest::Error) -> ExitCode {
    eprintln!("error: {error}");
    ExitCode::from(error.exit_code())
}
