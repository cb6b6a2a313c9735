// SPDX-License-Identifier: Apache-2.0
//! Writing to a path that a user names: it may be a link, a device, a pipe, a file with an owner and a mode, or `-`.
//!
//! A file is replaced in one step, so that a reader finds the old one or the new one, and keeps its owner and its mode. What
//! cannot be replaced (a mounted file, one with a second name, one in a folder that may not be written to) is written in place,
//! and what is no file is written through and stays what it is.

use std::fs::{self, File, Metadata, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt, fchown};
use std::path::{Path, PathBuf};

use crate::Error;
use crate::atomic::{beside, folder_of};

/// The name that means standard output.
const STANDARD_OUTPUT: &str = "-";

/// As many as Linux follows.
const MAX_LINKS: usize = 40;

const OWNER_ALONE: u32 = 0o600;

/// Who may read what is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readers {
    /// Whoever the umask, or the mode of the file that is there, lets.
    Anybody,
    /// The owner alone, unless the mode of the file that is there says otherwise.
    OwnerAtFirst,
    /// The owner alone, whatever the mode of the file that is there, from the first byte on.
    OwnerAlone,
}

/// What a path leads to.
enum Target {
    Output,
    /// A device, a pipe, a socket.
    Through,
    /// A file, with what is known of it where it exists.
    File(PathBuf, Option<Metadata>),
}

/// Whether this path means standard output.
pub fn is_standard_output(path: &Path) -> bool {
    matches!(target_of(path), Ok(Target::Output))
}

/// Writes `contents` to what `path` leads to; `-` is standard output.
///
/// # Errors
/// [`Error::Write`].
pub fn write_named(path: &Path, contents: &[u8], readers: Readers) -> Result<(), Error> {
    let written = target_of(path).and_then(|target| match target {
        Target::Output => to_output(contents),
        Target::Through => through(path, contents),
        Target::File(file, Some(known)) => over(&file, &known, contents, readers),
        Target::File(file, None) => anew(&file, contents, readers),
    });
    written.map_err(|source| Error::Write { file: path.to_owned(), source })
}

fn target_of(path: &Path) -> io::Result<Target> {
    if path == Path::new(STANDARD_OUTPUT) {
        return Ok(Target::Output);
    }
    let mut file = path.to_owned();
    for _ in 0..MAX_LINKS {
        if is_output_device(&file) {
            return Ok(Target::Output);
        }
        // A descriptor of a process looks like a link, and leads to what it is open on.
        if file.starts_with("/dev/fd") || file.starts_with("/proc") {
            return Ok(Target::Through);
        }
        match fs::symlink_metadata(&file) {
            Ok(known) if known.is_symlink() => file = folder_of(&file).join(fs::read_link(&file)?),
            Ok(known) if known.is_file() => return Ok(Target::File(file, Some(known))),
            Ok(known) if known.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
            Ok(_) => return Ok(Target::Through),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Target::File(file, None)),
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::other("too many symbolic links lead to each other"))
}

fn is_output_device(path: &Path) -> bool {
    ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", "/proc/thread-self/fd/1"]
        .iter()
        .any(|device| path == Path::new(device))
}

