// SPDX-License-Identifier: Apache-2.0
//! What is still to be said to hosts when whoever wanted something of them has gone: that a connection ends, that a command
//! is to end.

use std::sync::LazyLock;
use std::time::Duration;

use tokio_util::task::TaskTracker;

static FAREWELLS: LazyLock<TaskTracker> = LazyLock::new(TaskTracker::new);

/// Says something in the background; nobody to say it is no failure.
pub(crate) fn say(words: impl Future<Output = ()> + Send + 'static) {
    if let Ok(runtime) = tokio::runtime::Handle::try_current() {
        drop(FAREWELLS.spawn_on(words, &runtime));
    }
}

/// Waits, for at most `patience`, until commands that were dropped have been ended and connections that were dropped have
/// been closed. Whoever ends a process after an interruption does so, or hosts learn of it from the network alone.
pub async fn farewell(patience: Duration) {
    FAREWELLS.close();
    let _ = tokio::time::timeout(patience, FAREWELLS.wait()).await;
    FAREWELLS.reopen();
}
