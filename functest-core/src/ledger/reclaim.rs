// SPDX-License-Identifier: Apache-2.0
//! Who finds and deletes what a dead run left in a place.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::Value;

use super::Journal;
use crate::event::CleanUp;

/// Knows a place: how things that a ledger tells of are found there again, and deleted.
#[async_trait]
pub trait Reclaimer: Send + Sync {
    /// The place's name, as ledgers write it.
    fn place(&self) -> &str;

    /// Which place it is, for the head of a run's ledger, and for whoever cleans up after that run.
    fn identity(&self) -> Value {
        Value::Null
    }

    /// Whether the place that a ledger describes went away together with the process that made it, and everything in it.
    fn is_gone(&self, identity: &Value) -> bool {
        let _ = identity;
        false
    }

    /// Deletes everything of the journal that is in this place, and writes down what is gone. What could not be deleted is in
    /// the answer, with the reason.
    ///
    /// # Errors
    /// When the place cannot be reached at all.
    async fn reclaim(&self, journal: &Arc<Journal>) -> Result<CleanUp, ReclaimError>;
}

/// Why a place could not be reached.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ReclaimError(pub Box<dyn std::error::Error + Send + Sync>);

impl ReclaimError {
    /// An error of any kind.
    pub fn new(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self(error.into())
    }
}
