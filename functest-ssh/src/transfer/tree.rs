// SPDX-License-Identifier: Apache-2.0
//! Folders and all that is in them: over SFTP, or with `tar` where there is none.
//!
//! A tree is made under another name first, and takes its place when it is whole.

use std::path::{Path, PathBuf};

use tokio_util::io::SyncIoBridge;

use super::dead_man::DeadMan;
use super::progress::Meter;
use super::sftp::{self, Sftp};
use super::{Options, part_of, shell};
use crate::command::{Command, quote};
use crate::error::Error;
use crate::session::Session;

/// What was copied.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TreeReport {
    /// How many files.
    pub files: u64,
    /// How many bytes they have.
    pub bytes: u64,
    /// What was left out: neither a file, a folder nor a symbolic link.
    pub left_out: Vec<String>,
}

pub(super) async fn put(session: &Session, local: &Path, remote: &str, options: &Options) -> Result<TreeReport, Error> {
    let remote = remote.trim_end_matches('/');
    let (part, entries) = (part_of(remote), walk(local)?);
    let dead_man = DeadMan::watch(session, &part, options).await?;
    let result = async {
        match sftp::open(session, options).await? {
            Some(sftp) => put_entries(session, &sftp, local, &entries, &part, options).await?,
            None => put_archive(session, local, &entries, &part, options).await?,
        }
        // Into what is there already, or in its place.
        let (part, remote) = (quote(&part), quote(remote));
        let line = format!("if [ -e {remote} ]; then cp -a {part}/. {remote}/; else mv -T {part} {remote}; fi");
        session.run(&Command::shell(line).sudo(options.sudo.clone()).deadline(shell::PACKING)).await?.check()?;
        Ok(entries.report())
    };
    let result = result.await;
    dead_man.release().await;
    result
}

pub(super) async fn get(session: &Session, remote: &str, local: &Path, options: &Options) -> Result<TreeReport, Error> {
    if local.exists() {
        let exists = std::io::Error::from(std::io::ErrorKind::AlreadyExists);
        return Err(Error::Local { path: local.to_owned(), source: exists });
    }
    let folder = local.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let part = tempfile::Builder::new().prefix(".functest-").tempdir_in(folder).map_err(Error::local(folder))?;
    let report = match sftp::open(session, options).await? {
        Some(sftp) => get_entries(session, &sftp, remote.trim_end_matches('/'), part.path(), options).await?,
        None => get_archive(session, remote, part.path(), options).await?,
    };
    std::fs::rename(part.path(), local).map_err(Error::local(local))?;
    // It is not there any more under this name.
    let _ = part.keep();
    Ok(report)
}

/// What is in a folder here.
#[derive(Debug, Default)]
struct Entries {
    /// Each after the one it is in.
    folders: Vec<PathBuf>,
    files: Vec<(PathBuf, u64)>,
    links: Vec<(PathBuf, PathBuf)>,
    left_out: Vec<String>,
}

impl Entries {
    fn report(self) -> TreeReport {
        let bytes = self.files.iter().map(|(_, length)| length).sum();
        TreeReport { files: self.files.len() as u64, bytes, left_out: self.left_out }
    }
}

fn walk(root: &Path) -> Result<Entries, Error> {
    let mut entries = Entries::default();
    let mut waiting = vec![PathBuf::new()];
    while let Some(folder) = waiting.pop() {
        let path = root.join(&folder);
        for entry in std::fs::read_dir(&path).map_err(Error::local(&path))? {
            let entry = entry.map_err(Error::local(&path))?;
            let (relative, here) = (folder.join(entry.file_name()), entry.path());
            let metadata = std::fs::symlink_metadata(&here).map_err(Error::local(&here))?;
            if metadata.is_dir() {
                waiting.push(relative);
            } else if metadata.is_symlink() {
                entries.links.push((relative, std::fs::read_link(&here).map_err(Error::local(&here))?));
            } else if metadata.is_file() {
                entries.files.push((relative, metadata.len()));
            } else {
                entries.left_out.push(relative.display().to_string());
            }
        }
        entries.folders.push(folder);
    }
    Ok(entries)
}

