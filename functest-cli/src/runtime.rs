// SPDX-License-Identifier: Apache-2.0
//! Waiting for the library, and for whoever ends it before.

use std::sync::OnceLock;

use tokio::signal::unix::{SignalKind, signal};

use crate::error::Error;
use crate::limits;

/// For how long hosts are told that what runs on them is to end.
const FAREWELL: std::time::Duration = std::time::Duration::from_secs(5);

/// Runs `work` on a runtime of its own.
pub(crate) fn block_on<T>(work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Error::Runtime)?;
    let _file_size = {
        let _context = runtime.enter();
        limits::listen_for_file_size().map_err(Error::Runtime)?
    };
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

/// Ctrl-C, what a CI system sends to end a job, or a terminal that is gone; of these, what whoever started us has not told us
/// to ignore, as `nohup` does.
pub(crate) async fn stop_signal() {
    tokio::select! {
        () = arrival_of(SignalKind::interrupt()) => {}
        () = arrival_of(SignalKind::terminate()) => {}
        () = arrival_of(SignalKind::hangup()) => {}
    }
}

async fn arrival_of(kind: SignalKind) {
    // To listen for a signal ends that it is ignored: not even for a moment.
    let is_ignored = (ignored_at_start() >> (kind.as_raw_value() - 1)) & 1 == 1;
    if is_ignored {
        return std::future::pending().await;
    }
    match signal(kind) {
        Ok(mut arrivals) => drop(arrivals.recv().await),
        Err(_) => std::future::pending().await,
    }
}

/// The signals that were ignored when nobody here had listened for any yet, as a set of bits; none where the system does not
/// say.
fn ignored_at_start() -> u64 {
    static IGNORED: OnceLock<u64> = OnceLock::new();
    *IGNORED
        .get_or_init(|| std::fs::read_to_string("/proc/self/status").ok().and_then(|text| ignored(&text)).unwrap_or(0))
}

fn ignored(status: &str) -> Option<u64> {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"))?;
    u64::from_str_radix(mask.trim(), 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_says_what_is_ignored() {
        assert_eq!(ignored("Name:\tx\nSigIgn:\t0000000000001001\nSigCgt:\t0\n"), Some(0x1001));
        assert_eq!((ignored("Name:\tx\n"), ignored("SigIgn:\tx\n")), (None, None));
    }
}
