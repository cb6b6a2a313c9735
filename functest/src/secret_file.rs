// SPDX-License-Identifier: Apache-2.0
//! Files that only their owner may read.

use std::path::Path;

use functest_results::{Readers, write_named};

use crate::error::Error;

/// Writes what only its owner may read to a path that a user names.
pub(crate) fn write(path: &Path, text: &str) -> Result<(), Error> {
    Ok(write_named(path, text.as_bytes(), Readers::OwnerAlone)?)
}
