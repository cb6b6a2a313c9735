// SPDX-License-Identifier: Apache-2.0
//! Named moments at which a test can have this process killed, to see what becomes of what it made.
//!
//! `FUNCTEST_STOP_AT=intent.synced` kills at the first such moment, `FUNCTEST_STOP_AT=intent.synced:3` at the third.
//! Only builds with debug assertions look at the variable. Whoever has such moments names them.

/// Kills this process, as `kill -9` does, if a test asked for it to die here.
#[cfg(debug_assertions)]
pub fn reach(point: &str) {
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::sync::{Mutex, OnceLock};
    static ASKED: OnceLock<Option<(String, u32)>> = OnceLock::new();
    static REACHED: AtomicU32 = AtomicU32::new(0);
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let asked = ASKED.get_or_init(|| {
        let value = std::env::var("FUNCTEST_STOP_AT").ok()?;
        let (name, count) = value.split_once(':').unwrap_or((&value, "1"));
        Some((name.to_owned(), count.parse().unwrap_or(1)))
    });
    let Some((name, count)) = asked else { return };
    let _guard = ONE_AT_A_TIME.lock();
    if name == point && REACHED.fetch_add(1, Ordering::SeqCst) + 1 == *count {
        let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
        std::thread::park();
    }
}

/// Does nothing in a release build.
#[cfg(not(debug_assertions))]
pub fn reach(_point: &str) {}
