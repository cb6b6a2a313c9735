// SPDX-License-Identifier: Apache-2.0
//! What the runner costs: ten thousand cases that do nothing but make one check, beside the same work as bare tasks.
//!
//! `cargo bench -p functest-runner`. It prints the time of both, the ratio, what a case costs all in all, and the memory that the
//! process had at most.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark says what it measures, and ends where it cannot"
)]

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use functest_core::case::{CaseError, CheckSpec, Ended};
use functest_core::criteria::Criteria;
use functest_core::driver::Checks;
use functest_core::event::RunHead;
use functest_core::need::Needs;
use functest_core::provider::Providers;
use functest_core::selection::{Choice, Decision};
use functest_core::{Ctx, TestCase};
use functest_runner::{EventChannel, Plan, PlannedCase, PlannedTier, start};

const CASES: usize = 10_000;
const AT_A_TIME: usize = 4;

struct Nothing;

#[async_trait]
impl TestCase for Nothing {
    async fn run(&self, ctx: &Ctx) -> Result<Ended, CaseError> {
        ctx.check("nothing", async { Ok(()) }).await;
        Ok(Ended::default())
    }
}

#[tokio::main]
async fn main() {
    let bare = bare_tasks().await;
    let run = whole_run().await;
    println!("{CASES} cases, {AT_A_TIME} at a time");
    println!("bare tasks   {bare:.1?}");
    println!("a whole run  {run:.1?}, {:.1} x", run.as_secs_f64() / bare.as_secs_f64());
    println!("a case       {:.1?}", run / CASES as u32);
    println!("memory       {} MiB at most", most_memory_kib() / 1024);
}

/// As many tasks that do as little, joined as they end.
async fn bare_tasks() -> Duration {
    let started = Instant::now();
    for _ in 0..CASES / AT_A_TIME {
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..AT_A_TIME {
            tasks.spawn(async {});
        }
        while tasks.join_next().await.is_some() {}
    }
    started.elapsed()
}

async fn whole_run() -> Duration {
    let plan = plan();
    let started = Instant::now();
    let handle = start(plan, Providers::default(), EventChannel::default(), Vec::new()).unwrap();
    let outcome = handle.join().await.unwrap();
    let took = started.elapsed();
    assert_eq!(outcome.record.totals.passed as usize, CASES);
    took
}

fn plan() -> Plan {
    let names: Vec<String> = (0..CASES).map(|number| format!("case-{number}")).collect();
    let head =
        RunHead { run_id: "r".into(), cases: names.iter().map(|name| choice(name)).collect(), ..RunHead::default() };
    let cases = names.into_iter().map(case).collect();
    let tiers = vec![PlannedTier { name: "t".into(), cases, without_driver: Vec::new() }];
    Plan { head, tiers, jobs: AT_A_TIME, attempts: 1, scope: None, deadline_factor: 1.0 }
}

fn choice(name: &str) -> Choice {
    Choice {
        tier: "t".into(),
        case_name: name.to_owned(),
        project_name: "p".into(),
        decision: Decision::Selected,
        reason: String::new(),
        out_of_scope: None,
        blocking: false,
        criteria: Criteria::DEFAULT,
    }
}

fn case(name: String) -> PlannedCase {
    PlannedCase {
        name,
        case: Arc::new(Nothing),
        needs: Needs::default(),
        checks: Checks::Known(vec![CheckSpec::new("nothing", "nothing is done")]),
        criteria: Criteria::DEFAULT,
        blocking: false,
        deadline: Duration::from_secs(60),
    }
}

/// The most memory that this process had, as Linux counts it.
fn most_memory_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.split_whitespace().next().unwrap().parse().unwrap()
}