fn to_output(contents: &[u8]) -> io::Result<()> {
    let mut output = io::stdout().lock();
    match output.write_all(contents).and_then(|()| output.flush()) {
        // Whoever reads it has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

fn through(path: &Path, contents: &[u8]) -> io::Result<()> {
    OpenOptions::new().append(true).open(path)?.write_all(contents)
}

/// A file that is not there yet.
fn anew(file: &Path, contents: &[u8], readers: Readers) -> io::Result<()> {
    let mode = if readers == Readers::Anybody { 0o666 } else { OWNER_ALONE };
    replace(file, |temporary| fill(&mut make(temporary, mode)?, contents))
}

/// A file that is there.
fn over(file: &Path, known: &Metadata, contents: &[u8], readers: Readers) -> io::Result<()> {
    // Who may not write to it may not replace it either.
    let mut open = OpenOptions::new().write(true).open(file)?;
    let mode = if readers == Readers::OwnerAlone { OWNER_ALONE } else { known.mode() & 0o7777 };
    let has_other_names = known.nlink() > 1;
    let replaced = !has_other_names
        && replace(file, |temporary| {
            // Nobody else may read it before it is whose it was.
            let mut new = make(temporary, OWNER_ALONE)?;
            fchown(&new, Some(known.uid()), Some(known.gid()))?;
            new.set_permissions(Permissions::from_mode(mode))?;
            fill(&mut new, contents)
        })
        .is_ok();
    if replaced {
        return Ok(());
    }
    if readers == Readers::OwnerAlone {
        open.set_permissions(Permissions::from_mode(OWNER_ALONE))?;
    }
    open.set_len(0)?;
    fill(&mut open, contents)
}

/// Fills a file beside this one and gives it its name; that it has the name is on the disk when the folder is.
fn replace(file: &Path, fill: impl FnOnce(&Path) -> io::Result<()>) -> io::Result<()> {
    let temporary = beside(file);
    let written = fill(&temporary).and_then(|()| fs::rename(&temporary, file));
    if written.is_err() {
        let _ = fs::remove_file(&temporary);
        return written;
    }
    // A folder that may be written to and not be read cannot be synced; the file is there all the same.
    if let Ok(folder) = File::open(folder_of(file)) {
        folder.sync_all()?;
    }
    Ok(())
}

fn make(temporary: &Path, mode: u32) -> io::Result<File> {
    // Of a process of this number that died. What is made is new: no link that somebody has put there is followed.
    let _ = fs::remove_file(temporary);
    OpenOptions::new().write(true).create_new(true).mode(mode).open(temporary)
}

fn fill(file: &mut File, contents: &[u8]) -> io::Result<()> {
    file.write_all(contents)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{FileTypeExt, chown, symlink};
    use std::process::Command;

    use super::*;

    fn mode(file: &Path) -> u32 {
        fs::metadata(file).unwrap().mode() & 0o7777
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn links_are_followed_and_modes_kept() {
        let folder = tempfile::tempdir().unwrap();
        let [file, link, dangling] = ["a", "link", "dangling"].map(|name| folder.path().join(name));
        fs::write(&file, "old and longer").unwrap();
        fs::set_permissions(&file, Permissions::from_mode(0o640)).unwrap();
        symlink("a", &link).unwrap();
        symlink("b", &dangling).unwrap();
        write_named(&link, b"new", Readers::Anybody).unwrap();
        assert_eq!((fs::read(&file).unwrap(), mode(&file)), (b"new".to_vec(), 0o640));
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        write_named(&dangling, b"made", Readers::OwnerAtFirst).unwrap();
        assert_eq!((fs::read(folder.path().join("b")).unwrap(), mode(&dangling)), (b"made".to_vec(), 0o600));
        write_named(&link, b"x", Readers::OwnerAtFirst).unwrap();
        assert_eq!(mode(&file), 0o640);
        write_named(&link, b"secret", Readers::OwnerAlone).unwrap();
        assert_eq!((fs::read(&file).unwrap(), mode(&file)), (b"secret".to_vec(), 0o600));
        assert_eq!(names(folder.path()), ["a", "b", "dangling", "link"]);
    }

    #[test]
    fn a_file_stays_whose_it_was() {
        if !rustix::process::geteuid().is_root() {
            println!("skipped: only root may write to what is somebody else's and leave it his");
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a");
        fs::write(&file, "old").unwrap();
        chown(&file, Some(424_242), Some(434_343)).unwrap();
        let before = fs::metadata(&file).unwrap().ino();
        for readers in [Readers::Anybody, Readers::OwnerAtFirst, Readers::OwnerAlone] {
            write_named(&file, b"new", readers).unwrap();
            let known = fs::metadata(&file).unwrap();
            assert_eq!((known.uid(), known.gid()), (424_242, 434_343), "{readers:?}");
        }
        assert_ne!(fs::metadata(&file).unwrap().ino(), before, "it was replaced");
    }

    #[test]
    fn what_has_another_name_or_is_no_file_stays_what_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let [file, other, pipe] = ["a", "other", "pipe"].map(|name| folder.path().join(name));
        fs::write(&file, "old and longer").unwrap();
        fs::hard_link(&file, &other).unwrap();
        write_named(&file, b"new", Readers::Anybody).unwrap();
        assert_eq!(fs::read(&other).unwrap(), b"new");
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let reader = std::thread::spawn({
            let pipe = pipe.clone();
            move || fs::read(pipe).unwrap()
        });
        write_named(&pipe, b"through", Readers::OwnerAlone).unwrap();
        assert_eq!(reader.join().unwrap(), b"through");
        assert!(fs::metadata(&pipe).unwrap().file_type().is_fifo());
        let full = write_named(Path::new("/dev/full"), b"text", Readers::Anybody).unwrap_err().to_string();
        assert!(full.starts_with("cannot write /dev/full: "), "{full}");
        assert!(fs::metadata("/dev/full").unwrap().file_type().is_char_device());
        write_named(Path::new("/dev/null"), b"text", Readers::Anybody).unwrap();
        assert!(write_named(folder.path(), b"text", Readers::Anybody).is_err());
        assert_eq!(names(folder.path()), ["a", "other", "pipe"]);
    }

    #[test]
    fn what_cannot_be_replaced_is_written_in_place() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a");
        fs::write(&file, "old and longer").unwrap();
        let known = fs::metadata(&file).unwrap().ino();
        // As in a folder in which nothing can be made.
        fs::create_dir(beside(&file)).unwrap();
        write_named(&file, b"new", Readers::OwnerAlone).unwrap();
        assert_eq!((fs::read(&file).unwrap(), mode(&file)), (b"new".to_vec(), 0o600));
        assert_eq!(fs::metadata(&file).unwrap().ino(), known);
    }

    #[test]
    fn standard_output_has_many_names() {
        let folder = tempfile::tempdir().unwrap();
        let link = folder.path().join("out");
        symlink("/dev/stdout", &link).unwrap();
        for path in [Path::new("-"), Path::new("/dev/stdout"), Path::new("/dev/fd/1"), &link] {
            assert!(is_standard_output(path), "{}", path.display());
        }
        assert!(!is_standard_output(Path::new("./-")) && !is_standard_output(Path::new("/dev/null")));
    }
}
