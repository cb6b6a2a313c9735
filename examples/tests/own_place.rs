// SPDX-License-Identifier: Apache-2.0
//! A place of one's own: what a run made there is deleted whatever happens to the run, and nothing else is.

#![allow(clippy::unwrap_used, reason = "a test says what is wrong by ending")]

#[allow(dead_code, reason = "each test uses a part of what they share")]
mod program;

use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::Output;

use functest::{CleanRequest, Functest, RunCleanState, StateFolder};
use tempfile::TempDir;

use self::program::{Program, case, stdout};

/// What somebody else keeps in the folder, with a name that looks like one of ours.
const STRANGER: &str = "20260101-000000-00000000-0.txt";

/// The program, and a folder for it that others use too.
fn program_and_folder() -> (Program, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(STRANGER), "mine").unwrap();
    (Program::new(env!("CARGO_BIN_EXE_own_place")), folder)
}

fn run(program: &Program, folder: &Path) -> Output {
    program.command(&[folder.to_str().unwrap()]).output().unwrap()
}

/// A run that is killed when it has written its second intent, and has not acted on it.
fn killed_run(program: &Program, folder: &Path) {
    let mut command = program.command(&[folder.to_str().unwrap()]);
    let output = command.env("FUNCTEST_STOP_AT", "intent.synced:2").output().unwrap();
    assert_eq!(output.status.signal(), Some(9), "{output:?}");
    assert_eq!(names(folder).len(), 2);
}

fn clean(program: &Program, folder: &Path) -> Output {
    program.command(&[folder.to_str().unwrap(), "clean"]).output().unwrap()
}

fn names(folder: &Path) -> Vec<String> {
    folder.read_dir().unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn a_run_that_ends_leaves_nothing() {
    let (program, folder) = program_and_folder();
    let output = run(&program, folder.path());
    assert!(output.status.success(), "{output:?}");
    assert_eq!(stdout(&output), "letters passed; 3 files were deleted\n");
    assert_eq!(names(folder.path()), [STRANGER]);
    let record = program.record();
    let deleted = &case(&record, "letters").clean_up.deleted;
    assert!(deleted.iter().all(|thing| thing.kind == "file" && thing.name.starts_with(&record.head.run_id)));
    assert_eq!(stdout(&clean(&program, folder.path())), "");
}

#[test]
fn what_a_killed_run_left_is_deleted_and_nothing_else() {
    let (program, folder) = program_and_folder();
    killed_run(&program, folder.path());
    let made = names(folder.path()).into_iter().find(|name| name != STRANGER).unwrap();
    let output = clean(&program, folder.path());
    assert!(output.status.success(), "{output:?}");
    // The second file was never made: only the first one is said to be deleted.
    let run_id = made.strip_suffix("-0.txt").unwrap();
    assert_eq!(stdout(&output), format!("{run_id}: deleted file {made}\n"));
    assert_eq!(names(folder.path()), [STRANGER]);
    assert_eq!(stdout(&clean(&program, folder.path())), "");
}

#[test]
fn another_folder_is_not_touched() {
    let (program, folder) = program_and_folder();
    killed_run(&program, folder.path());
    let other = tempfile::tempdir().unwrap();
    for name in names(folder.path()) {
        std::fs::write(other.path().join(name), "").unwrap();
    }
    let output = clean(&program, other.path());
    assert!(output.status.code() == Some(1) && stdout(&output).contains("the run was in {\"path\":"), "{output:?}");
    assert_eq!((names(folder.path()).len(), names(other.path()).len()), (2, 2));
}

#[test]
fn a_folder_that_cannot_be_seen_is_not_a_folder_without_files() {
    let (program, folder) = program_and_folder();
    killed_run(&program, folder.path());
    let away = folder.path().with_extension("away");
    std::fs::rename(folder.path(), &away).unwrap();
    let output = clean(&program, folder.path());
    assert!(output.status.code() == Some(1) && stdout(&output).contains("there is no folder"), "{output:?}");
    std::fs::rename(&away, folder.path()).unwrap();
    assert!(clean(&program, folder.path()).status.success());
    assert_eq!(names(folder.path()), [STRANGER]);
}

#[tokio::test]
async fn functest_without_the_place_leaves_it_alone() {
    let (program, folder) = program_and_folder();
    killed_run(&program, folder.path());
    let functest = Functest::new().with_state(StateFolder::new(program.state_folder()));
    let report = functest.openstack().clean(&CleanRequest::default()).await.unwrap();
    let RunCleanState::Failed { reason } = &report.runs[0].state else { panic!("{report:?}") };
    assert_eq!(
        reason,
        "this functest does not know the place `shared folder`: it has to be cleaned by the program that made the run"
    );
    assert_eq!((report.exit_code(), names(folder.path()).len()), (1, 2));
    // The entry is still there for whoever knows the place.
    assert!(clean(&program, folder.path()).status.success());
    assert_eq!(names(folder.path()), [STRANGER]);
}
