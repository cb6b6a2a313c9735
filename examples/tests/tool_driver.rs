// SPDX-License-Identifier: Apache-2.0
//! A driver of one's own: what its tool says, does and leaves undone is in the record, and nothing else.

#![allow(clippy::unwrap_used, reason = "a test says what is wrong by ending")]

#[allow(dead_code, reason = "each test uses a part of what they share")]
mod program;

use std::process::Output;

use chrono::{DateTime, Utc};
use functest::core::record::CaseRecord;
use functest::core::verdict::Verdict;

use self::program::{Program, case, stderr, stdout};

/// The folder that the tool is in.
const TOOL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tool_driver");

fn program() -> Program {
    Program::new(env!("CARGO_BIN_EXE_tool_driver"))
}

/// Runs the example with the tool in `PATH`.
fn run(program: &Program, arguments: &[&str]) -> Output {
    let path = format!("{TOOL}:{}", std::env::var("PATH").unwrap());
    program.command(arguments).env("PATH", path).output().unwrap()
}

fn outcomes(case: &CaseRecord) -> Vec<(&str, &str)> {
    case.checks.iter().map(|check| (check.name.as_str(), check.outcome.word())).collect()
}

fn reason(case: &CaseRecord) -> &str {
    case.verdict.as_ref().and_then(Verdict::reason).unwrap()
}

#[test]
fn what_the_tool_says_is_in_the_record() {
    let program = program();
    let output = run(&program, &[]);
    assert!(output.status.success(), "{output:?}");
    assert!(stdout(&output).starts_with("soundcheck passed\n  host.clock passed"), "{output:?}");

    let record = program.record();
    let case = case(&record, "soundcheck");
    assert_eq!(outcomes(case), [("host.clock", "passed"), ("host.disk", "passed"), ("host.shell", "passed")]);
    assert_eq!((case.ended.return_code, case.ended.success_rate), (Some(0), Some(100.0)));
    let details = case.ended.details.as_ref().unwrap();
    assert!(details["tests"] == 3 && details["host"].is_string() && details.get("passed_percent").is_none());

    let clock = &case.checks[0];
    assert_eq!(clock.states, "the clock is later than the year 2000");
    let folder = program.run_folder();
    let log = &clock.attachments[0];
    assert_eq!((log.name.as_str(), log.path.as_str()), ("log", "cases/soundcheck/host.clock.log"));
    assert_eq!(std::fs::read_to_string(folder.join(&log.path)).unwrap(), "host.clock: passed \n");
    assert_eq!(case.attachments[0].path, "cases/soundcheck/results.jsonl");
    // The times are the tool's own.
    let results = std::fs::read_to_string(folder.join(&case.attachments[0].path)).unwrap();
    let first: serde_json::Value = serde_json::from_str(results.lines().next().unwrap()).unwrap();
    let started: DateTime<Utc> = serde_json::from_value(first["started"].clone()).unwrap();
    assert_eq!((clock.started, clock.duration_ms), (Some(started), first["milliseconds"].as_u64().unwrap()));
    let output = std::fs::read_to_string(folder.join("logs/soundcheck.log")).unwrap();
    assert!(output.contains("making host.disk"), "{output}");
}

#[test]
fn a_test_that_fails_fails_the_case() {
    let program = program();
    let output = run(&program, &["soundcheck.fail=host.disk"]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let record = program.record();
    let case = case(&record, "soundcheck");
    assert_eq!(outcomes(case), [("host.clock", "passed"), ("host.disk", "failed"), ("host.shell", "passed")]);
    assert_eq!(case.verdict.as_ref().map(Verdict::word), Some("failed"));
    assert!(reason(case).contains("first host.disk: it was told to fail"), "{}", reason(case));
    assert_eq!((case.ended.return_code, case.ended.success_rate), (Some(1), Some(66.0)));
}

#[test]
fn a_tool_that_dies_leaves_a_test_without_a_result() {
    let program = program();
    assert_eq!(run(&program, &["soundcheck.die_in=host.disk"]).status.code(), Some(1));
    let record = program.record();
    let case = case(&record, "soundcheck");
    assert_eq!(outcomes(case), [("host.clock", "passed"), ("host.disk", "errored"), ("host.shell", "errored")]);
    assert_eq!(case.verdict.as_ref().map(Verdict::word), Some("errored"));
    assert!(reason(case).contains("the case ended without making its check `host.disk`"), "{}", reason(case));
    // As a shell says that it was killed.
    assert_eq!((case.ended.return_code, case.ended.success_rate), (Some(137), None));
}

#[test]
fn only_the_tests_that_are_asked_for_are_run() {
    let program = program();
    assert!(run(&program, &["scope=clock|shell", "soundcheck.die_in=host.disk"]).status.success());
    let record = program.record();
    let case = case(&record, "soundcheck");
    assert_eq!(outcomes(case), [("host.clock", "passed"), ("host.shell", "passed")]);
    assert_eq!(case.ended.details.as_ref().unwrap()["tests"], 2);
}

#[test]
fn nothing_in_the_scope_is_nothing_to_run() {
    let program = program();
    run(&program, &["scope=nowhere"]);
    let record = program.record();
    let case = case(&record, "soundcheck");
    assert_eq!((reason(case), case.ended.return_code), ("none of its 3 checks is in the scope", None));
}

#[test]
fn a_wrong_setting_is_refused_with_its_place() {
    let table = [
        ("soundcheck.each=-1", "--set soundcheck.each: soundcheck.each: -1 is not a number of seconds"),
        ("soundcheck.each=soon", "--set soundcheck.each: soundcheck.each: expected a number, found the text \"soon\""),
        ("soundcheck.tool=", "--set soundcheck.tool: soundcheck.tool: the name of the program is empty"),
        ("soundcheck.disk_path=[a]", "--set soundcheck.disk_path: soundcheck.disk_path: the tool takes a text"),
    ];
    for (argument, message) in table {
        let program = program();
        let output = run(&program, &[argument]);
        let said = stderr(&output);
        assert!(output.status.code() == Some(2) && said.contains(message), "{argument}: {said}");
        assert!(program.left_nothing(), "{argument} left something in the state folder");
    }
}

#[test]
fn what_only_the_tool_knows_reaches_it() {
    let program = program();
    run(&program, &["soundcheck.disk_path=/no/such/folder"]);
    assert!(reason(case(&program.record(), "soundcheck")).contains("there is no /no/such/folder"));
    // And the tool refuses what it does not know: no test has a result then.
    run(&program, &["soundcheck.colour=blue"]);
    let record = program.record();
    let case = case(&record, "soundcheck");
    assert_eq!((case.tally.errored, case.ended.return_code), (3, Some(64)));
    let message = "the tool did not come to its end: soundcheck: there is no option colour (it ended with 64)";
    assert_eq!(case.messages[0].text, message);
}

#[test]
fn a_test_that_the_tool_did_not_list_is_no_good_result() {
    let program = program();
    assert_eq!(run(&program, &["soundcheck.invent=host.luck"]).status.code(), Some(1));
    let record = program.record();
    assert_eq!(reason(case(&record, "soundcheck")), "the check `host.luck` is not one that the case declares");
}

#[test]
fn without_the_tool_the_case_is_skipped() {
    let program = program();
    program.command(&[]).output().unwrap();
    let record = program.record();
    let case = case(&record, "soundcheck");
    assert_eq!(case.verdict.as_ref().map(Verdict::word), Some("skipped"));
    assert_eq!(reason(case), "it needs the program `soundcheck`, which is not in PATH");
}
