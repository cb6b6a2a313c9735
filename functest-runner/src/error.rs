// SPDX-License-Identifier: Apache-2.0
//! Why a run could not be run, and what became of its sinks.

use std::fmt;

/// A run that could not be run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// There is no thread for the cases or the sinks.
    #[error("cannot start a thread: {0}")]
    NoThread(std::io::Error),
    /// The runner itself failed.
    #[error("the run was lost: {0}")]
    Lost(String),
}

/// What went wrong with a sink.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SinkTrouble {
    /// The sink's name.
    pub sink: String,
    /// Whether the run is worth nothing without it.
    pub is_essential: bool,
    /// What happened, in words.
    pub what: String,
}

impl fmt::Display for SinkTrouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.sink, self.what)
    }
}
