// SPDX-License-Identifier: Apache-2.0
//! A run's events, for whoever would rather ask than be told.

use std::sync::Arc;

use functest_core::event::Event;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

/// How many events are kept for somebody who does not ask.
pub(crate) const KEPT: usize = 8192;

/// A run's events from its first one on. Whoever asks too slowly misses some, and is told how many.
#[derive(Debug)]
pub struct EventStream(pub(crate) broadcast::Receiver<Arc<Event>>);

/// So many events were missed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} events came too fast and are missing here; the run's folder has them")]
pub struct Missed(pub u64);

impl EventStream {
    /// The next event; `None` after the last one.
    pub async fn next(&mut self) -> Option<Result<Arc<Event>, Missed>> {
        match self.0.recv().await {
            Ok(event) => Some(Ok(event)),
            Err(RecvError::Lagged(count)) => Some(Err(Missed(count))),
            Err(RecvError::Closed) => None,
        }
    }
}
