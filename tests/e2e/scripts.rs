// SPDX-License-Identifier: Apache-2.0
//! Everybody's scripts as test cases, runs that are made again, and terminals that take nothing.

use std::io::Read;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

use functest::core::record::{RunRecord, RunState};
use functest::core::verdict::Verdict;
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::command::{Ended, functest};
use crate::waiting::wait_until;

const SAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../functest-core/tests/catalogues/xtesting-samples.yaml");

/// A folder with a catalogue and a state folder.
struct Site {
    folder: TempDir,
}

impl Site {
    fn new(cases: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let text = format!("tiers:\n- name: scripts\n  testcases:\n{cases}");
        std::fs::write(folder.path().join("testcases.yaml"), text).unwrap();
        Self { folder }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn command(&self, arguments: &[&str]) -> std::process::Command {
        let mut command = functest(&self.path().join("state"));
        command.args(arguments).current_dir(self.path());
        command
    }

    fn run(&self, arguments: &[&str]) -> Ended {
        Ended::run(&mut self.command(arguments))
    }

    fn record(&self) -> RunRecord {
        let file = self.path().join("state/latest/run.json");
        serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
    }

    fn log(&self, case: &str) -> String {
        std::fs::read_to_string(self.path().join(format!("state/latest/logs/{case}.log"))).unwrap()
    }
}

fn case(name: &str, cmd: &str, more: &str) -> String {
    format!(
        "  - case_name: {name}\n    project_name: mine\n    blocking: false\n{more}    run:\n      name: bashfeature\n      \
         args:\n        cmd: {}\n",
        serde_json::to_string(cmd).unwrap()
    )
}

#[test]
fn a_sample_of_xtestings_own_runs_as_it_is() {
    let site = Site::new("");
    let ended = site.run(&["run", "third", "--catalogue", SAMPLES]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(site.log("third").contains("| Hello World\n"), "{}", site.log("third"));
    let record = site.record();
    let third = record.cases.iter().find(|case| case.choice.case_name == "third").unwrap();
    assert_eq!((third.ended.return_code, third.verdict.clone()), (Some(0), Some(Verdict::Passed)));
}

#[test]
fn scripts_pass_fail_and_are_tried_again() {
    let counts = "n=$(cat tries 2>/dev/null || echo 0); echo $((n + 1)) > tries; [ $n -ge 1 ]";
    let site = Site::new(
        &[case("fine", "echo fine", ""), case("bad", "echo oh >&2; exit 7", ""), case("late", counts, "")].concat(),
    );
    let ended = site.run(&["run", "--catalogue", "testcases.yaml", "--set", "run.attempts=2", "--jobs", "1"]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    let record = site.record();
    let words: Vec<_> = record.cases.iter().map(|case| case.verdict.as_ref().unwrap().word()).collect();
    assert_eq!(words, ["passed", "failed", "flaky"]);
    assert!(ended.out.contains("1 passed, 1 flaky, 1 failed"), "{}", ended.out);
    assert!(ended.out.contains("the command ended with 7; its last line: oh"), "{}", ended.out);
    assert_eq!(record.cases[1].attempts.len(), 1);
}

#[test]
fn a_run_is_made_again_from_its_record() {
    let site = Site::new(&[case("one", "echo one", ""), case("two", "echo $WORD", "")].concat());
    let first = [
        "run",
        "one",
        "--catalogue",
        "testcases.yaml",
        "--set",
        "run.deadline_factor=2",
        "--set",
        "one.max_duration=9",
    ];
    assert_eq!(site.run(&first).code, Some(0));
    let before = site.record();
    assert_eq!(before.head.command[1..5], ["run", "one", "--catalogue", "testcases.yaml"]);
    let ended = Ended::run(site.command(&["run", "--again", "latest", "--jobs", "2"]).current_dir("/"));
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let after = site.record();
    assert_ne!(before.head.run_id, after.head.run_id);
    assert_eq!((after.head.jobs, &after.head.settings), (2, &before.head.settings));
    assert_eq!(after.cases.iter().filter(|case| case.verdict.is_some()).count(), 1);
    let ended = site.run(&["run", "--again", "nonsense"]);
    assert!(ended.code == Some(2) && ended.err.contains("there is no run `nonsense`"), "{ended:?}");
    let ended = site.run(&["run", "--again", "latest", "two"]);
    assert!(ended.code == Some(2) && ended.err.contains("cannot be used with"), "{ended:?}");
}

#[test]
fn wrong_entries_are_refused_before_anything_runs() {
    let table = [
        (case("a", "touch made", "    excludes: nobody\n"), "the catalogue: a.excludes: expected `nothing`"),
        (case("a", "", ""), "a.cmd: there is no command to run"),
    ];
    for (cases, message) in table {
        let site = Site::new(&cases);
        let ended = site.run(&["run", "--catalogue", "testcases.yaml"]);
        assert!(ended.code == Some(2) && ended.err.contains(message), "{ended:?}");
        assert!(!site.path().join("made").exists() && !site.path().join("state").exists());
    }
    let site = Site::new(&case("a", "true", "").replace("cmd:", "comand: x\n        cmd:"));
    let ended = site.run(&["run", "--catalogue", "testcases.yaml"]);
    assert!(ended.err.contains("a.comand: unknown key"), "{ended:?}");
}

/// The record of a run that was stopped while nobody read its standard error.
#[test]
fn a_terminal_that_takes_nothing_stops_neither_the_run_nor_ctrl_c() {
    let many = (0..400).map(|i| case(&format!("case-{i:03}-{}", "x".repeat(150)), "true", "    excludes: nothing\n"));
    let cases: String = many.chain([case("last", "sleep 600", "")]).collect();
    let site = Site::new(&cases);
    let mut command = site.command(&["run", "--catalogue", "testcases.yaml", "--jobs", "4"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // Its pipe is held open, and not read from.
    let _stderr = child.stderr.take().unwrap();
    let mut stdout = child.stdout.take().unwrap();
    let reader = std::thread::spawn(move || {
        let mut out = String::new();
        stdout.read_to_string(&mut out).map(|_| out)
    });
    let events = site.path().join("state/latest/events.jsonl");
    wait_until(|| {
        let text = std::fs::read_to_string(&events).unwrap_or_default();
        text.contains("$ sleep 600") && text.matches(r#""event":"case_finished""#).count() == 400
    });
    let process = Pid::from_raw(child.id().try_into().unwrap()).unwrap();
    kill_process(process, Signal::INT).unwrap();
    let code = wait_for(&mut child);
    let out = reader.join().unwrap().unwrap();
    assert_eq!(code, Some(130), "{out}");
    assert!(out.contains("400 passed"), "{out}");
    let record = site.record();
    assert_eq!((record.state, record.totals.passed), (RunState::Interrupted, 400));
}

fn wait_for(child: &mut Child) -> Option<i32> {
    for _ in 0..6000 {
        if let Some(status) = child.try_wait().unwrap() {
            return status.code();
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    child.kill().unwrap();
    panic!("it did not end within five minutes")
}
