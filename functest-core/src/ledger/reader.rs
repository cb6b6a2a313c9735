// SPDX-License-Identifier: Apache-2.0
//! A ledger read back: what its run made, and what is still to be deleted.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use crate::event::Thing;

use super::{FILE_NAME, Head, Intent, Record, VERSION};

/// What is known about something a run asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// No answer was written down: it may exist, or may yet come to exist.
    Unanswered,
    /// The cloud answered with an error of its own: it exists already, or never will.
    Doubtful {
        /// When it answered.
        since: DateTime<Utc>,
    },
    /// It exists, under this id.
    Made(String),
    /// Nothing is left of it.
    Gone,
}

/// Something a run asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What was intended.
    pub intent: Intent,
    /// What became of it.
    pub state: State,
}

/// A whole ledger.
#[derive(Clone, Debug, PartialEq)]
pub struct Book {
    /// Whose it is.
    pub head: Head,
    /// By number.
    pub entries: BTreeMap<u64, Entry>,
    /// Ids of what was found rather than made; never to be deleted.
    pub adopted: Vec<String>,
    /// Lines, from 1, of which not everything can be read: a full disk or a broken one has torn them. What stood there is not
    /// known.
    pub torn: Vec<usize>,
}

/// How every record begins.
const RECORD_START: &str = "{\"record\":";

/// What the first line of every version has.
#[derive(serde::Deserialize)]
struct Versioned {
    version: u32,
}

/// Why a ledger cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// It cannot be read.
    #[error("cannot read the ledger {}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A line that is not a record.
    #[error("{}:{line}: this is not a record of a ledger: {reason}", path.display())]
    NoRecord {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// Written by a newer functest.
    #[error("{} is of version {version}, and this functest reads up to version {VERSION}: use the functest that wrote it, or a later one", path.display())]
    TooNew {
        /// The file.
        path: PathBuf,
        /// Its version.
        version: u32,
    },
}

impl Entry {
    /// The thing that it is about.
    pub fn thing(&self) -> Thing {
        let id = match &self.state {
            State::Made(id) => id.clone(),
            _ => String::new(),
        };
        Thing { kind: self.intent.kind.clone(), id, name: self.intent.name.clone() }
    }
}

impl LedgerError {
    /// Whether the ledger's run is alive, or somebody else finishes it.
    pub fn is_locked(&self) -> bool {
        matches!(self, Self::Unreadable { source, .. } if source.kind() == io::ErrorKind::WouldBlock)
    }
}

