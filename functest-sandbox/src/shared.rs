// SPDX-License-Identifier: Apache-2.0
//! What everything that serves the cloud shares.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::api::Router;
use crate::services::Cloud;

/// The cloud, and what leads to it.
#[derive(Debug)]
pub(crate) struct Shared {
    cloud: Mutex<Cloud>,
    pub(crate) router: Router<Cloud>,
    /// Told after every call: something may be due, or may have become reachable.
    pub(crate) changed: Notify,
}

impl Shared {
    pub(crate) fn new(cloud: Cloud, router: Router<Cloud>) -> Self {
        Self { cloud: Mutex::new(cloud), router, changed: Notify::new() }
    }

    /// The cloud, for as long as a call takes. Nobody waits for anything while holding it.
    pub(crate) fn cloud(&self) -> MutexGuard<'_, Cloud> {
        self.cloud.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
