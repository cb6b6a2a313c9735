// SPDX-License-Identifier: Apache-2.0
//! A run's report again.

use std::path::Path;

use functest_core::record::RunRecord;
use functest_results::Format;

use crate::embed::Functest;
use crate::error::Error;

impl Functest {
    /// What happened in a run, added up from its events, whether it ended, died, or is still running.
    ///
    /// # Errors
    /// When there is no such run, or its events cannot be read.
    pub fn record(&self, run: &str) -> Result<RunRecord, Error> {
        let stored = self.state.find(run)?;
        Ok(functest_results::read(&stored.folder)?)
    }

    /// The report of a run.
    ///
    /// # Errors
    /// As [`Functest::record`].
    pub fn report(&self, run: &str, format: Format) -> Result<String, Error> {
        Ok(functest_results::render(&self.record(run)?, format)?)
    }

    /// Writes the report of a run to a file, which is whole or not there.
    ///
    /// # Errors
    /// As [`Functest::record`], and when the file cannot be written.
    pub fn write_report(&self, run: &str, format: Format, file: &Path) -> Result<(), Error> {
        Ok(functest_results::write(file, self.report(run, format)?.as_bytes())?)
    }
}
