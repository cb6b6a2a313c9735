// SPDX-License-Identifier: Apache-2.0
//! Waiting for the library, and for whoever ends it before.

use crate::error::Error;

/// For how long hosts are told that what runs on them is to end.
const FAREWELL: std::time::Duration = std::time::Duration::from_secs(5);

/// Runs `work` on a runtime of its own.
pub(crate) fn block_on<T>(work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Error::Runtime)?;
    runtime.block_on(work)
}

/// `work`, unless somebody ends it before.
pub(crate) async fn interruptible<T>(work: impl Future<Output = Result<T, functest::Error>>) -> Result<T, Error> {
    tokio::select! {
        result = work => Ok(result?),
        () = stop_signal() => {
            // What runs on hosts is ended there, too.
            functest::ssh::farewell(FAREWELL).await;
            Err(Error::Interrupted)
        }
    }
}

/// Ctrl-C, what a CI system sends to end a job, or a terminal that is gone.
pub(crate) async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut terminate), Ok(mut hangup)) = (signal(SignalKind::terminate()), signal(SignalKind::hangup())) else {
        return std::future::pending().await;
    };
    tokio::select! {
        result = tokio::signal::ctrl_c() => if result.is_err() { std::future::pending().await },
        _ = terminate.recv() => {}
        _ = hangup.recv() => {}
    }
}
