// SPDX-License-Identifier: Apache-2.0
//! Waiting for what another process does.

use std::time::Duration;

/// Looks until it holds. The time is generous: machines are slow at times.
pub(crate) fn wait_until(holds: impl Fn() -> bool) {
    for _ in 0..6000 {
        if holds() {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("it did not come to that within five minutes");
}
