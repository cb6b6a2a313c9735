// SPDX-License-Identifier: Apache-2.0
//! What the terminal shows, word for word: a change of it is seen, and meant.
//!
//! `INSTA_UPDATE=always cargo test -p functest-cli --test e2e terminal` takes what is shown now.

use std::path::Path;

use crate::command::{Ended, functest};

const CATALOGUE: &str = "\
tiers:
- name: smoke
  order: 1
  testcases:
  - case_name: script
    project_name: mine
    run: {name: bashfeature, args: {cmd: 'echo out; exit 3'}}
    criteria: ret == 3
  - case_name: wrong
    project_name: mine
    blocking: true
    run: {name: bashfeature, args: {cmd: 'exit 1'}}
  - case_name: foreign
    project_name: mine
    run: {name: no_such_tool}
  - case_name: elsewhere
    project_name: mine
    dependencies: [{DEPLOY_SCENARIO: '^os-odl'}]
    run: {name: bashfeature, args: {cmd: 'true'}}
- name: later
  order: 2
  testcases:
  - {case_name: blocked, project_name: mine, run: {name: bashfeature, args: {cmd: 'true'}}}
";

/// Runs functest in a folder with [`CATALOGUE`]; gives its exit code and all that it printed, without what is never the same.
fn shown(arguments: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("testcases.yaml"), CATALOGUE).unwrap();
    let mut command = functest(&folder.path().join("state"));
    let ended = Ended::run(command.args(arguments).current_dir(folder.path()).env("HOME", folder.path()));
    let code = ended.code.unwrap();
    let text = format!("exit code {code}\n--- standard output\n{}--- standard error\n{}", ended.out, ended.err);
    text.lines().map(|line| settled(line, folder.path()) + "\n").collect()
}

/// A line without the folder of the test, times, and the run's id.
fn settled(line: &str, folder: &Path) -> String {
    let line = line.replace(&folder.display().to_string(), "(folder)");
    let words: Vec<&str> = line.split(' ').collect();
    let mut settled: Vec<String> = Vec::new();
    for word in words {
        let is_unit = matches!(word.trim_end_matches([',', ')']), "ms" | "s" | "min" | "h");
        match settled.last_mut() {
            Some(number) if is_unit && is_number(number) => *number = "(time)".into(),
            _ => settled.push(without_run_id(word)),
        }
    }
    // The width of a column of times is that of the longest.
    let indented = line.len() - line.trim_start().len();
    let mut columns: Vec<&str> = settled.iter().map(String::as_str).filter(|word| !word.is_empty()).collect();
    // A minute and some seconds are one time.
    columns.dedup_by(|one, other| one == other && *one == "(time)");
    " ".repeat(indented) + &columns.join(" ")
}

fn is_number(word: &str) -> bool {
    !word.is_empty() && word.chars().all(|c| c.is_ascii_digit() || c == '.')
}

/// `20261128-021113-8282b386` is such an id.
fn without_run_id(word: &str) -> String {
    let is_id = |part: &&str| part.len() == 24 && part.bytes().filter(|byte| *byte == b'-').count() == 2;
    match word.split(['/', ',']).find(is_id) {
        Some(id) => word.replace(id, "(run)"),
        None => word.to_owned(),
    }
}

/// Runs functest, and compares with the snapshot of that name.
fn assert_shown(name: &str, arguments: &[&str]) {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, shown(arguments)));
}

#[test]
fn what_lists_and_plans() {
    assert_shown("tier_list", &["tier", "list"]);
    assert_shown("testcase_list", &["testcase", "list", "--catalogue", "testcases.yaml"]);
    assert_shown("testcase_show", &["testcase", "show", "nodes_check"]);
    assert_shown("dry_run", &["run", "--dry-run", "--catalogue", "testcases.yaml", "--exclude", "wrong"]);
    assert_shown("config_show", &["config", "show"]);
}

#[test]
fn what_runs() {
    assert_shown("run", &["run", "--catalogue", "testcases.yaml", "--jobs", "1"]);
    assert_shown("run_quiet", &["run", "-q", "--catalogue", "testcases.yaml", "--jobs", "1"]);
    assert_shown("run_on_sandbox", &["run", "-q", "healthcheck", "--cloud", "sandbox"]);
}

#[test]
fn what_is_wrong() {
    assert_shown("unknown_case", &["run", "helthcheck", "--cloud", "sandbox"]);
    assert_shown(
        "unknown_setting",
        &["run", "healthcheck", "--cloud", "sandbox", "--set", "api_check.cdir=10.0.0.0/8"],
    );
    assert_shown("no_cloud", &["run", "healthcheck"]);
    assert_shown("no_run", &["report", "latest"]);
}
