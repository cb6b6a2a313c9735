// SPDX-License-Identifier: Apache-2.0
//! The folder of a run: its events as they come, a log a case, and the reports when it ends.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, Write};
use std::path::{Path, PathBuf};

use functest_core::event::{Event, EventBody, Output};
use functest_core::record::{Fold, FoldError, RunRecord, fold_lines};
use functest_core::sink::SinkError;
use functest_core::words::file_name;
use functest_core::{Sink, exit_code};

use crate::layout::{EVENTS_FILE, LOGS_FOLDER};
use crate::{Error, Format, atomic, case_log, render};

/// The sink that keeps a run in a folder.
///
/// Every event is handed to the operating system before the next one comes, so a killed run leaves all that happened;
/// at the end of each case and of the run it is on the disk.
#[derive(Debug)]
pub struct RunFolder {
    folder: PathBuf,
    events: File,
    /// The length of what is whole in `events`.
    length: u64,
    fold: Option<Fold>,
    logs: HashMap<String, Log>,
}

/// The open log of a case.
#[derive(Debug)]
struct Log {
    file: File,
    path: PathBuf,
    /// Whether what a tool wrote last has ended its line.
    at_line_start: bool,
}

impl Log {
    fn write(&mut self, text: &str) -> Result<(), Error> {
        self.file.write_all(text.as_bytes()).map_err(|source| Error::Append { file: self.path.clone(), source })
    }
}

impl RunFolder {
    /// A sink for a new run in `folder`, which is made when it does not exist.
    ///
    /// # Errors
    /// [`Error::MakeFolder`]; [`Error::Taken`] when there is a run in it already.
    pub fn create(folder: impl Into<PathBuf>) -> Result<Self, Error> {
        let folder = folder.into();
        let made = fs::create_dir_all(folder.join(LOGS_FOLDER))
            .and_then(|()| OpenOptions::new().append(true).create_new(true).open(folder.join(EVENTS_FILE)));
        match made {
            Ok(events) => Ok(Self { folder, events, length: 0, fold: None, logs: HashMap::new() }),
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists && folder.join(EVENTS_FILE).exists() => {
                Err(Error::Taken { folder })
            }
            Err(source) => Err(Error::MakeFolder { folder, source }),
        }
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.folder
    }

    fn keep(&mut self, event: &Event) -> Result<(), Error> {
        let file = self.folder.join(EVENTS_FILE);
        let failed = |source| Error::Append { file: file.clone(), source };
        let mut line = serde_json::to_vec(event).map_err(|e| failed(e.into()))?;
        line.push(b'\n');
        if let Err(e) = self.events.write_all(&line) {
            // Half a line in the middle would make the whole file unreadable, should a later one find room again.
            let _ = self.events.set_len(self.length);
            return Err(failed(e));
        }
        self.length += line.len() as u64;
        match event.body {
            EventBody::CaseFinished { .. } | EventBody::RunFinished { .. } => self.events.sync_data().map_err(failed),
            _ => Ok(()),
        }
    }

    fn fold(&mut self, event: &Event) -> Result<(), Error> {
        match &mut self.fold {
            Some(fold) => fold.take(event),
            None => {
                let failed = |source: FoldError| Error::Events { file: self.folder.join(EVENTS_FILE), source };
                self.fold = Some(Fold::begin(event).map_err(failed)?);
            }
        }
        Ok(())
    }

    fn log(&mut self, event: &Event) -> Result<(), Error> {
        let Some(case) = case_log::case_of(event) else { return Ok(()) };
        let ends = matches!(event.body, EventBody::CaseFinished { .. });
        if ends && !self.logs.contains_key(case) {
            // It was never started; the reports say why.
            return Ok(());
        }
        let log = self.log_of(case)?;
        if !log.at_line_start {
            log.at_line_start = true;
            log.write("\n")?;
        }
        log.write(&case_log::lines(event))?;
        if ends {
            self.logs.remove(case);
        }
        Ok(())
    }

    fn log_of(&mut self, case: &str) -> Result<&mut Log, Error> {
        match self.logs.entry(case.to_owned()) {
            Entry::Occupied(log) => Ok(log.into_mut()),
            Entry::Vacant(place) => {
                let path = self.folder.join(LOGS_FOLDER).join(file_name(case) + ".log");
                let file = OpenOptions::new().append(true).create(true).open(&path);
                let file = file.map_err(|source| Error::Append { file: path.clone(), source })?;
                Ok(place.insert(Log { file, path, at_line_start: true }))
            }
        }
    }

    fn keep_output(&mut self, output: &Output) -> Result<(), Error> {
        let log = self.log_of(&output.case_name)?;
        let text = case_log::output(&output.text, &mut log.at_line_start);
        log.write(&text)
    }

    /// A run whose folder cannot be kept ends as a failure of our own, and what can be written of it says so.
    fn report(&self, event: &Event, is_kept: bool) -> Result<(), Error> {
        let (EventBody::RunFinished { .. }, Some(fold)) = (&event.body, &self.fold) else { return Ok(()) };
        let record = fold.record();
        let written = if is_kept { write_reports(&self.folder, &record) } else { Ok(()) };
        if is_kept && written.is_ok() {
            return Ok(());
        }
        let broken = RunRecord { exit_code: Some(exit_code::INTERNAL), ..record };
        written.and(write_reports(&self.folder, &broken))
    }
}

impl Sink for RunFolder {
    fn name(&self) -> &str {
        "the run folder"
    }

    fn is_essential(&self) -> bool {
        true
    }

    fn take(&mut self, event: &Event) -> Result<(), SinkError> {
        // Each is tried whatever became of the others: what can be kept is kept.
        let kept = [self.keep(event), self.fold(event), self.log(event)];
        let reported = self.report(event, kept.iter().all(Result::is_ok));
        kept.into_iter().chain([reported]).collect::<Result<(), Error>>().map_err(SinkError::from)
    }

    fn output(&mut self, output: &Output) -> Result<(), SinkError> {
        Ok(self.keep_output(output)?)
    }
}

/// Writes every [`Format`] of a record to its file in `folder`. For a run that died this is what brings its reports.
///
/// # Errors
/// The first; the other files are written all the same.
pub fn write_reports(folder: &Path, record: &RunRecord) -> Result<(), Error> {
    let write = |format: Format| atomic::write(&folder.join(format.file_name()), render(record, format)?.as_bytes());
    // All three are tried before the first error is looked for.
    Format::ALL.map(write).into_iter().collect()
}

/// The record of the run in `folder`, made of its events: also of a run that died, or is still going on, whose state is
/// then [unfinished](functest_core::record::RunState::Unfinished).
///
/// # Errors
/// [`Error::Read`] when the events cannot be read; [`Error::Events`] when they are not what a run writes.
pub fn read(folder: &Path) -> Result<RunRecord, Error> {
    let file = folder.join(EVENTS_FILE);
    let opened = File::open(&file).map_err(|source| Error::Read { file: file.clone(), source })?;
    fold_lines(BufReader::new(opened)).map_err(|e| match e {
        FoldError::Unreadable(source) => Error::Read { file, source },
        source => Error::Events { file, source },
    })
}
