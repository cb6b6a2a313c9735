// SPDX-License-Identifier: Apache-2.0
//! A tier that is built in code runs like one of a file, and a scenario is scored by its last runs.

#![allow(clippy::unwrap_used, reason = "a test says what is wrong by ending")]

#[allow(dead_code, reason = "each test uses a part of what they share")]
mod program;

use std::process::Output;

use functest::core::verdict::Verdict;

use self::program::{Program, case, stderr, stdout};

fn program() -> Program {
    Program::new(env!("CARGO_BIN_EXE_own_tier"))
}

fn run(program: &Program, scenario: &str, commands: &[&str]) -> Output {
    program.command(commands).env("DEPLOY_SCENARIO", scenario).output().unwrap()
}

#[test]
fn a_tier_of_code_runs_like_one_of_a_file() {
    let program = program();
    let output = run(&program, "os-odl-nofeature-ha", &["clock=date", "luck=exit 7", "disk=df /"]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let record = program.record();
    let luck = case(&record, "luck");
    assert_eq!((luck.choice.tier.as_str(), luck.ended.return_code), ("smoke", Some(7)));
    // It is not blocking where there is another controller.
    assert_eq!(case(&record, "disk").verdict, Some(Verdict::Passed));
    assert_eq!(record.head.settings["luck"]["cmd"], "exit 7");
}

#[test]
fn a_scenario_is_scored_by_its_last_four_runs() {
    let program = program();
    let (good, bad) = (["clock=date", "luck=true"], ["clock=date", "luck=false"]);
    let ours = "os-odl-nofeature-ha";
    let score = |commands: &[&str]| stdout(&run(&program, ours, commands));
    assert_eq!(score(&bad), "os-odl-nofeature-ha: 16 %\n  clock: 1 of 3\n  luck: 0 of 3\n");
    score(&good);
    score(&good);
    // Another scenario's runs are none of ours.
    run(&program, "os-nosdn-nofeature-noha", &bad);
    assert_eq!(score(&good), "os-odl-nofeature-ha: 83 %\n  clock: 3 of 3\n  luck: 2 of 3\n");
    // The bad one was five runs ago.
    assert_eq!(score(&good), "os-odl-nofeature-ha: 100 %\n  clock: 3 of 3\n  luck: 3 of 3\n");
}

#[test]
fn a_name_that_is_there_twice_is_refused() {
    let program = program();
    let output = run(&program, "os-nosdn-nofeature-ha", &["a=true", "a=false"]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(stderr(&output).contains("the test case `a` is there already"), "{output:?}");
    assert!(program.left_nothing());
}
