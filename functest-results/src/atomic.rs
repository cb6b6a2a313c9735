// SPDX-License-Identifier: Apache-2.0
//! Files that are whole or not there.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::Error;

/// Writes `contents` to `file` so that at any time, also after a power cut, there is the old file or the new one.
///
/// # Errors
/// [`Error::Write`]; the old file is then untouched.
pub fn write(file: &Path, contents: &[u8]) -> Result<(), Error> {
    let temporary = beside(file);
    let written = fill(&temporary, contents).and_then(|()| fs::rename(&temporary, file));
    if written.is_err() {
        // What is half written is of no use; if it cannot be removed either, the first error says more.
        let _ = fs::remove_file(&temporary);
    }
    // A rename is on the disk when the folder is.
    written
        .and_then(|()| File::open(folder_of(file))?.sync_all())
        .map_err(|source| Error::Write { file: file.to_owned(), source })
}

fn fill(temporary: &Path, contents: &[u8]) -> io::Result<()> {
    let mut file = File::create(temporary)?;
    file.write_all(contents)?;
    file.sync_all()
}

/// A name in the same folder, because a rename does not cross file systems; of this process, because two may write.
pub(crate) fn beside(file: &Path) -> PathBuf {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    folder_of(file).join(format!(".{name}.{}.tmp", std::process::id()))
}

pub(crate) fn folder_of(file: &Path) -> &Path {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn replaces_the_whole_file_and_leaves_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.txt");
        write(&file, b"a longer text").unwrap();
        write(&file, b"short").unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"short");
        assert_eq!(names(folder.path()), ["a.txt"]);
    }

    #[test]
    fn names_the_file_that_cannot_be_written_and_cleans_up() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.txt");
        fs::create_dir(&file).unwrap();
        let error = write(&file, b"text").unwrap_err().to_string();
        assert!(error.starts_with(&format!("cannot write {}: ", file.display())), "{error}");
        assert_eq!(names(folder.path()), ["a.txt"]);
    }

    #[test]
    fn a_bare_name_is_in_the_working_folder() {
        assert_eq!(folder_of(Path::new("a.txt")), Path::new("."));
    }
}
