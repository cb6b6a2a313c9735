// SPDX-License-Identifier: Apache-2.0
//! Copies of a run's files, which know nothing of whether the run is alive.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

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
