// SPDX-License-Identifier: Apache-2.0
//! Files and trees, to a host and from it.
//!
//! Over SFTP; where the host has none, or the file is another user's, through a shell (`cat`, `tar`). A file is whole or
//! not there: it is written under another name, in the same folder, and renamed. What a transfer that fails has written
//! goes away, over there also when the connection is cut.

mod dead_man;
mod landing;
mod progress;
mod sftp;
mod shell;
mod tree;

use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::command::{Command, Sudo};
use crate::error::Error;
use crate::session::Session;
use crate::unique::unique;

use self::dead_man::DeadMan;
use self::landing::Landing;
use self::progress::Meter;
pub use self::tree::TreeReport;

/// How files are transferred.
#[derive(Clone)]
pub struct Options {
    /// The permissions of what is written; `None` takes those of what is read.
    pub mode: Option<u32>,
    /// Read or write over there as another user.
    pub sudo: Option<Sudo>,
    /// Compare checksums (SHA-256) afterwards; costs the host one more reading of the file.
    pub verify: bool,
    /// For how long nothing may move.
    pub stall: Duration,
    /// Is told how many bytes have been moved, each time.
    pub progress: Option<Arc<dyn Fn(u64) + Send + Sync>>,
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options")
            .field("mode", &self.mode)
            .field("sudo", &self.sudo)
            .field("verify", &self.verify)
            .field("stall", &self.stall)
            .finish_non_exhaustive()
    }
}

impl Default for Options {
    fn default() -> Self {
        Self { mode: None, sudo: None, verify: false, stall: Duration::from_secs(30), progress: None }
    }
}

impl Session {
    /// Copies a file to the host. Where `remote` is a folder, or ends with `/`, it keeps its name in it.
    /// Returns how many bytes it has.
    ///
    /// # Errors
    /// When it cannot be read here or written there, nothing moves for too long, or the checksums differ.
    pub async fn put_file(&self, local: &Path, remote: &str, options: &Options) -> Result<u64, Error> {
        let mut file = tokio::fs::File::open(local).await.map_err(Error::local(local))?;
        let metadata = file.metadata().await.map_err(Error::local(local))?;
        if metadata.is_dir() {
            let is_folder = std::io::Error::other("it is a folder: use the transfer of trees");
            return Err(Error::Local { path: local.to_owned(), source: is_folder });
        }
        let options =
            Options { mode: options.mode.or(Some(metadata.permissions().mode() & 0o7777)), ..options.clone() };
        let place = self.place(remote, &local.file_name().unwrap_or_default().to_string_lossy(), &options).await?;
        self.put_stream(&mut file, &local.display().to_string(), &place, &options).await
    }

    /// Writes a file on the host.
    ///
    /// # Errors
    /// As [`put_file`](Self::put_file).
    pub async fn put_bytes(&self, bytes: &[u8], remote: &str, options: &Options) -> Result<(), Error> {
        self.put_stream(&mut &bytes[..], "what is to be written", remote, options).await.map(drop)
    }

    /// Copies a file from the host. Where `local` is a folder, it keeps its name in it. A file that is there keeps its owner and its
    /// mode, a symbolic link is followed, and what is no file is written through. Returns how many bytes it has.
    ///
    /// # Errors
    /// When it cannot be read there or written here, nothing moves for too long, or the checksums differ.
    pub async fn get_file(&self, remote: &str, local: &Path, options: &Options) -> Result<u64, Error> {
        let name = remote.rsplit('/').next().unwrap_or(remote);
        let path = if local.is_dir() { local.join(name) } else { local.to_owned() };
        let landing = Landing::at(&path)?;
        let failed = |source| Error::Local { path: path.clone(), source };
        let mut writer = tokio::fs::File::from_std(landing.writer().map_err(failed)?);
        let mut meter = Meter::new(self, remote, options);
        let mode = self.get_stream(remote, &mut writer, &path, &mut meter, options).await?;
        tokio::io::AsyncWriteExt::flush(&mut writer).await.map_err(failed)?;
        let (bytes, sum) = meter.finish();
        if options.verify {
            self.compare(remote, &sum, options).await?;
        }
        landing.settle(options.mode.map(|mode| mode & 0o777), mode).map_err(failed)?;
        Ok(bytes)
    }

    /// Reads a file of the host, of at most `limit` bytes.
    ///
    /// # Errors
    /// When it cannot be read, or is larger.
    pub async fn get_bytes(&self, remote: &str, limit: usize, options: &Options) -> Result<Vec<u8>, Error> {
        let command = Command::new("cat").arg("--").arg(remote).sudo(options.sudo.clone()).limit(limit);
        Ok(self.run(&command.deadline(options.stall)).await?.check()?.stdout)
    }

