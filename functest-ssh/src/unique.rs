// SPDX-License-Identifier: Apache-2.0
//! Texts that nothing else over there holds.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// A text unlike any other of this process, of other processes, and of other times: hexadecimal digits and `-`.
pub(crate) fn unique() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let clock = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    format!("{:x}-{:x}-{number:x}", std::process::id(), clock.as_nanos())
}
