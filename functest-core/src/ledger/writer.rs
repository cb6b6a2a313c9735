// SPDX-License-Identifier: Apache-2.0
//! The one writer of a run's ledger.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;

use chrono::Utc;
use tokio::sync::oneshot;

use super::{FILE_NAME, Head, Intent, Record};
use crate::stop_point;

/// An open ledger. Cheap to clone; the file stays locked until the last clone is gone.
#[derive(Clone, Debug)]
pub struct Ledger {
    queue: mpsc::Sender<(String, oneshot::Sender<io::Result<()>>)>,
    next: std::sync::Arc<AtomicU64>,
}

impl Ledger {
    /// Starts the ledger of a new run in `folder`.
    ///
    /// # Errors
    /// When the file exists already, or cannot be written.
    pub fn create(folder: &Path, head: &Head) -> io::Result<Self> {
        let mut file = OpenOptions::new().append(true).create_new(true).open(folder.join(FILE_NAME))?;
        file.try_lock()?;
        file.write_all(&line(head)?)?;
        file.sync_all()?;
        File::open(folder)?.sync_all()?;
        Self::start(file, 0)
    }

    /// Takes hold of a dead run's ledger.
    ///
    /// # Errors
    /// When its run is alive or somebody else has it (`WouldBlock`), or the file cannot be opened.
    pub fn lock(folder: &Path) -> io::Result<LockedLedger> {
        let path = folder.join(FILE_NAME);
        let file = OpenOptions::new().append(true).open(&path)?;
        file.try_lock()?;
        Ok(LockedLedger { path, file })
    }

    /// Whether the run that the ledger in `folder` belongs to is alive.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn is_live(folder: &Path) -> io::Result<bool> {
        match File::open(folder.join(FILE_NAME))?.try_lock_shared() {
            Ok(()) => Ok(false),
            Err(std::fs::TryLockError::WouldBlock) => Ok(true),
            Err(std::fs::TryLockError::Error(error)) => Err(error),
        }
    }

    fn start(file: File, next: u64) -> io::Result<Self> {
        let (queue, jobs) = mpsc::channel();
        std::thread::Builder::new().name("ledger".into()).spawn(move || write_all(file, &jobs))?;
        Ok(Self { queue, next: std::sync::Arc::new(AtomicU64::new(next)) })
    }

    /// Appends `record` and returns when it is on the disk. Records that come together are synced together.
    ///
    /// # Errors
    /// When it could not be written; nothing may be asked of the cloud then.
    pub async fn append(&self, record: &Record) -> io::Result<()> {
        let (done, written) = oneshot::channel();
        let gone = || io::Error::other("the ledger's writer has ended");
        let text = String::from_utf8(line(record)?).map_err(io::Error::other)?;
        self.queue.send((text, done)).map_err(|_| gone())?;
        written.await.map_err(|_| gone())?
    }

    /// Writes down that something is about to be asked for; returns its number.
    ///
    /// # Errors
    /// As [`Ledger::append`].
    pub async fn intend(&self, intent: impl FnOnce(u64) -> Intent) -> io::Result<Intent> {
        let seq = self.next.fetch_add(1, Ordering::SeqCst);
        let intent = Intent { seq, at: Utc::now(), ..intent(seq) };
        self.append(&Record::Intent(intent.clone())).await?;
        stop_point::reach("intent.synced");
        Ok(intent)
    }
}

/// A ledger that nobody else can write, before it is written to.
#[derive(Debug)]
pub struct LockedLedger {
    path: PathBuf,
    file: File,
}

impl LockedLedger {
    /// Goes on with it. `next` is the number of the next intent.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn resume(self, next: u64) -> io::Result<Ledger> {
        // A line that the crash cut off was not synced, so its request was not sent; ours must not be glued to it.
        let text = std::fs::read(&self.path)?;
        let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1);
        self.file.set_len(whole as u64)?;
        Ledger::start(self.file, next)
    }
}

fn line(value: &impl serde::Serialize) -> io::Result<Vec<u8>> {
    let mut line = serde_json::to_vec(value)?;
    line.push(b'\n');
    Ok(line)
}

/// Appends all of it or nothing: half a line would run into the next one, and neither could be read.
fn append_whole(file: &mut File, text: &[u8]) -> io::Result<()> {
    let length = file.metadata()?.len();
    file.write_all(text).inspect_err(|_| {
        // Where even that is not possible, the reader finds the next record on the line.
        let _ = file.set_len(length);
    })
}

/// Writes what has queued up, syncs once, and tells everybody who waits.
fn write_all(mut file: File, jobs: &mpsc::Receiver<(String, oneshot::Sender<io::Result<()>>)>) {
    while let Ok(first) = jobs.recv() {
        let mut batch = vec![first];
        batch.extend(jobs.try_iter());
        let text: String = batch.iter().map(|(line, _)| line.as_str()).collect();
        let written = append_whole(&mut file, text.as_bytes()).and_then(|()| file.sync_data());
        for (_, done) in batch {
            let copy = written.as_ref().copied().map_err(|e| io::Error::new(e.kind(), e.to_string()));
            // Who does not wait any more has been cancelled; the record is written all the same.
            let _ = done.send(copy);
        }
    }
}
