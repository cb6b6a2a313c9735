// SPDX-License-Identifier: Apache-2.0
//! Copies of a run's files, which know nothing of whether the run is alive.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::bench::{Bench, QUICK};
use crate::command::Ended;

/// As an artifact is copied from a machine.
fn copy(from: &Path, to: PathBuf) -> PathBuf {
    let ended = Ended::run(Command::new("cp").args(["-r", "-L"]).args([from, &to]));
    assert_eq!(ended.code, Some(0), "{ended:?}");
    to
}

/// A run whose server never comes up, once there is one.
fn with_a_server(bench: &Bench) -> Child {
    let mut run = bench.functest(&["run", "snaps_health_check", "--cloud", "sandbox-admin", "-q"]);
    let mut child = run.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    for _ in 0..6000 {
        if bench.sandbox.inventory()["servers"] > bench.before["servers"] {
            return child;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    panic!("no server was made within five minutes");
}

#[test]
fn a_copy_is_cleaned_only_when_its_run_is_dead() {
    let bench = Bench::new(&["server_stuck_in_build"]);
    let latest = bench.folder.path().join("state/latest");
    let clean = |folder: &Path, more: &[&str]| {
        let mut command = bench.functest(&["openstack", "clean"]);
        Ended::run(command.arg(folder).args(more).args(QUICK))
    };
    let mut run = with_a_server(&bench);
    let beside = copy(&latest, bench.folder.path().join("beside"));
    let ended = clean(&beside, &[]);
    assert!(ended.code == Some(0) && ended.out.contains("is alive"), "{ended:?}");
    assert!(bench.sandbox.inventory()["servers"] > bench.before["servers"], "it was left alone");
    run.kill().unwrap();
    run.wait().unwrap();

    // Where the original is, nobody knows.
    let original = latest.canonicalize().unwrap();
    let hidden = bench.folder.path().join("hidden");
    std::fs::rename(&original, &hidden).unwrap();
    let ended = clean(&beside, &[]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.out.contains("this is a copy of a run that wrote to") && ended.out.contains("--force"), "{ended:?}");
    assert!(bench.sandbox.inventory()["servers"] > bench.before["servers"], "it was left alone");

    // The original is there again, and is dead.
    std::fs::rename(&hidden, &original).unwrap();
    let ended = clean(&beside, &[]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    bench.assert_empty("the copy was cleaned");

    let mut run = with_a_server(&bench);
    run.kill().unwrap();
    run.wait().unwrap();
    let original = latest.canonicalize().unwrap();
    let moved = bench.folder.path().join("moved");
    std::fs::rename(&original, &moved).unwrap();
    assert_eq!(clean(&moved, &[]).code, Some(1));
    let ended = clean(&moved, &["--force"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    bench.assert_empty("it was said that the run is dead");
}

/// The folder of a run that was killed, as a copy: nobody finds the original any more.
fn copy_of_a_dead_run(bench: &Bench, name: &str) -> PathBuf {
    let original = bench.killed_run();
    let moved = copy(&original, bench.folder.path().join(name));
    std::fs::remove_dir_all(original).unwrap();
    moved
}

/// Changes every line of a file of JSON lines.
fn change(file: &Path, change: impl Fn(&mut Value)) {
    let text = std::fs::read_to_string(file).unwrap();
    let changed = text.lines().map(|line| {
        let mut line: Value = serde_json::from_str(line).unwrap();
        change(&mut line);
        format!("{line}\n")
    });
    std::fs::write(file, changed.collect::<String>()).unwrap();
}

/// As if all that a line tells had been long ago.
fn age(line: &mut Value) {
    for key in ["at", "started"] {
        if let Some(time) = line.get_mut(key) {
            *time = "2026-01-01T00:00:00Z".into();
        }
    }
}

#[test]
fn a_copy_of_a_run_that_was_not_heard_of_for_long_is_cleaned_without_a_question() {
    let bench = Bench::new(&["server_stuck_in_build"]);
    let moved = copy_of_a_dead_run(&bench, "moved");
    let clean = || Ended::run(bench.functest(&["openstack", "clean"]).arg(&moved).args(QUICK));
    for file in ["ledger.jsonl", "events.jsonl"] {
        let ended = clean();
        assert!(ended.code == Some(1) && ended.out.contains("may still be"), "{file} is of now: {ended:?}");
        change(&moved.join(file), age);
    }
    let ended = clean();
    assert_eq!(ended.code, Some(0), "{ended:?}");
    bench.assert_empty("the copy was cleaned");
}

#[test]
fn a_ledger_that_does_not_say_where_its_run_is_is_cleaned_without_a_question() {
    let bench = Bench::new(&["server_stuck_in_build"]);
    let without_folder = |line: &mut Value| drop(line.as_object_mut().unwrap().remove("folder"));
    let of_version_1 = |line: &mut Value| {
        let line = line.as_object_mut().unwrap();
        line.remove("place");
        if let Some(mut places) = line.remove("places") {
            line.insert("cloud".into(), places["cloud"].take());
            line.insert("version".into(), 1.into());
        }
    };
    for version in [2, 1] {
        let moved = copy_of_a_dead_run(&bench, &format!("of-version-{version}"));
        let ledger = moved.join("ledger.jsonl");
        change(&ledger, without_folder);
        if version == 1 {
            change(&ledger, of_version_1);
        }
        let ended = Ended::run(bench.functest(&["openstack", "clean"]).arg(&moved).args(QUICK));
        assert_eq!(ended.code, Some(0), "{version}: {ended:?}");
        assert!(ended.out.contains("left 0"), "{version}: {ended:?}");
        bench.assert_empty(&format!("version {version}"));
    }
}
