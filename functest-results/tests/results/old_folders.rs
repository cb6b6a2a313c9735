// SPDX-License-Identifier: Apache-2.0
//! The folders of runs that earlier versions of functest have left.

use std::path::{Path, PathBuf};

use functest_core::ledger::Book;
use functest_core::record::{FoldError, RunState};
use functest_results::{EVENTS_FILE, Error, Format, read, render};

fn folder(version: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/folders").join(version)
}

/// A copy of the folder's events with a line more, or without its end.
fn changed(change: impl FnOnce(String) -> String) -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    let text = std::fs::read_to_string(folder("v1").join(EVENTS_FILE)).unwrap();
    std::fs::write(copy.path().join(EVENTS_FILE), change(text)).unwrap();
    copy
}

#[test]
fn a_run_of_version_1_reads_as_it_was() {
    let record = read(&folder("v1")).unwrap();
    assert_eq!((record.state, record.exit_code), (RunState::Finished, Some(1)));
    assert_eq!((record.totals.passed, record.totals.failed, record.totals.flaky), (2, 1, 0));
    let words: Vec<_> = record.cases.iter().filter_map(|case| case.verdict.as_ref()).map(|v| v.word()).collect();
    assert_eq!(words, ["passed", "passed", "failed"]);
    let case = &record.cases[2];
    assert_eq!((case.choice.case_name.as_str(), case.checks.len()), ("snaps_health_check", 1));
    assert!(case.checks[0].states.starts_with("a server with one port becomes ACTIVE"));
    assert!(case.messages.iter().any(|message| message.text.ends_with("is ACTIVE")));
    assert!(record.cases.iter().all(|case| !case.clean_up.deleted.is_empty()));
    assert!(record.api.len() > 10 && record.head.request.is_none());
    for format in Format::ALL {
        assert!(render(&record, format).unwrap().contains("snaps_health_check"), "{format}");
    }
}

#[test]
fn a_run_of_version_1_that_died_reads_as_it_was() {
    let cut = changed(|text| {
        let end = text.rfind("\"event\":\"check_finished\"").unwrap();
        text[..end].to_owned()
    });
    let record = read(cut.path()).unwrap();
    assert_eq!(record.state, RunState::Unfinished);
    assert_eq!(record.cases[2].checks[0].outcome.word(), "errored");
}

#[test]
fn a_ledger_of_version_1_reads_as_it_was() {
    let book = Book::read(&folder("v1")).unwrap().unwrap();
    let cloud = book.head.cloud().unwrap();
    assert!(cloud.sandbox && cloud.auth_url.starts_with("http://127.0.0.1:"));
    assert!(book.entries.len() > 5 && book.open().next().is_none());
    assert!(book.entries.values().all(|entry| entry.intent.place == "cloud"));
}

#[test]
fn an_event_of_a_newer_version_is_refused_by_its_version_whatever_its_form() {
    let newer = changed(|text| text + "{\"v\":3,\"what\":{\"nobody\":\"knows\"}}\n{\"v\":3}\n");
    let Err(Error::Events { source: FoldError::TooNew { line, version: 3 }, .. }) = read(newer.path()) else {
        panic!("it was read")
    };
    let lines = std::fs::read_to_string(newer.path().join(EVENTS_FILE)).unwrap().lines().count();
    assert_eq!(line, lines - 1);
}
