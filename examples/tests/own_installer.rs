// SPDX-License-Identifier: Apache-2.0
//! An installer of one's own: built-in cases and own ones run on the nodes that it names.

#![allow(clippy::unwrap_used, reason = "a test says what is wrong by ending")]

#[allow(dead_code, reason = "each test uses a part of what they share")]
mod program;

use std::process::Output;

use functest::core::selection::Decision;
use functest::core::verdict::Verdict;

use self::program::{Program, case, stdout};

/// Runs the example with this list of machines.
fn run(program: &Program, list: &str) -> Output {
    let path = program.state_folder().join("rack.txt");
    std::fs::write(&path, list).unwrap();
    program.command(&[path.to_str().unwrap()]).output().unwrap()
}

fn program() -> Program {
    Program::new(env!("CARGO_BIN_EXE_own_installer"))
}

#[test]
fn cases_run_on_the_nodes_that_it_names() {
    let program = program();
    let output = run(&program, "control-1 controller here\ncompute-1 compute here\n");
    let record = program.record();
    assert_eq!(case(&record, "kernels").verdict, Some(Verdict::Passed), "{output:?}");
    // Whether this machine's services run is not the example's matter; that it was looked at is.
    let checks: Vec<(&str, &str)> =
        case(&record, "nodes_check").checks.iter().map(|check| (check.name.as_str(), check.outcome.word())).collect();
    assert_eq!(checks.len(), 10);
    for name in ["control-1: ssh", "control-1: time", "compute-1: disk", "compute-1: memory"] {
        assert!(checks.contains(&(name, "passed")), "{name}: {checks:?}");
    }
    let facts = &record.head.facts;
    let fact = |name: &str| facts.iter().find(|fact| fact.variable == name).and_then(|fact| fact.value.as_deref());
    assert_eq!(fact("INSTALLER_TYPE"), Some("rack"));
    assert_eq!(record.head.node_name.as_deref(), Some("rack-1"));
    assert_eq!(case(&record, "kernels").choice.decision, Decision::Selected);
}

#[test]
fn real_nodes_are_reached_over_ssh() {
    // An address of this machine that nobody has given us a key for, whether or not an SSH server is there.
    let program = program();
    let output = run(&program, "compute-1 compute root@127.0.0.254\n");
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let record = program.record();
    let ssh = &case(&record, "nodes_check").checks[0];
    let message = ssh.outcome.message().unwrap();
    assert!(ssh.outcome.word() == "failed" && message.contains("root@127.0.0.254"), "{message}");
    assert!(stdout(&output).contains("compute-1: time skipped the node does not let us in"), "{output:?}");
}

#[test]
fn a_list_that_is_wrong_is_named_with_its_line() {
    let program = program();
    run(&program, "control-1 controller here\ncompute-1 compute somewhere\n");
    let record = program.record();
    let reason = case(&record, "kernels").verdict.as_ref().and_then(Verdict::reason).unwrap();
    assert!(reason.contains("the installer does not name its nodes: "), "{reason}");
    assert!(reason.contains("rack.txt:2: expected `here` or USER@ADDRESS as the place"), "{reason}");
}
