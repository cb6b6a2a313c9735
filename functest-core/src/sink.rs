// SPDX-License-Identifier: Apache-2.0
//! Sinks: whoever listens to a run's events.

use crate::event::{Event, Output};

/// A listener. It gets every event once, in order, on a thread of its own; neither the run nor another sink waits for it.
pub trait Sink: Send {
    /// What it is, for messages, such as `the run folder`.
    fn name(&self) -> &str;

    /// Whether a run that it misses something of is worth nothing. A run ends when an essential sink fails; of any other
    /// that is only said. One that is not essential misses events while it lags too far behind.
    fn is_essential(&self) -> bool {
        false
    }

    /// Takes one event.
    ///
    /// # Errors
    /// When the event is lost for this sink. It is not asked again.
    fn take(&mut self, event: &Event) -> Result<(), SinkError>;

    /// Takes what a case's tool wrote. It is no event: reports are not made of it. A sink that is not essential only hears of
    /// what is for the console.
    ///
    /// # Errors
    /// As [`take`](Self::take).
    fn output(&mut self, output: &Output) -> Result<(), SinkError> {
        let _ = output;
        Ok(())
    }
}

/// A sink could not do its work.
#[derive(Debug, thiserror::Error)]
#[error("{what}: {source}")]
pub struct SinkError {
    /// What it was doing, on what.
    pub what: String,
    /// Why it failed.
    pub source: Box<dyn std::error::Error + Send + Sync>,
}

impl SinkError {
    /// The error of doing `what`.
    pub fn new(what: impl Into<String>, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self { what: what.into(), source: source.into() }
    }
}
