// SPDX-License-Identifier: Apache-2.0
//! Lines of shell as test cases: what they write, how they end, and that nothing of them is left.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by ending")]

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use functest_core::catalogue::Catalogue;
use functest_core::driver::Drivers;
use functest_core::event::{CancelLevel, Event, EventBody, Output, RunHead};
use functest_core::provider::Providers;
use functest_core::record::CaseRecord;
use functest_core::selection::{Choice, Decision};
use functest_core::settings::{SettingsError, SettingsLayers};
use functest_core::sink::{Sink, SinkError};
use functest_core::verdict::Verdict;
use functest_drivers::drivers;
use functest_runner::{EventChannel, Plan, PlannedCase, PlannedTier, RunHandle, start};

/// Keeps what cases wrote, as the run folder does.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<String>>);

impl Sink for Log {
    fn name(&self) -> &str {
        "the log"
    }

    fn is_essential(&self) -> bool {
        true
    }

    fn take(&mut self, _event: &Event) -> Result<(), SinkError> {
        Ok(())
    }

    fn output(&mut self, output: &Output) -> Result<(), SinkError> {
        self.0.lock().unwrap().push_str(&output.text);
        Ok(())
    }
}

/// A catalogue of one case, whose entry has these lines.
fn plan(entry: &str) -> Result<Plan, SettingsError> {
    let yaml = format!("tiers: [{{name: t, testcases: [{{case_name: script, {entry}}}]}}]");
    let catalogue = Catalogue::parse("t.yaml", &yaml).unwrap();
    let (_, spec) = catalogue.cases().next().unwrap();
    let drivers: Drivers = drivers();
    let driver = drivers.find(&spec.driver).unwrap();
    let (settings, warnings) =
        SettingsLayers::default().merge("script", &driver.settings(spec), &spec.args, &|_| None).unwrap();
    assert_eq!(warnings, Vec::<String>::new());
    let prepared = driver.prepare(spec, settings)?;
    let case = PlannedCase {
        name: "script".into(),
        case: prepared.body.into(),
        needs: prepared.needs,
        checks: driver.checks(spec),
        criteria: spec.criteria,
        blocking: true,
        deadline: prepared.deadline.unwrap_or(Duration::from_secs(600)),
    };
    let choice = Choice {
        tier: "t".into(),
        case_name: "script".into(),
        project_name: "p".into(),
        decision: Decision::Selected,
        reason: String::new(),
        out_of_scope: None,
        blocking: true,
        criteria: spec.criteria,
    };
    let head = RunHead { run_id: "r".into(), cases: vec![choice], ..RunHead::default() };
    let tiers = vec![PlannedTier { name: "t".into(), cases: vec![case], without_driver: Vec::new() }];
    Ok(Plan { head, tiers, jobs: 1, attempts: 1, scope: None, deadline_factor: 1.0 })
}

fn begin(entry: &str) -> (RunHandle, Log) {
    let log = Log::default();
    let sinks: Vec<Box<dyn Sink>> = vec![Box::new(log.clone())];
    (start(plan(entry).unwrap(), Providers::default(), EventChannel::default(), sinks).unwrap(), log)
}

async fn run(entry: &str) -> (CaseRecord, String) {
    let (handle, log) = begin(entry);
    let outcome = handle.join().await.unwrap();
    assert!(outcome.sink_troubles.is_empty());
    let log = log.0.lock().unwrap().clone();
    (outcome.record.cases.into_iter().next().unwrap(), log)
}

fn line(cmd: &str) -> String {
    format!("run: {{name: bashfeature, args: {{cmd: {}}}}}", serde_json::to_string(cmd).unwrap())
}

fn reason(case: &CaseRecord) -> String {
    case.verdict.as_ref().and_then(Verdict::reason).unwrap_or_default().to_owned()
}

/// Whether a process whose command line holds this is alive.
fn lives(mark: &str) -> bool {
    let processes = Path::new("/proc").read_dir().unwrap().flatten();
    let command_lines = processes.filter_map(|process| std::fs::read(process.path().join("cmdline")).ok());
    command_lines.map(|line| String::from_utf8_lossy(&line).into_owned()).any(|line| line.contains(mark))
}

