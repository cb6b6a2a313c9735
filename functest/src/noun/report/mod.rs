// SPDX-License-Identifier: Apache-2.0
//! `report`: a run's report again.

mod render;

pub use self::render::{Report, ReportFile, ReportRequest, WriteReportRequest};

use functest_core::record::RunRecord;

use crate::embed::Functest;
use crate::error::Error;

/// What can be done about a run that was; see [`Functest::report`].
#[derive(Clone, Copy)]
pub struct ReportVerbs<'a> {
    functest: &'a Functest,
}

impl Functest {
    /// Reports of runs.
    pub fn report(&self) -> ReportVerbs<'_> {
        ReportVerbs { functest: self }
    }
}

impl ReportVerbs<'_> {
    /// What happened in a run (`latest`, its id, or its folder), added up from its events, whether it ended, died, or is
    /// still running.
    ///
    /// # Errors
    /// When there is no such run, or its events cannot be read.
    pub fn record(&self, run: &str) -> Result<RunRecord, Error> {
        let stored = self.functest.state.find(run)?;
        Ok(functest_results::read(&stored.folder)?)
    }
}