    /// Copies a folder to the host, as `remote`; what is in it already stays, files of the same name are replaced.
    ///
    /// # Errors
    /// When something of it cannot be read here or written there.
    pub async fn put_tree(&self, local: &Path, remote: &str, options: &Options) -> Result<TreeReport, Error> {
        tree::put(self, local, remote, options).await
    }

    /// Copies a folder from the host, as `local`, which must not exist. What is neither a file, a folder nor a symbolic
    /// link is left out, and named.
    ///
    /// # Errors
    /// When something of it cannot be read there or written here.
    pub async fn get_tree(&self, remote: &str, local: &Path, options: &Options) -> Result<TreeReport, Error> {
        tree::get(self, remote, local, options).await
    }

    /// The SHA-256 of a file of the host, in hexadecimal.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn sha256(&self, remote: &str, options: &Options) -> Result<String, Error> {
        let command = Command::new("sha256sum").arg("--").arg(remote).sudo(options.sudo.clone());
        let output = self.run(&command.deadline(options.stall * 10)).await?.check()?;
        // Names that need it are escaped, which a backslash in front tells.
        let text = output.stdout_text();
        Ok(text.trim_start_matches('\\').split_whitespace().next().unwrap_or_default().to_owned())
    }

    /// Where a file called `name` goes that is to be put to `remote`.
    async fn place(&self, remote: &str, name: &str, options: &Options) -> Result<String, Error> {
        let inside = || format!("{}/{name}", remote.trim_end_matches('/'));
        if remote.ends_with('/') {
            return Ok(inside());
        }
        let question = Command::new("test").arg("-d").arg(remote).sudo(options.sudo.clone());
        Ok(if self.run(&question).await?.status.success() { inside() } else { remote.to_owned() })
    }

    async fn put_stream(
        &self,
        reader: &mut (impl tokio::io::AsyncRead + Unpin),
        origin: &str,
        remote: &str,
        options: &Options,
    ) -> Result<u64, Error> {
        let part = part_of(remote);
        let dead_man = DeadMan::watch(self, &part, options).await?;
        let result = self.put_part(reader, origin, (&part, remote), options).await;
        dead_man.release().await;
        result
    }

    async fn put_part(
        &self,
        reader: &mut (impl tokio::io::AsyncRead + Unpin),
        origin: &str,
        (part, remote): (&str, &str),
        options: &Options,
    ) -> Result<u64, Error> {
        let mut meter = Meter::new(self, remote, options);
        match sftp::open(self, options).await? {
            Some(sftp) => sftp.put(reader, origin, part, &mut meter, options).await?,
            None => shell::put(self, reader, origin, part, &mut meter, options).await?,
        }
        let (bytes, sum) = meter.finish();
        if options.verify {
            self.compare(part, &sum, options).await?;
        }
        // `-T`: a folder of that name is an error, not a place to put it into.
        let renaming = Command::new("mv").args(["-f", "-T", "--", part, remote]).sudo(options.sudo.clone());
        self.run(&renaming).await?.check()?;
        Ok(bytes)
    }

    async fn get_stream(
        &self,
        remote: &str,
        writer: &mut (impl tokio::io::AsyncWrite + Unpin),
        path: &Path,
        meter: &mut Meter,
        options: &Options,
    ) -> Result<Option<u32>, Error> {
        match sftp::open(self, options).await? {
            Some(sftp) => sftp.get(remote, writer, path, meter).await,
            None => shell::get(self, remote, writer, path, meter, options).await.map(|()| None),
        }
    }

    async fn compare(&self, remote: &str, sum: &str, options: &Options) -> Result<(), Error> {
        let there = self.sha256(remote, options).await?;
        if there == sum {
            return Ok(());
        }
        let message = format!("the copy differs: SHA-256 {there} there, {sum} here");
        Err(Error::Remote { target: self.target().to_string(), path: remote.to_owned(), message })
    }
}

/// The name under which `remote` is written until it is whole: beside it, and of this transfer alone.
fn part_of(remote: &str) -> String {
    let (folder, name) = match remote.trim_end_matches('/').rsplit_once('/') {
        Some((folder, name)) => (format!("{folder}/"), name),
        None => (String::new(), remote),
    };
    let name: String = name.chars().take(40).collect();
    format!("{folder}.functest-{name}-{}", unique())
}

/// The SHA-256 of a file here, in hexadecimal.
///
/// # Errors
/// When it cannot be read.
pub fn sha256_of_file(path: &Path) -> Result<String, Error> {
    let mut hasher = HashWriter(Sha256::new());
    let mut file = std::fs::File::open(path).map_err(Error::local(PathBuf::from(path)))?;
    std::io::copy(&mut file, &mut hasher).map_err(Error::local(PathBuf::from(path)))?;
    Ok(hex(&hasher.0.finalize()))
}

struct HashWriter(Sha256);

impl Write for HashWriter {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
