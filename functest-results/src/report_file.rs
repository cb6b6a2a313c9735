// SPDX-License-Identifier: Apache-2.0
//! One report more, where somebody else looks for it.

use std::path::PathBuf;

use functest_core::Sink;
use functest_core::event::{Event, EventBody};
use functest_core::record::Fold;
use functest_core::sink::SinkError;

use crate::{Error, Format, Readers, render, write_named};

/// The sink that writes a run's report to a file when the run ends, beside those in the run folder.
#[derive(Debug)]
pub struct ReportFile {
    name: String,
    format: Format,
    file: PathBuf,
    fold: Option<Fold>,
}

impl ReportFile {
    /// A report in this format, in place of what is in `file`, whose folder is made when it does not exist.
    pub fn new(format: Format, file: PathBuf) -> Self {
        Self { name: format!("the report {}", file.display()), format, file, fold: None }
    }

    fn write(&self) -> Result<(), Error> {
        let Some(fold) = &self.fold else { return Ok(()) };
        if let Some(folder) = self.file.parent() {
            std::fs::create_dir_all(folder).map_err(|source| Error::Write { file: self.file.clone(), source })?;
        }
        write_named(&self.file, render(&fold.record(), self.format)?.as_bytes(), Readers::Anybody)
    }
}

impl Sink for ReportFile {
    fn name(&self) -> &str {
        &self.name
    }

    fn take(&mut self, event: &Event) -> Result<(), SinkError> {
        match &mut self.fold {
            Some(fold) => fold.take(event),
            None => {
                self.fold = Some(Fold::begin(event).map_err(|e| SinkError::new("cannot make sense of the run", e))?)
            }
        }
        match event.body {
            EventBody::RunFinished { .. } => Ok(self.write()?),
            _ => Ok(()),
        }
    }
}
