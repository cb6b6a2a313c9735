// SPDX-License-Identifier: Apache-2.0
//! Sinks: whoever listens to a run's events.

use crate::event::Event;

/// A listener. It gets every event once, in order; a run never waits for it.
pub trait Sink: Send {
    /// Takes one event.
    ///
    /// # Errors
    /// When the event is lost for this sink. The run stops, and the other sinks still hear of it.
    fn take(&mut self, event: &Event) -> Result<(), SinkError>;
}

/// A sink could not do its work.
#[derive(Debug, thiserror::Error)]
#[error("{what}: {source}")]
pub struct SinkError {
    /// What it was doing, on what.
    pub what: String,
    /// Why it failed.
    pub source: std::io::Error,
}

impl SinkError {
    /// The error of doing `what`.
    pub fn new(what: impl Into<String>, source: impl Into<std::io::Error>) -> Self {
        Self { what: what.into(), source: source.into() }
    }
}
