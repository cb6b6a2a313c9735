// SPDX-License-Identifier: Apache-2.0
//! What a run writes down where a file may not grow any more, as on a disk that is full: whole lines, or nothing.
//!
//! It limits the whole process, and is one of its own therefore.
#![expect(clippy::unwrap_used, reason = "what a test cannot do is a failure of the test")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use chrono::Utc;
use functest_core::Sink;
use functest_core::event::{self, Event, EventBody, Level};
use functest_core::ledger::{self, Book, Head, Intent, Ledger};
use functest_core::record::RunState;
use functest_results::{EVENTS_FILE, RunFolder, read};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// The largest size of a file of this process.
struct Limit {
    before: Rlimit,
    /// While it is listened for, a file that may not grow is an error of its writer, and not the end of the process.
    _signal: Signal,
}

impl Limit {
    fn of(bytes: u64) -> Self {
        let signal = signal(SignalKind::from_raw(rustix::process::Signal::XFSZ.as_raw())).unwrap();
        let before = getrlimit(Resource::Fsize);
        setrlimit(Resource::Fsize, Rlimit { current: Some(bytes), ..before }).unwrap();
        Self { before, _signal: signal }
    }
}

impl Drop for Limit {
    fn drop(&mut self) {
        setrlimit(Resource::Fsize, self.before).unwrap();
    }
}

/// The lines of a file, all of which are whole.
fn whole_lines(file: &Path) -> usize {
    let text = fs::read_to_string(file).unwrap();
    assert!(text.ends_with('\n'), "{text}");
    text.lines().count()
}

async fn the_ledger_stays_whole(folder: &Path) {
    let head = Head {
        version: ledger::VERSION,
        run_id: "r".into(),
        places: BTreeMap::new(),
        started: Utc::now(),
        settle_seconds: 1.0,
        folder: None,
    };
    let ledger = Ledger::create(folder, &head).unwrap();
    let intend = || ledger.intend(|seq| Intent::named(seq, ledger::CLOUD, "c", "network", "n"));
    let limit = Limit::of(1500);
    let mut written = 0;
    while intend().await.is_ok() {
        written += 1;
    }
    let file = folder.join(ledger::FILE_NAME);
    assert_eq!(whole_lines(&file), 1 + written);
    drop(limit);
    intend().await.unwrap();
    let book = Book::read(folder).unwrap().unwrap();
    assert_eq!((book.entries.len(), book.torn), (written + 1, Vec::new()));
}

fn the_events_stay_whole(folder: &Path) {
    let mut sink = RunFolder::create(folder).unwrap();
    let mut seq = 0;
    let mut take = |body: EventBody| {
        let event = Event { v: event::VERSION, seq, at: Utc::now(), body };
        seq += 1;
        sink.take(&event)
    };
    let log = || EventBody::Log { case_name: None, level: Level::Info, message: "a word".into() };
    take(EventBody::RunStarted(Box::default())).unwrap();
    let limit = Limit::of(1500);
    let mut written = 0;
    while take(log()).is_ok() {
        written += 1;
    }
    let file = folder.join(EVENTS_FILE);
    assert_eq!(whole_lines(&file), 1 + written);
    drop(limit);
    take(log()).unwrap();
    take(EventBody::RunFinished { duration_ms: 1, exit_code: 3 }).unwrap();
    assert_eq!(whole_lines(&file), written + 3);
    let record = read(folder).unwrap();
    assert_eq!((record.state, record.messages.len()), (RunState::Finished, written + 1));
}

#[tokio::test]
async fn what_does_not_fit_is_not_there_at_all() {
    let folder = tempfile::tempdir().unwrap();
    the_ledger_stays_whole(folder.path()).await;
    the_events_stay_whole(folder.path());
}
