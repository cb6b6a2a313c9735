// SPDX-License-Identifier: Apache-2.0
//! The run folder: what is in it, at every moment and whatever happens.

use std::fs;
use std::io::Write;
use std::path::Path;

use functest_core::Sink;
use functest_core::event::Event;
use functest_core::record::{RunRecord, RunState};
use functest_results::{EVENTS_FILE, Error, Format, LOGS_FOLDER, RunFolder, read, render, write_reports};
use tempfile::TempDir;

use crate::{events, record, sample};

fn kept(events: &[Event]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut sink = RunFolder::create(folder.path()).unwrap();
    events.iter().for_each(|event| sink.take(event).unwrap());
    folder
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_run_leaves_its_files_and_no_others() {
    for (name, make) in sample::ALL {
        let folder = kept(&make());
        let mut expected = vec![EVENTS_FILE, LOGS_FOLDER];
        if name != "died" {
            expected.extend(Format::ALL.map(Format::file_name));
        }
        expected.sort_unstable();
        assert_eq!(names(folder.path()), expected, "{name}");
    }
}

#[test]
fn every_report_is_made_of_the_events_alone() {
    for (name, make) in sample::ALL {
        let folder = kept(&make());
        let folded = read(folder.path()).unwrap();
        assert_eq!(folded, record(name), "{name}");
        if folded.state == RunState::Unfinished {
            write_reports(folder.path(), &folded).unwrap();
        }
        for format in Format::ALL {
            let written = fs::read_to_string(folder.path().join(format.file_name())).unwrap();
            assert_eq!(written, render(&folded, format).unwrap(), "{name} {format}");
        }
        let json = fs::read(folder.path().join("run.json")).unwrap();
        assert_eq!(serde_json::from_slice::<RunRecord>(&json).unwrap(), folded, "{name}");
    }
}

#[test]
fn every_event_is_in_the_file_before_the_next_one_comes() {
    let folder = tempfile::tempdir().unwrap();
    let mut sink = RunFolder::create(folder.path()).unwrap();
    for (i, event) in events("passed").iter().enumerate() {
        sink.take(event).unwrap();
        let text = fs::read_to_string(folder.path().join(EVENTS_FILE)).unwrap();
        assert_eq!(text.lines().count(), i + 1);
        assert!(text.ends_with('\n'));
    }
}

#[test]
fn a_case_has_a_log_once_it_started() {
    let folder = kept(&events("failed"));
    let expected = ["api_check", "cinder_test", "connection_check", "heat_ims", "snaps_health_check", "vping_ssh"];
    let expected: Vec<_> = expected.iter().chain(&["vping_userdata"]).map(|case| format!("{case}.log")).collect();
    assert_eq!(names(&folder.path().join(LOGS_FOLDER)), expected);
    let log = fs::read_to_string(folder.path().join(LOGS_FOLDER).join("vping_ssh.log")).unwrap();
    // Many requests of a kind say no more than one of them.
    let log: Vec<_> = log.lines().filter(|line| !line.contains("GET compute")).collect();
    insta::assert_snapshot!("case_log", log.join("\n"));
}

#[test]
fn no_name_leads_out_of_the_folder() {
    let outer = tempfile::tempdir().unwrap();
    let inner = outer.path().join("deep/run");
    let mut sink = RunFolder::create(&inner).unwrap();
    events("hostile").iter().for_each(|event| sink.take(event).unwrap());
    assert_eq!(names(outer.path()), ["deep"]);
    assert_eq!(names(&outer.path().join("deep")), ["run"]);
    assert_eq!(names(&inner.join(LOGS_FOLDER)).len(), 4);
}

#[test]
fn a_run_that_died_within_a_line_is_read_up_to_it() {
    let folder = kept(&events("died"));
    let before = read(folder.path()).unwrap();
    assert_eq!(before.state, RunState::Unfinished);
    assert_eq!(before.exit_code, None);
    let mut file = fs::OpenOptions::new().append(true).open(folder.path().join(EVENTS_FILE)).unwrap();
    // Cut off within a character of two bytes.
    file.write_all(b"{\"v\":1,\"seq\":7,\"message\":\"\xc3").unwrap();
    assert_eq!(read(folder.path()).unwrap(), before);
}

#[test]
fn a_folder_is_one_run_s() {
    let folder = kept(&events("empty"));
    let error = RunFolder::create(folder.path()).unwrap_err();
    assert!(matches!(&error, Error::Taken { folder: taken } if taken == folder.path()), "{error}");
}

#[test]
fn errors_name_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(EVENTS_FILE);
    let error = read(folder.path()).unwrap_err().to_string();
    assert!(error.starts_with(&format!("cannot read the run: {}: ", file.display())), "{error}");
    fs::write(&file, "{}\n{}\n").unwrap();
    let error = read(folder.path()).unwrap_err().to_string();
    assert!(error.starts_with(&format!("cannot make sense of {}: line 1 ", file.display())), "{error}");
    let taken = folder.path().join("file");
    fs::write(&taken, "").unwrap();
    let error = RunFolder::create(taken.join("run")).unwrap_err().to_string();
    assert!(error.contains("cannot make the run folder"), "{error}");
}

#[test]
fn one_report_that_cannot_be_written_does_not_cost_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let mut sink = RunFolder::create(folder.path()).unwrap();
    fs::create_dir(folder.path().join("run.json")).unwrap();
    let events = events("passed");
    let (last, others) = events.split_last().unwrap();
    others.iter().for_each(|event| sink.take(event).unwrap());
    let error = sink.take(last).unwrap_err().to_string();
    assert!(error.contains("run.json"), "{error}");
    assert_eq!(names(folder.path()), [EVENTS_FILE, "junit.xml", LOGS_FOLDER, "report.html", "run.json"]);
    assert_eq!(read(folder.path()).unwrap().state, RunState::Finished);
}
