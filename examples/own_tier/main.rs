// SPDX-License-Identifier: Apache-2.0
//! A tier that is built in code, and the score of the scenario that it is run in.
//!
//! `own_tier NAME=COMMAND...` runs the commands, and scores the scenario that `DEPLOY_SCENARIO` names by its last runs.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it is a program that talks to people")]

mod score;
mod smoke;

use std::process::ExitCode;
use std::sync::Arc;

use functest::core::record::RunRecord;
use functest::core::scenario::ScenarioName;
use functest::{Functest, RunRequest};

use self::score::{Score, score};
use self::smoke::Smoke;

#[tokio::main]
async fn main() -> ExitCode {
    let commands: Vec<String> = std::env::args().skip(1).collect();
    let scenario = ScenarioName(std::env::var("DEPLOY_SCENARIO").unwrap_or_else(|_| "os-nosdn-nofeature-noha".into()));
    let smoke = match Smoke::new(&scenario, &commands) {
        Ok(smoke) => smoke,
        Err(problem) => {
            eprintln!("error: {problem}");
            return ExitCode::from(2);
        }
    };
    let functest = Functest::new().without_catalogue().with_tier(Arc::new(smoke));
    match run_and_score(&functest, &scenario).await {
        Ok(exit_code) => ExitCode::from(exit_code),
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(error.exit_code())
        }
    }
}

async fn run_and_score(functest: &Functest, scenario: &ScenarioName) -> Result<u8, functest::Error> {
    let request = RunRequest { scenario: Some(scenario.0.clone()), ..RunRequest::default() };
    let summary = functest.plan(&request)?.start(Vec::new()).await?.join().await?;
    tell(scenario, &score(scenario, &past_runs(functest)?));
    Ok(summary.exit_code)
}

/// The records of all runs that are kept, in order of time.
fn past_runs(functest: &Functest) -> Result<Vec<RunRecord>, functest::Error> {
    let runs = functest.state().runs()?;
    // A run that died before its first event has no record.
    let mut records: Vec<RunRecord> =
        runs.iter().filter_map(|run| functest.report().record(&run.run_id).ok()).collect();
    // The ids of runs that began in the same second are in no order.
    records.sort_by_key(|record| record.started);
    Ok(records)
}

fn tell(scenario: &ScenarioName, score: &Score) {
    println!("{scenario}: {} %", score.percent());
    for (case, points) in &score.cases {
        println!("  {case}: {points} of 3");
    }
}