async fn put_entries(
    session: &Session,
    sftp: &Sftp,
    local: &Path,
    entries: &Entries,
    part: &str,
    options: &Options,
) -> Result<(), Error> {
    let there = |relative: &Path| format!("{part}/{}", relative.display()).trim_end_matches('/').to_owned();
    for folder in &entries.folders {
        let path = there(folder);
        Meter::new(session, &path, options).moving("making it", sftp.session.create_dir(&path)).await?;
    }
    let mut moved = 0;
    for (relative, _) in &entries.files {
        let (here, path) = (local.join(relative), there(relative));
        let mut file = tokio::fs::File::open(&here).await.map_err(Error::local(&here))?;
        let mode = file.metadata().await.map_err(Error::local(&here))?;
        let mode = std::os::unix::fs::PermissionsExt::mode(&mode.permissions()) & 0o7777;
        let mut meter = Meter::new(session, &path, &since(options, moved));
        let options = Options { mode: Some(mode), ..options.clone() };
        sftp.put(&mut file, &here.display().to_string(), &path, &mut meter, &options).await?;
        moved += meter.finish().0;
    }
    for (relative, to) in &entries.links {
        let path = there(relative);
        // OpenSSH takes the two in the other order than the draft of the protocol (and russh-sftp) has them.
        let making = sftp.session.symlink(to.display().to_string(), &path);
        Meter::new(session, &path, options).moving("making it", making).await?;
    }
    Ok(())
}

/// Progress goes on from what was moved before.
fn since(options: &Options, moved: u64) -> Options {
    let progress = options.progress.clone().map(|progress| {
        let told = move |bytes: u64| progress(moved + bytes);
        std::sync::Arc::new(told) as std::sync::Arc<dyn Fn(u64) + Send + Sync>
    });
    Options { progress, ..options.clone() }
}

async fn put_archive(
    session: &Session,
    local: &Path,
    entries: &Entries,
    part: &str,
    options: &Options,
) -> Result<(), Error> {
    let (reader, writer) = tokio::io::duplex(1024 * 1024);
    let root = local.to_owned();
    let names: Vec<PathBuf> = entries
        .folders
        .iter()
        .filter(|folder| !folder.as_os_str().is_empty())
        .chain(entries.files.iter().map(|(file, _)| file))
        .chain(entries.links.iter().map(|(link, _)| link))
        .cloned()
        .collect();
    let bridge = SyncIoBridge::new(writer);
    let packing = tokio::task::spawn_blocking(move || -> std::io::Result<()> {
        let mut archive = tar::Builder::new(bridge);
        archive.follow_symlinks(false);
        for name in names {
            archive.append_path_with_name(root.join(&name), &name)?;
        }
        archive.into_inner()?.shutdown()
    });
    let quoted = quote(part);
    let line = format!("mkdir -- {quoted} && exec tar -C {quoted} -xf -");
    let mut process = session.start(&Command::shell(line).sudo(options.sudo.clone())).await?;
    let mut meter = Meter::new(session, part, &Options { stall: shell::PACKING, ..options.clone() });
    let mut reader = reader;
    shell::feed(&process, &mut reader, &local.display().to_string(), &mut meter).await?;
    drop(reader);
    shell::drain(&mut process, &mut meter, None::<(&mut tokio::io::Sink, &Path)>).await?;
    packing.await.map_err(std::io::Error::other).and_then(|result| result).map_err(Error::local(local))
}

