// SPDX-License-Identifier: Apache-2.0
//! Where a file of a host lands here: a file, which is replaced in one step and keeps its owner and its mode; or what is no file,
//! which is written through and stays what it is.

use std::fs::{File, Metadata, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::error::Error;

/// As many as Linux follows.
const MOST_LINKS: usize = 40;

/// The place, while it is written to.
pub(super) enum Landing {
    /// A device, a pipe.
    Through(File),
    /// A file.
    Beside(Box<Beside>),
}

/// A file under another name in the same folder, until it is whole.
pub(super) struct Beside {
    part: NamedTempFile,
    path: PathBuf,
    /// What is known of the one that it replaces.
    known: Option<Metadata>,
}

impl Landing {
    /// Makes ready what `path` leads to.
    pub(super) fn at(path: &Path) -> Result<Self, Error> {
        let file = followed(path).map_err(Error::local(path))?;
        let known = match std::fs::metadata(&file) {
            Ok(known) if !known.is_file() => {
                let through = OpenOptions::new().append(true).open(&file).map_err(Error::local(path))?;
                return Ok(Self::Through(through));
            }
            Ok(known) => Some(known),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(source) => return Err(Error::Local { path: path.to_owned(), source }),
        };
        if known.is_some() {
            // Who may not write to it may not replace it either.
            OpenOptions::new().append(true).open(&file).map_err(Error::local(path))?;
        }
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let part = NamedTempFile::with_prefix_in(".functest-", folder).map_err(Error::local(folder))?;
        Ok(Self::Beside(Box::new(Beside { part, path: file, known })))
    }

    /// Where bytes are written to.
    pub(super) fn writer(&self) -> io::Result<File> {
        match self {
            Self::Through(file) => file.try_clone(),
            Self::Beside(beside) => beside.part.reopen(),
        }
    }

    /// Puts a whole file into its place. `wanted` are the permissions that somebody asked for, `theirs` those over there.
    pub(super) fn settle(self, wanted: Option<u32>, theirs: Option<u32>) -> io::Result<()> {
        let Self::Beside(beside) = self else { return Ok(()) };
        let Beside { part, path, known } = *beside;
        let own = known.as_ref().map(|known| known.mode() & 0o7777);
        let mode = wanted.or(own).or(theirs.map(|mode| mode & 0o777)).unwrap_or(0o644);
        if let Some(known) = &known {
            // Only root may give a file away; whoever may not has it as a file of his own, as an editor would leave it.
            let _ = fchown(part.as_file(), Some(known.uid()), Some(known.gid()));
        }
        part.as_file().set_permissions(Permissions::from_mode(mode))?;
        part.persist(path).map(drop).map_err(|error| error.error)
    }
}

/// What a path leads to over symbolic links, also where the last one leads to nothing yet.
fn followed(path: &Path) -> io::Result<PathBuf> {
    let mut file = path.to_owned();
    for _ in 0..MOST_LINKS {
        // A descriptor of a process looks like a link, and leads to what it is open on.
        let is_descriptor = file.starts_with("/dev/fd") || file.starts_with("/proc");
        match std::fs::symlink_metadata(&file) {
            Ok(known) if known.is_symlink() && !is_descriptor => {
                let folder = file.parent().unwrap_or(Path::new("")).to_owned();
                file = folder.join(std::fs::read_link(&file)?);
            }
            _ => return Ok(file),
        }
    }
    Err(io::Error::other("too many symbolic links lead to each other"))
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};

    use super::*;

    fn land(path: &Path, wanted: Option<u32>) {
        let landing = Landing::at(path).unwrap();
        landing.writer().unwrap().write_all(b"new").unwrap();
        landing.settle(wanted, Some(0o640)).unwrap();
    }

    fn mode(path: &Path) -> u32 {
        std::fs::metadata(path).unwrap().mode() & 0o7777
    }

    #[test]
    fn what_is_there_keeps_what_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        land(&path("fresh"), None);
        assert_eq!(mode(&path("fresh")), 0o640);
        std::fs::write(path("old"), "a longer text").unwrap();
        std::fs::set_permissions(path("old"), Permissions::from_mode(0o600)).unwrap();
        std::os::unix::fs::symlink("old", path("link")).unwrap();
        std::os::unix::fs::symlink("not yet", path("dangling")).unwrap();
        land(&path("link"), None);
        assert!(std::fs::symlink_metadata(path("link")).unwrap().is_symlink());
        assert_eq!((std::fs::read_to_string(path("old")).unwrap().as_str(), mode(&path("old"))), ("new", 0o600));
        land(&path("link"), Some(0o755));
        assert_eq!(mode(&path("old")), 0o755);
        land(&path("dangling"), None);
        assert_eq!(std::fs::read_to_string(path("not yet")).unwrap(), "new");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 5, "nothing else is left");
    }

    #[test]
    fn a_pipe_stays_a_pipe() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
        assert!(made.success());
        let reading = {
            let pipe = pipe.clone();
            std::thread::spawn(move || {
                let mut text = String::new();
                File::open(pipe).unwrap().read_to_string(&mut text).unwrap();
                text
            })
        };
        land(&pipe, None);
        assert_eq!(reading.join().unwrap(), "new");
        assert!(!std::fs::metadata(&pipe).unwrap().is_file());
        land(Path::new("/dev/null"), None);
        assert!(!std::fs::metadata("/dev/null").unwrap().is_file());
    }
}
