// SPDX-License-Identifier: Apache-2.0
//! A running run, from outside.

use functest_core::event::CancelLevel;
use functest_core::exit_code;
use functest_core::record::RunRecord;
use tokio::task::JoinHandle;

use crate::cancel::CancelHandle;
use crate::error::{RunError, SinkTrouble};
use crate::hub::Hub;
use crate::stream::EventStream;

/// A run that has started.
#[derive(Debug)]
pub struct RunHandle {
    pub(crate) cancel: CancelHandle,
    pub(crate) run: JoinHandle<()>,
    pub(crate) hub: Hub,
    pub(crate) events: Option<EventStream>,
}

/// How a run ended.
#[derive(Debug)]
pub struct RunOutcome {
    /// What happened, added up.
    pub record: RunRecord,
    /// What a process that ran it ends with.
    pub exit_code: u8,
    /// What went wrong with sinks.
    pub sink_troubles: Vec<SinkTrouble>,
}

impl RunHandle {
    /// Asks the run to stop. Asking again for the same or less changes nothing.
    pub fn cancel(&self, level: CancelLevel) {
        self.cancel.cancel(level);
    }

    /// A way to ask the run to stop while somebody else waits for its end.
    pub fn cancel_handle(&self) -> CancelHandle {
        self.cancel.clone()
    }

    /// The run's events, from the first one on. They are given away once.
    pub fn events(&mut self) -> Option<EventStream> {
        self.events.take()
    }

    /// Waits for the end.
    ///
    /// # Errors
    /// When the runner itself failed.
    pub async fn join(mut self) -> Result<RunOutcome, RunError> {
        // Events that nobody asked for need not be kept.
        self.events = None;
        self.run.await.map_err(|e| RunError::Lost(e.to_string()))?;
        let (mut record, sink_troubles) = self.hub.join().await?;
        let is_broken = sink_troubles.iter().any(|trouble| trouble.is_essential);
        let exit_code = if is_broken { exit_code::INTERNAL } else { record.exit_code.unwrap_or(exit_code::INTERNAL) };
        // The trouble may have come after the run's own last word.
        record.exit_code = Some(exit_code);
        Ok(RunOutcome { record, exit_code, sink_troubles })
    }
}
