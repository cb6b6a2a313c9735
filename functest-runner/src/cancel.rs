// SPDX-License-Identifier: Apache-2.0
//! Asking a run to stop.

use std::sync::Arc;

use functest_core::event::CancelLevel;
use tokio::sync::watch;

/// What is said of a run that its user stopped.
const BY_THE_USER: &str = "interrupted by the user";

/// That a run is to stop, and why.
#[derive(Clone, Debug)]
pub(crate) struct Cancel {
    pub(crate) level: CancelLevel,
    /// Said of every case that does not come to its end because of it.
    pub(crate) reason: Arc<str>,
    /// Whether somebody wanted it, rather than something being wrong.
    pub(crate) by_the_user: bool,
}

/// Asks a run to stop. Cheap to clone; it may outlive the run.
#[derive(Clone, Debug)]
pub struct CancelHandle(Arc<watch::Sender<Option<Cancel>>>);

/// Sees whether a run is to stop.
#[derive(Clone, Debug)]
pub(crate) struct Cancelled(watch::Receiver<Option<Cancel>>);

impl CancelHandle {
    /// Asks the run to stop: first to end and clean up, then to leave the clean-up for later. Asking again for the same or
    /// less changes nothing.
    pub fn cancel(&self, level: CancelLevel) {
        self.ask(Cancel { level, reason: BY_THE_USER.into(), by_the_user: true });
    }

    /// Stops the run because something is wrong with it.
    pub(crate) fn stop_because(&self, reason: &str) {
        self.ask(Cancel { level: CancelLevel::Stop, reason: reason.into(), by_the_user: false });
    }

    fn ask(&self, cancel: Cancel) {
        self.0.send_if_modified(|present| {
            let is_stronger = present.as_ref().is_none_or(|present| present.level < cancel.level);
            if is_stronger {
                *present = Some(cancel);
            }
            is_stronger
        });
    }
}

impl Cancelled {
    /// Waits until the run is to stop at least like this. Never ends when nobody can ask any more, which is no cancel.
    pub(crate) async fn at_least(&mut self, level: CancelLevel) -> Cancel {
        let wanted = |cancel: &Option<Cancel>| cancel.as_ref().is_some_and(|cancel| cancel.level >= level);
        let cancel = self.0.wait_for(wanted).await.ok().and_then(|cancel| cancel.clone());
        match cancel {
            Some(cancel) => cancel,
            None => std::future::pending().await,
        }
    }

    /// What was asked for so far.
    pub(crate) fn present(&self) -> Option<Cancel> {
        self.0.borrow().clone()
    }
}

/// The two ends.
pub(crate) fn channel() -> (CancelHandle, Cancelled) {
    let (sender, receiver) = watch::channel(None);
    (CancelHandle(Arc::new(sender)), Cancelled(receiver))
}
