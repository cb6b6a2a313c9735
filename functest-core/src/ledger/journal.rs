// SPDX-License-Identifier: Apache-2.0
//! A ledger together with what it says at present.

use std::collections::{BTreeMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::Utc;

use super::{Book, Entry, Head, Intent, Ledger, LedgerError, Record, State};

/// An open ledger that can be asked what is still to be deleted.
#[derive(Debug)]
pub struct Journal {
    head: Head,
    ledger: Ledger,
    entries: Mutex<BTreeMap<u64, Entry>>,
    adopted: Mutex<HashSet<String>>,
}

impl Journal {
    /// The journal of a new run, in `folder`.
    ///
    /// # Errors
    /// As [`Ledger::create`].
    pub fn create(folder: &Path, head: Head) -> io::Result<Self> {
        // JSON cannot name a folder that is no text.
        let head = Head { folder: folder.canonicalize()?.to_str().map(PathBuf::from), ..head };
        let ledger = Ledger::create(folder, &head)?;
        Ok(Self { head, ledger, entries: Mutex::default(), adopted: Mutex::default() })
    }

    /// The journal of a dead run, in order to finish it; `None` when the run had asked for nothing.
    ///
    /// # Errors
    /// When its run is alive or somebody else finishes it (`WouldBlock`), or the ledger cannot be read or written.
    pub fn resume(folder: &Path) -> Result<Option<Self>, LedgerError> {
        let unusable = |source| LedgerError::Unreadable { path: folder.join(super::FILE_NAME), source };
        // Locked first: what is read must not change any more.
        let locked = Ledger::lock(folder).map_err(unusable)?;
        let Some(book) = Book::read(folder)? else { return Ok(None) };
        let ledger = locked.resume(book.next()).map_err(unusable)?;
        let adopted = book.adopted.into_iter().collect();
        Ok(Some(Self { head: book.head, ledger, entries: Mutex::new(book.entries), adopted: Mutex::new(adopted) }))
    }

    /// Whose journal it is.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// Writes down that something is about to be asked for. Only after that may it be asked for.
    ///
    /// # Errors
    /// When it could not be written.
    pub async fn intend(&self, intent: impl FnOnce(u64) -> Intent) -> io::Result<Intent> {
        let intent = self.ledger.intend(intent).await?;
        let entry = Entry { intent: intent.clone(), state: State::Unanswered };
        lock(&self.entries).insert(intent.seq, entry);
        Ok(intent)
    }

    /// Writes down the id of what was made.
    ///
    /// # Errors
    /// When it could not be written. What was made is remembered all the same.
    pub async fn made(&self, seq: u64, id: &str) -> io::Result<()> {
        self.settle(seq, State::Made(id.to_owned()));
        self.ledger.append(&Record::Made { seq, id: id.to_owned() }).await
    }

    /// Writes down that the cloud refused, so that nothing was made.
    ///
    /// # Errors
    /// When it could not be written.
    pub async fn refused(&self, seq: u64, reason: &str) -> io::Result<()> {
        self.settle(seq, State::Gone);
        self.ledger.append(&Record::Refused { seq, reason: reason.to_owned() }).await
    }

    /// Writes down that the cloud answered with an error of its own: it exists already, or never will.
    ///
    /// # Errors
    /// When it could not be written.
    pub async fn doubtful(&self, seq: u64, reason: &str) -> io::Result<()> {
        let at = Utc::now();
        self.settle(seq, State::Doubtful { since: at });
        self.ledger.append(&Record::Doubtful { seq, reason: reason.to_owned(), at }).await
    }

    /// Writes down that nothing is left of it.
    ///
    /// # Errors
    /// When it could not be written.
    pub async fn gone(&self, seq: u64) -> io::Result<()> {
        self.settle(seq, State::Gone);
        self.ledger.append(&Record::Gone { seq }).await
    }

    /// Writes down that `id` was found rather than made, so that it is never deleted.
    ///
    /// # Errors
    /// When it could not be written.
    pub async fn adopt(&self, scope: &str, kind: &str, id: &str, name: &str) -> io::Result<()> {
        lock(&self.adopted).insert(id.to_owned());
        let text = str::to_owned;
        let record = Record::Adopted { scope: text(scope), kind: text(kind), id: text(id), name: text(name) };
        self.ledger.append(&record).await
    }

    /// Whether `id` was found rather than made.
    pub fn is_adopted(&self, id: &str) -> bool {
        lock(&self.adopted).contains(id)
    }

    /// What may still exist in a place, of one case or of all.
    pub fn open_in(&self, place: &str, scope: Option<&str>) -> Vec<Entry> {
        let entries = lock(&self.entries);
        let is_wanted = |entry: &&Entry| entry.state != State::Gone && entry.intent.is_of(place, scope);
        entries.values().filter(is_wanted).cloned().collect()
    }

    /// What may still exist, in whichever place.
    pub fn open(&self) -> Vec<Entry> {
        let entries = lock(&self.entries);
        entries.values().filter(|entry| entry.state != State::Gone).cloned().collect()
    }

    /// What is said to be gone in a place, of one case or of all.
    pub fn gone_in(&self, place: &str, scope: Option<&str>) -> Vec<Entry> {
        let entries = lock(&self.entries);
        let is_wanted = |entry: &&Entry| entry.state == State::Gone && entry.intent.is_of(place, scope);
        entries.values().filter(is_wanted).cloned().collect()
    }

    /// What was asked for under a number.
    pub fn intent(&self, seq: u64) -> Option<Intent> {
        lock(&self.entries).get(&seq).map(|entry| entry.intent.clone())
    }

    /// The number under which `id` was made.
    pub fn number_of(&self, kind: &str, id: &str) -> Option<u64> {
        let entries = lock(&self.entries);
        let made = |entry: &&Entry| entry.intent.kind == kind && matches!(&entry.state, State::Made(it) if it == id);
        entries.values().find(made).map(|entry| entry.intent.seq)
    }

    fn settle(&self, seq: u64, state: State) {
        if let Some(entry) = lock(&self.entries).get_mut(&seq) {
            entry.state = state;
        }
    }
}

/// Each change is one insertion; a panic cannot leave half of one.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
