// SPDX-License-Identifier: Apache-2.0
//! Whose turn it is: a lock on a file, which all test programs on this machine know.

use std::fs::File;
use std::path::{Path, PathBuf};

/// The turn, until it is dropped; also when the process is killed.
///
/// Each has a file description of its own, so two of them exclude each other in one process as they do in two.
pub(crate) struct Turn {
    _file: File,
}

impl Turn {
    /// Waits until nobody else is at work.
    pub(crate) fn alone(path: &Path) -> Self {
        let file = File::create(path).unwrap();
        file.lock().unwrap();
        Self { _file: file }
    }

    /// Waits until nobody is at work who wants to be alone.
    pub(crate) fn beside_others(path: &Path) -> Self {
        let file = File::create(path).unwrap();
        file.lock_shared().unwrap();
        Self { _file: file }
    }
}

/// The file that the tests of every package lock, the name of which is part of their agreement.
pub(crate) fn of_the_devcloud() -> PathBuf {
    std::env::temp_dir().join("functest-devcloud.turn")
}

/// Whether somebody who comes now could have it alone, and whether one could have it beside others.
fn is_free(path: &Path) -> (bool, bool) {
    let alone = File::create(path).unwrap().try_lock().is_ok();
    let beside_others = File::create(path).unwrap().try_lock_shared().is_ok();
    (alone, beside_others)
}

#[test]
fn turns_exclude_each_other_within_one_process() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("turn");
    let first = Turn::beside_others(&path);
    let second = Turn::beside_others(&path);
    assert_eq!(is_free(&path), (false, true));
    drop((first, second));
    assert_eq!(is_free(&path), (true, true));
    let _alone = Turn::alone(&path);
    assert_eq!(is_free(&path), (false, false));
}
