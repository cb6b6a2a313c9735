// SPDX-License-Identifier: Apache-2.0
//! What a functest process ends with.

use crate::verdict::Verdict;

/// Everything selected passed, or does not apply to this cloud; something passed, and nothing was left behind.
pub const OK: u8 = 0;
/// A case failed, errored or was not run, nothing passed at all, or something could not be deleted.
pub const NOT_PASSED: u8 = 1;
/// Usage, unreadable or invalid input, an unknown cloud name, nothing selected.
pub const USAGE: u8 = 2;
/// Our own failure: the disk, a sink.
pub const INTERNAL: u8 = 3;
/// Interrupted by the user.
pub const INTERRUPTED: u8 = 130;

/// The exit code of a run with these verdicts.
pub fn of_run<'a>(verdicts: impl IntoIterator<Item = &'a Verdict>, something_left: bool, interrupted: bool) -> u8 {
    if interrupted {
        return INTERRUPTED;
    }
    let verdicts: Vec<&Verdict> = verdicts.into_iter().collect();
    // A run of which everything was skipped has shown nothing.
    let something_passed = verdicts.iter().any(|verdict| verdict.has_passed());
    let all_well = something_passed && verdicts.iter().all(|verdict| verdict.lets_others_start());
    if all_well && !something_left { OK } else { NOT_PASSED }
}
