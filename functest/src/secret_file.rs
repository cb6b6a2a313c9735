// SPDX-License-Identifier: Apache-2.0
//! Files that only their owner may read.

use std::io::Write;
use std::path::Path;

use crate::error::Error;

/// Writes a file that only its owner may read, whole or not at all.
pub(crate) fn write(path: &Path, text: &str) -> Result<(), Error> {
    replace(path, text).map_err(|source| Error::Write { path: path.to_owned(), source })
}

fn replace(path: &Path, text: &str) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // Born with permissions for its owner alone.
    let mut part = tempfile::NamedTempFile::with_prefix_in(".functest-", folder)?;
    part.write_all(text.as_bytes())?;
    part.as_file().sync_all()?;
    part.persist(path).map_err(|error| error.error).map(drop)
}
