// SPDX-License-Identifier: Apache-2.0
//! What planning costs: a catalogue of a thousand cases with a thousand different conditions, beside one whose cases all have
//! the same condition.
//!
//! `cargo bench -p functest`. It prints the time of both, reading the catalogue included, and the ratio.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark says what it measures, and ends where it cannot"
)]

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use functest::{Functest, RunRequest};

const CASES: usize = 1_000;
const TIMES: usize = 20;

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, condition: &dyn Fn(usize) -> String| {
        let path = folder.path().join(name);
        std::fs::write(&path, catalogue(condition)).unwrap();
        path
    };
    let different = write("different.yaml", &|number| format!("^((?!no-such-scenario-{number}).)*$"));
    let plain = write("plain.yaml", &|number| format!("os-nosdn-nofeature-{number}"));
    let same = write("same.yaml", &|_| "^((?!no-such-scenario).)*$".to_owned());
    let functest = Functest::new().with_variables(|_| None);
    let (different, plain, same) = (fastest(&functest, different), fastest(&functest, plain), fastest(&functest, same));
    println!("{CASES} cases, planned {TIMES} times, the fastest of them");
    println!("one condition for all          {same:.2?}");
    println!("a literal condition for each   {plain:.2?}, {:.2} x", plain.as_secs_f64() / same.as_secs_f64());
    println!("a look-around for each         {different:.2?}, {:.2} x", different.as_secs_f64() / same.as_secs_f64());
}

fn catalogue(condition: &dyn Fn(usize) -> String) -> String {
    let mut text = "tiers:\n- name: t\n  testcases:\n".to_owned();
    for number in 0..CASES {
        writeln!(
            text,
            "  - {{case_name: case-{number}, run: {{name: bashfeature, args: {{cmd: 'true'}}}}, \
             dependencies: [{{DEPLOY_SCENARIO: '{}'}}]}}",
            condition(number)
        )
        .unwrap();
    }
    text
}

fn fastest(functest: &Functest, catalogue: PathBuf) -> Duration {
    let request = RunRequest { catalogue: Some(catalogue), ..RunRequest::default() };
    let plan = || {
        let started = Instant::now();
        let plan = functest.plan(&request).unwrap();
        assert_eq!(plan.selection().cases.len(), CASES);
        started.elapsed()
    };
    (0..TIMES).map(|_| plan()).min().unwrap()
}
