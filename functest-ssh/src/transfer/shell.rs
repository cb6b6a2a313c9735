// SPDX-License-Identifier: Apache-2.0
//! Files through a shell: where there is no SFTP, and as another user.

use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::Options;
use super::progress::Meter;
use crate::command::{Command, quote};
use crate::error::Error;
use crate::process::{Chunk, ExitStatus, Process};
use crate::session::Session;

/// How much is written at a time.
const PIECE: usize = 256 * 1024;
/// How much of what a command complains of is kept.
const COMPLAINT: usize = 4096;

pub(super) async fn put(
    session: &Session,
    reader: &mut (impl AsyncRead + Unpin),
    origin: &str,
    part: &str,
    meter: &mut Meter,
    options: &Options,
) -> Result<(), Error> {
    let part = quote(part);
    let mode = options.mode.map(|mode| format!("chmod {mode:o} {part} && ")).unwrap_or_default();
    // Born closed, so that nobody reads it before it has its permissions.
    let line = format!("umask 077; : > {part} && {mode}exec cat > {part}");
    let mut process = session.start(&Command::shell(line).sudo(options.sudo.clone())).await?;
    feed(&process, reader, origin, meter).await?;
    drain(&mut process, meter, None::<(&mut tokio::io::Sink, &Path)>).await
}

pub(super) async fn get(
    session: &Session,
    remote: &str,
    writer: &mut (impl AsyncWrite + Unpin),
    path: &Path,
    meter: &mut Meter,
    options: &Options,
) -> Result<(), Error> {
    let command = Command::new("cat").arg("--").arg(remote).sudo(options.sudo.clone());
    let mut process = session.start(&command).await?;
    drain(&mut process, meter, Some((writer, path))).await
}

/// All of `reader` to the command's input.
pub(super) async fn feed(
    process: &Process,
    reader: &mut (impl AsyncRead + Unpin),
    origin: &str,
    meter: &mut Meter,
) -> Result<(), Error> {
    let stdin = process.stdin();
    let mut piece = vec![0; PIECE];
    loop {
        let length = reader.read(&mut piece).await.map_err(Error::local(origin))?;
        if length == 0 {
            break;
        }
        if meter.moving("writing", stdin.write(Bytes::copy_from_slice(&piece[..length]))).await.is_err() {
            // It has ended before its input did; why, it says itself.
            break;
        }
        meter.count(&piece[..length]);
    }
    let _ = stdin.close().await;
    Ok(())
}

/// The command's output to `writer`, until its end, which must be a good one.
pub(super) async fn drain(
    process: &mut Process,
    meter: &mut Meter,
    mut writer: Option<(&mut (impl AsyncWrite + Unpin), &Path)>,
) -> Result<(), Error> {
    let mut complaint = Vec::new();
    while let Some(chunk) = meter.moving("waiting for", process.next()).await? {
        match (chunk, &mut writer) {
            (Chunk::Stdout(bytes), Some((writer, path))) => {
                writer.write_all(&bytes).await.map_err(Error::local(*path))?;
                meter.count(&bytes);
            }
            (Chunk::Stderr(bytes), _) if complaint.len() < COMPLAINT => complaint.extend_from_slice(&bytes),
            _ => {}
        }
    }
    match process.wait().await? {
        ExitStatus::Code(0) => Ok(()),
        status => {
            let words = String::from_utf8_lossy(&complaint).trim().to_owned();
            Err(meter.failed("the command", &if words.is_empty() { status.to_string() } else { words }))
        }
    }
}

/// For how long a tree may be packed or unpacked without a byte moving.
pub(super) const PACKING: Duration = Duration::from_secs(120);
