// SPDX-License-Identifier: Apache-2.0
//! What an essential sink raises when it fails.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::cancel::CancelHandle;

/// Stops the run, and keeps in mind that it is worth nothing. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Alarm {
    cancel: CancelHandle,
    raised: Arc<AtomicBool>,
}

impl Alarm {
    pub(crate) fn new(cancel: CancelHandle) -> Self {
        Self { cancel, raised: Arc::default() }
    }

    /// Stops the run because of `trouble`.
    pub(crate) fn raise(&self, trouble: &str) {
        // First, so that whoever sees the cancel sees this too.
        self.raised.store(true, Ordering::SeqCst);
        self.cancel.stop_because(&format!("the run was stopped because of {trouble}"));
    }

    /// Whether it was raised. The run looks at it before it says what it ends with.
    pub(crate) fn is_raised(&self) -> bool {
        self.raised.load(Ordering::SeqCst)
    }
}