impl Book {
    /// Reads the ledger of the run in `folder`; `None` when the run died before it had asked for anything.
    ///
    /// # Errors
    /// When the file cannot be read or is no ledger. A last line that a crash cut off is passed over: its intent was
    /// not synced, so its request was not sent.
    pub fn read(folder: &Path) -> Result<Option<Self>, LedgerError> {
        let path = folder.join(FILE_NAME);
        let text = match std::fs::read(&path) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(LedgerError::Unreadable { path, source }),
        };
        let no_record = |line: usize, e: serde_json::Error| LedgerError::NoRecord {
            path: path.clone(),
            line: line + 1,
            reason: e.to_string(),
        };
        let mut lines = text.split_inclusive('\n').enumerate().filter(|(_, line)| !line.trim().is_empty()).peekable();
        let Some((number, first)) = lines.next() else { return Ok(None) };
        // Looked at first: what a newer functest writes need not have the form of ours.
        if let Ok(Versioned { version }) = serde_json::from_str(first)
            && version > VERSION
        {
            return Err(LedgerError::TooNew { path, version });
        }
        let head: Head = match serde_json::from_str(first) {
            Ok(head) => head,
            Err(_) if lines.peek().is_none() => return Ok(None),
            Err(e) => return Err(no_record(number, e)),
        };
        let mut book = Self { head, entries: BTreeMap::new(), adopted: Vec::new(), torn: Vec::new() };
        while let Some((number, line)) = lines.next() {
            match serde_json::from_str(line) {
                Ok(record) => book.take(record),
                Err(_) if lines.peek().is_none() => {}
                Err(_) => book.take_torn(number + 1, line),
            }
        }
        Ok(Some(book))
    }

    /// Takes what can be read of a torn line: a record that was written after half of another one.
    fn take_torn(&mut self, number: usize, line: &str) {
        self.torn.push(number);
        let starts = line.match_indices(RECORD_START).map(|(start, _)| start);
        if let Some(record) = starts.into_iter().find_map(|start| serde_json::from_str(&line[start..]).ok()) {
            self.take(record);
        }
    }

    fn take(&mut self, record: Record) {
        let mut settle = |seq: u64, state: State| {
            if let Some(entry) = self.entries.get_mut(&seq) {
                entry.state = state;
            }
        };
        match record {
            Record::Intent(intent) => {
                self.entries.insert(intent.seq, Entry { intent, state: State::Unanswered });
            }
            Record::Made { seq, id } => settle(seq, State::Made(id)),
            Record::Doubtful { seq, at, .. } => settle(seq, State::Doubtful { since: at }),
            Record::Refused { seq, .. } | Record::Gone { seq } => settle(seq, State::Gone),
            Record::Adopted { id, .. } => self.adopted.push(id),
        }
    }

    /// What may still exist.
    pub fn open(&self) -> impl Iterator<Item = &Entry> {
        self.entries.values().filter(|entry| entry.state != State::Gone)
    }

    /// The number after the last intent's.
    pub fn next(&self) -> u64 {
        self.entries.keys().next_back().map_or(0, |last| last + 1)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use chrono::Utc;

    use super::super::Ledger;
    use super::*;

    fn head() -> Head {
        Head {
            version: VERSION,
            run_id: "r".into(),
            places: BTreeMap::from([(super::super::CLOUD.to_owned(), serde_json::json!({"auth_url": "http://c"}))]),
            started: Utc::now(),
            settle_seconds: 1.0,
            folder: None,
        }
    }

    fn intent(seq: u64) -> Intent {
        let text = |s: &str| s.to_owned();
        Intent {
            seq,
            place: text("cloud"),
            scope: text("c"),
            kind: text("network"),
            name: text("n"),
            mark: text("m"),
            within: BTreeMap::new(),
            at: Utc::now(),
        }
    }

    #[tokio::test]
    async fn what_is_written_is_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Ledger::create(folder.path(), &head()).unwrap();
        for _ in 0..3 {
            ledger.intend(intent).await.unwrap();
        }
        ledger.append(&Record::Made { seq: 0, id: "x".into() }).await.unwrap();
        ledger.append(&Record::Refused { seq: 1, reason: "quota".into() }).await.unwrap();
        let book = Book::read(folder.path()).unwrap().unwrap();
        let open: Vec<_> = book.open().map(|e| (e.intent.seq, e.state.clone())).collect();
        assert_eq!(open, [(0, State::Made("x".into())), (2, State::Unanswered)]);
        assert_eq!(book.next(), 3);
        assert_eq!(Ledger::lock(folder.path()).unwrap_err().kind(), io::ErrorKind::WouldBlock);
    }

    #[tokio::test]
    async fn a_line_that_was_torn_loses_only_itself() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Ledger::create(folder.path(), &head()).unwrap();
        ledger.intend(intent).await.unwrap();
        let mut file = std::fs::OpenOptions::new().append(true).open(folder.path().join(FILE_NAME)).unwrap();
        file.write_all(b"{\"record\":\"int").unwrap();
        assert_eq!(Book::read(folder.path()).unwrap().unwrap().entries.len(), 1);
        drop(ledger);
        let ledger = loop {
            // The writer's thread lets the lock go when it has seen that nobody writes any more.
            match Ledger::lock(folder.path()) {
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => std::thread::yield_now(),
                locked => break locked.unwrap().resume(1).unwrap(),
            }
        };
        ledger.append(&Record::Gone { seq: 0 }).await.unwrap();
        assert_eq!(Book::read(folder.path()).unwrap().unwrap().open().count(), 0);
        drop(ledger);
        // The disk was full in the middle of a line, and had room again for the next one.
        file.write_all(b"{\"record\":\"made\",\"se{\"record\":\"made\",\"seq\":0,\"id\":\"x\"}\nnonsense\n").unwrap();
        file.write_all(b"{\"record\":\"adopted\",\"scope\":\"c\",\"kind\":\"k\",\"id\":\"y\",\"name\":\"\"}\n")
            .unwrap();
        let book = Book::read(folder.path()).unwrap().unwrap();
        assert_eq!(book.torn, [4, 5]);
        assert_eq!(book.entries[&0].state, State::Made("x".into()));
        assert_eq!(book.adopted, ["y"]);
    }

    #[test]
    fn version_1_knew_one_place() {
        let folder = tempfile::tempdir().unwrap();
        let write = |text: &str| std::fs::write(folder.path().join(FILE_NAME), text).unwrap();
        write(
            "{\"version\":1,\"run_id\":\"r\",\"cloud\":{\"name\":null,\"auth_url\":\"http://c\",\"region\":null,\"project_id\":null,\
             \"project\":null,\"user\":null},\"started\":\"2026-01-01T00:00:00Z\",\"settle_seconds\":1.0}\n\
             {\"record\":\"intent\",\"seq\":0,\"scope\":\"c\",\"kind\":\"network\",\"name\":\"n\",\"mark\":\"m\",\
             \"at\":\"2026-01-01T00:00:00Z\"}\n",
        );
        let book = Book::read(folder.path()).unwrap().unwrap();
        assert_eq!(book.head.cloud().unwrap().auth_url, "http://c");
        assert_eq!(book.entries[&0].intent.place, super::super::CLOUD);
        write("{\"version\":3,\"everything\":\"else\"}\n");
        assert!(matches!(Book::read(folder.path()).unwrap_err(), LedgerError::TooNew { version: 3, .. }));
    }
}
