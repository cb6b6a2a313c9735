// SPDX-License-Identifier: Apache-2.0
//! Files over SFTP.

use std::path::Path;

use russh::ChannelMsg;
use russh_sftp::client::{Config, SftpSession};
use russh_sftp::protocol::{FileAttributes, OpenFlags};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::OwnedSemaphorePermit;

use super::Options;
use super::progress::Meter;
use crate::dialer::within;
use crate::error::Error;
use crate::session::{Purpose, Session};

/// How much is read or written at a time; many packets are under way meanwhile.
const PIECE: usize = 256 * 1024;

/// An SFTP channel.
pub(super) struct Sftp {
    pub(super) session: SftpSession,
    _place: Option<OwnedSemaphorePermit>,
}

/// An SFTP channel; `None` where the host has none, or it would be of no use because the file is another user's.
pub(super) async fn open(session: &Session, options: &Options) -> Result<Option<Sftp>, Error> {
    if options.sudo.is_some() {
        return Ok(None);
    }
    let (mut channel, place) = session.open_session(Purpose::Work).await?;
    let target = session.target();
    let asking = async {
        let lost = || session.lost("while starting SFTP");
        channel.request_subsystem(true, "sftp").await.map_err(|_| lost())?;
        loop {
            match channel.wait().await {
                Some(ChannelMsg::Success) => return Ok(true),
                Some(ChannelMsg::Failure) => return Ok(false),
                Some(_) => {}
                None => return Err(lost()),
            }
        }
    };
    if !within(target, target.deadlines.channel, "starting SFTP", asking).await? {
        return Ok(None);
    }
    let config = Config {
        max_concurrent_reads: 64,
        max_concurrent_writes: 64,
        // What OpenSSH and the other servers in use take; the draft's 32 KiB costs an answer eight times as often.
        max_write_packet_len: PIECE as u32,
        request_timeout_secs: options.stall.as_secs().max(1),
        ..Config::default()
    };
    let starting = async { Ok(SftpSession::new_with_config(channel.into_stream(), config).await) };
    match within(target, target.deadlines.channel, "starting SFTP", starting).await? {
        Ok(session) => Ok(Some(Sftp { session, _place: place })),
        // The subsystem is named in the host's settings and does not start: as good as none.
        Err(error) => {
            tracing::debug!(%target, %error, "SFTP does not start");
            Ok(None)
        }
    }
}

impl Sftp {
    pub(super) async fn put(
        &self,
        reader: &mut (impl AsyncRead + Unpin),
        origin: &str,
        part: &str,
        meter: &mut Meter,
        options: &Options,
    ) -> Result<(), Error> {
        let attributes = FileAttributes { permissions: options.mode, ..FileAttributes::empty() };
        let flags = OpenFlags::CREATE | OpenFlags::EXCLUDE | OpenFlags::WRITE;
        let opening = self.session.open_with_flags_and_attributes(part, flags, attributes.clone());
        let mut file = meter.moving("creating it", opening).await?;
        let mut piece = vec![0; PIECE];
        loop {
            let length = reader.read(&mut piece).await.map_err(Error::local(origin))?;
            if length == 0 {
                break;
            }
            meter.moving("writing", file.write_all(&piece[..length])).await?;
            meter.count(&piece[..length]);
        }
        meter.moving("writing", file.shutdown()).await?;
        if options.mode.is_some() {
            // The host's umask has been at the permissions.
            meter.moving("setting permissions", self.session.set_metadata(part, attributes)).await?;
        }
        Ok(())
    }

    /// Returns the file's permissions.
    pub(super) async fn get(
        &self,
        remote: &str,
        writer: &mut (impl AsyncWrite + Unpin),
        path: &Path,
        meter: &mut Meter,
    ) -> Result<Option<u32>, Error> {
        let metadata = meter.moving("reading", self.session.metadata(remote)).await?;
        if metadata.file_type().is_dir() {
            return Err(meter.failed("reading", &"it is a folder: use the transfer of trees"));
        }
        let mut file = meter.moving("opening it", self.session.open(remote)).await?;
        let mut piece = vec![0; PIECE];
        loop {
            let length = meter.moving("reading", file.read(&mut piece)).await?;
            if length == 0 {
                break;
            }
            writer.write_all(&piece[..length]).await.map_err(Error::local(path))?;
            meter.count(&piece[..length]);
        }
        Ok(metadata.permissions.map(|mode| mode & 0o777))
    }
}