#[tokio::test]
async fn what_a_line_leaves_in_the_background_ends_with_it() {
    for left in ["sleep 86311 > /dev/null 2>&1 &", "exec > /dev/null 2>&1; sleep 86311 &"] {
        let (case, _) = run(&line(&format!("{left} sleep 0.2"))).await;
        assert_eq!(case.verdict, Some(Verdict::Passed), "{left}");
        for _ in 0..100 {
            if !lives("sleep\x0086311") {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert!(!lives("sleep\x0086311"), "{left}");
    }
}

#[tokio::test]
async fn without_a_shell_a_line_is_words() {
    let entry = |shell: bool| {
        let line = r#"printf "%s|" '$HOME' "a b" $((1+1))"#;
        format!("run: {{name: bashfeature, args: {{cmd: {}, shell: {shell}}}}}", serde_json::to_string(line).unwrap())
    };
    assert_eq!(run(&entry(true)).await.1, "$HOME|a b|2|");
    assert_eq!(run(&entry(false)).await.1, "$HOME|a b|$((1+1))|");
    let error = plan("run: {name: bashfeature, args: {cmd: \"echo 'a\", shell: false}}").err().unwrap();
    assert!(error.to_string().contains("script.cmd: it has a quotation mark without a second one"), "{error}");
}

#[tokio::test]
async fn a_line_that_ends_with_0_passes_and_its_output_is_in_the_log() {
    let (case, log) = run(&line("printf 'out\\n'; printf 'err \\033[31m\\377\\n' >&2; sleep 0.1; echo end")).await;
    assert_eq!((case.verdict.clone(), case.ended.return_code), (Some(Verdict::Passed), Some(0)));
    assert!(log.contains("out\n") && log.contains("err \u{1b}[31m\u{fffd}\n") && log.ends_with("end\n"), "{log:?}");
}

#[tokio::test]
async fn a_line_that_ends_otherwise_fails_with_its_last_words() {
    let (case, _) = run(&line("echo fine; echo 'no such pod' >&2; exit 3")).await;
    assert_eq!(reason(&case), "command: the command ended with 3; its last line: no such pod");
    assert_eq!(case.ended.return_code, Some(3));
    let (case, _) = run(&line("kill -9 $$")).await;
    assert_eq!(case.ended.return_code, Some(137));
}

#[tokio::test]
async fn criteria_of_old_see_the_exit_status() {
    let (case, _) = run(&format!("criteria: 'ret == 3', {}", line("exit 3"))).await;
    assert_eq!(case.verdict, Some(Verdict::Passed));
    let (case, _) = run(&format!("criteria: 'ret == 0', {}", line("exit 3"))).await;
    assert_eq!(case.verdict.unwrap().word(), "failed");
}

#[tokio::test]
async fn what_a_line_started_ends_when_its_time_is_over() {
    let mark = "86401.25";
    let entry = format!(
        "run: {{name: bashfeature, args: {{cmd: \"trap '' TERM; sleep {mark} & echo waiting; wait; sleep {mark}\", max_duration: 5}}}}"
    );
    let (case, log) = run(&entry).await;
    assert_eq!(reason(&case), "command: the command was ended after 5s; its last line: waiting");
    assert_eq!(log, "waiting\n");
    assert!(!lives(mark), "something of it is left");
}

#[tokio::test]
async fn what_a_line_left_in_the_background_ends_with_it() {
    let mark = "86402.25";
    let (case, _) = run(&line(&format!("sleep {mark} & exit 0"))).await;
    assert_eq!(case.verdict, Some(Verdict::Passed));
    assert!(!lives(mark), "something of it is left");
}

#[tokio::test]
async fn a_cancel_ends_the_line_and_what_it_started() {
    let mark = "86403.25";
    let (mut handle, _) = begin(&line(&format!("sleep {mark} & sleep {mark}")));
    let mut events = handle.events().unwrap();
    while let Some(event) = events.next().await {
        if matches!(&event.unwrap().body, EventBody::Log { message, .. } if message.starts_with("$ ")) {
            break;
        }
    }
    while !lives(mark) {
        tokio::task::yield_now().await;
    }
    handle.cancel(CancelLevel::Stop);
    let outcome = handle.join().await.unwrap();
    assert_eq!(reason(&outcome.record.cases[0]), "interrupted by the user");
    while lives(mark) {
        // A process that is killed needs a moment to be gone.
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_flood_of_output_is_passed_on_whole() {
    let (case, log) = run(&line("yes 0123456789 | head -c 20000000")).await;
    assert_eq!((case.verdict, log.len()), (Some(Verdict::Passed), 20_000_000));
}

#[tokio::test]
async fn variables_of_the_entry_are_set_unless_they_are_set_already() {
    let entry = "run: {name: bashfeature, args: {cmd: 'echo $COLOUR $PATH'}, env: {COLOUR: blue, PATH: nowhere}}";
    let (_, log) = run(entry).await;
    assert!(log.starts_with("blue ") && !log.contains("nowhere"), "{log}");
}

#[test]
fn an_entry_without_a_command_is_refused() {
    let Err(error) = plan("run: {name: bashfeature}").map(drop) else { panic!("it was taken") };
    assert_eq!(error.key, "cmd");
    let Err(error) = plan("run: {name: bashfeature, args: {cmd: x, max_duration: soon}}").map(drop) else {
        panic!("it was taken")
    };
    assert_eq!((error.origin.as_str(), error.key.as_str()), ("the catalogue's run.args", "max_duration"));
}

#[test]
fn the_classes_of_old_are_known() {
    for module in ["functest.core.feature_base", "functest.core.feature", "xtesting.core.feature"] {
        plan(&format!("run: {{module: {module}, class: BashFeature, args: {{cmd: 'true'}}}}")).unwrap();
    }
}
