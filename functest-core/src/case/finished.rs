// SPDX-License-Identifier: Apache-2.0
//! What a tool has found out by itself.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::event::Attachment;
use crate::verdict::CheckOutcome;

/// A check that was made elsewhere: its result came from a file or a stream, with times of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct FinishedCheck {
    /// Its name.
    pub name: String,
    /// How it ended.
    pub outcome: CheckOutcome,
    /// When it started; `None` where the tool does not say.
    pub started: Option<DateTime<Utc>>,
    /// How long it took.
    pub duration: Duration,
    /// Files that belong to it.
    pub attachments: Vec<Attachment>,
    /// What else the tool has to say about it, in a form of its own.
    pub details: Option<Value>,
}

impl FinishedCheck {
    /// A check of which only this is known.
    pub fn new(name: impl Into<String>, outcome: CheckOutcome) -> Self {
        Self {
            name: name.into(),
            outcome,
            started: None,
            duration: Duration::ZERO,
            attachments: Vec::new(),
            details: None,
        }
    }
}
