// SPDX-License-Identifier: Apache-2.0
//! A running run, from outside.

use functest_core::event::CancelLevel;
use functest_core::exit_code;
use functest_core::record::RunRecord;
use functest_core::sink::SinkError;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::fan_out::FanOut;

/// The strongest cancel that was asked for.
pub(crate) type Cancelled = watch::Receiver<Option<CancelLevel>>;

/// Asks a run to stop. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Cancel(std::sync::Arc<watch::Sender<Option<CancelLevel>>>);

impl Cancel {
    pub(crate) fn ask(&self, level: CancelLevel) {
        self.0.send_if_modified(|present| {
            let stronger = *present < Some(level);
            if stronger {
                *present = Some(level);
            }
            stronger
        });
    }
}

pub(crate) fn cancel_channel() -> (Cancel, Cancelled) {
    let (sender, receiver) = watch::channel(None);
    (Cancel(std::sync::Arc::new(sender)), receiver)
}

/// A run that has started.
#[derive(Debug)]
pub struct RunHandle {
    cancel: Cancel,
    run: JoinHandle<()>,
    fan_out: FanOut,
}

/// How a run ended.
#[derive(Debug)]
pub struct RunOutcome {
    /// What happened, added up.
    pub record: RunRecord,
    /// What a process that ran it ends with.
    pub exit_code: u8,
    /// Why the first sink that failed did.
    pub sink_error: Option<SinkError>,
}

/// A run that could not be run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// There is no thread for the sinks.
    #[error("cannot start a thread for the reports: {0}")]
    NoThread(std::io::Error),
    /// The runner itself failed.
    #[error("the run was lost: {0}")]
    Lost(String),
}

impl RunHandle {
    pub(crate) fn new(cancel: Cancel, run: JoinHandle<()>, fan_out: FanOut) -> Self {
        Self { cancel, run, fan_out }
    }

    /// Asks the run to stop. Asking again for the same or less changes nothing.
    pub fn cancel(&self, level: CancelLevel) {
        self.cancel.ask(level);
    }

    /// A way to ask the run to stop while somebody else waits for its end.
    pub fn canceller(&self) -> impl Fn(CancelLevel) + Clone + Send + Sync + 'static {
        let cancel = self.cancel.clone();
        move |level| cancel.ask(level)
    }

    /// Waits for the end.
    ///
    /// # Errors
    /// When the runner itself failed.
    pub async fn join(self) -> Result<RunOutcome, RunError> {
        self.run.await.map_err(|e| RunError::Lost(e.to_string()))?;
        let (record, sink_error) = self.fan_out.join().await?;
        let exit_code = match (&sink_error, record.exit_code) {
            (Some(_), _) | (None, None) => exit_code::INTERNAL,
            (None, Some(code)) => code,
        };
        Ok(RunOutcome { record, exit_code, sink_error })
    }
}
