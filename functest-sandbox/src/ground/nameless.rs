// SPDX-License-Identifier: Apache-2.0
//! Files without a name: whatever ends the process, they go.

use std::fs::File;
use std::os::fd::AsRawFd;
use std::path::PathBuf;

/// A file that only its owner can reach.
#[derive(Debug)]
pub(crate) struct Nameless(File);

impl Nameless {
    /// A new one, empty.
    ///
    /// # Errors
    /// When there is no room for it.
    pub(crate) fn new() -> std::io::Result<Self> {
        tempfile::tempfile().map(Self)
    }

    /// Where this process can open it anew, with a place of its own to read at.
    pub(crate) fn path(&self) -> PathBuf {
        format!("/proc/self/fd/{}", self.0.as_raw_fd()).into()
    }
}