async fn get_entries(
    session: &Session,
    sftp: &Sftp,
    remote: &str,
    part: &Path,
    options: &Options,
) -> Result<TreeReport, Error> {
    let mut report = TreeReport::default();
    let mut links = Vec::new();
    let mut waiting = vec![(remote.to_owned(), part.to_owned())];
    while let Some((there, here)) = waiting.pop() {
        let meter = Meter::new(session, &there, options);
        for entry in meter.moving("listing it", sftp.session.read_dir(&there)).await? {
            let name = entry.file_name();
            if name.is_empty() || name == "." || name == ".." || name.contains(['/', '\0']) {
                return Err(meter.failed("listing it", &format!("the host names a file {name:?}")));
            }
            let (there, here) = (format!("{there}/{name}"), here.join(&name));
            let kind = entry.file_type();
            if kind.is_dir() {
                std::fs::create_dir(&here).map_err(Error::local(&here))?;
                waiting.push((there, here));
            } else if kind.is_symlink() {
                let target = meter.moving("reading a link", sftp.session.read_link(&there)).await?;
                links.push((target, here));
            } else if kind.is_file() {
                let mut file = tokio::fs::File::create_new(&here).await.map_err(Error::local(&here))?;
                let mut meter = Meter::new(session, &there, &since(options, report.bytes));
                let mode = sftp.get(&there, &mut file, &here, &mut meter).await?;
                tokio::io::AsyncWriteExt::flush(&mut file).await.map_err(Error::local(&here))?;
                let permissions = std::os::unix::fs::PermissionsExt::from_mode(mode.unwrap_or(0o644));
                file.set_permissions(permissions).await.map_err(Error::local(&here))?;
                report.bytes += meter.finish().0;
                report.files += 1;
            } else {
                report.left_out.push(there);
            }
        }
    }
    // Last: nothing is ever written through one.
    for (target, here) in links {
        std::os::unix::fs::symlink(target, &here).map_err(Error::local(&here))?;
    }
    Ok(report)
}

async fn get_archive(session: &Session, remote: &str, part: &Path, options: &Options) -> Result<TreeReport, Error> {
    let (reader, mut writer) = tokio::io::duplex(1024 * 1024);
    let folder = part.to_owned();
    let bridge = SyncIoBridge::new(reader);
    let unpacking = tokio::task::spawn_blocking(move || unpack(bridge, &folder));
    let command = Command::new("tar").args(["-C", remote, "-cf", "-", "."]).sudo(options.sudo.clone());
    let mut process = session.start(&command).await?;
    let mut meter = Meter::new(session, remote, &Options { stall: shell::PACKING, ..options.clone() });
    let piped = shell::drain(&mut process, &mut meter, Some((&mut writer, part))).await;
    drop(writer);
    let unpacked = unpacking.await.map_err(std::io::Error::other).and_then(|result| result);
    // An archive that ends early is the consequence; why it did is the cause.
    piped?;
    unpacked.map_err(Error::local(part))
}

fn unpack(reader: impl std::io::Read, folder: &Path) -> std::io::Result<TreeReport> {
    let mut report = TreeReport::default();
    let mut archive = tar::Archive::new(reader);
    let mut links = Vec::new();
    for entry in archive.entries()? {
        let mut entry = entry?;
        match entry.header().entry_type() {
            tar::EntryType::Regular | tar::EntryType::Continuous => {
                report.files += 1;
                report.bytes += entry.size();
                entry.unpack_in(folder)?;
            }
            tar::EntryType::Directory => drop(entry.unpack_in(folder)?),
            tar::EntryType::Symlink => {
                let target = entry.link_name()?.map(std::borrow::Cow::into_owned).unwrap_or_default();
                links.push((target, entry.path()?.into_owned()));
            }
            _ => report.left_out.push(entry.path()?.display().to_string()),
        }
    }
    for (target, path) in links {
        // Nothing was written through one so far; and none is made outside.
        if path.components().all(|part| matches!(part, std::path::Component::Normal(_) | std::path::Component::CurDir))
        {
            std::os::unix::fs::symlink(target, folder.join(path))?;
        }
    }
    Ok(report)
}
