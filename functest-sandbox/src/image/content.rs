// SPDX-License-Identifier: Apache-2.0
//! Images' content: received to disk, unless it is small, and streamed from there.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use md5::{Digest, Md5};
use sha2::Sha512;
use tokio::io::AsyncWriteExt;

use crate::api::ApiError;
use crate::ground::Nameless;

/// The content of an image.
#[derive(Clone, Debug)]
pub(crate) enum Content {
    /// What the sandbox starts with, and what is small.
    Memory(Bytes),
    /// What was uploaded. The file goes with the last who has it.
    File(Arc<Nameless>),
    /// That many bytes of a file, from that one on.
    Part(Arc<Nameless>, u64, u64),
}

impl Content {
    /// That many bytes from that one on.
    pub(super) fn part(self, start: u64, length: u64) -> Self {
        match self {
            Self::Memory(bytes) => {
                let bound = |place: u64| usize::try_from(place).unwrap_or(usize::MAX).min(bytes.len());
                Self::Memory(bytes.slice(bound(start)..bound(start.saturating_add(length))))
            }
            Self::File(file) => Self::Part(file, start, length),
            Self::Part(file, first, _) => Self::Part(file, first.saturating_add(start), length),
        }
    }

    /// The size of the disk that a qcow2 image has in it; 0 when it is none.
    pub(super) fn qcow2_size(&self) -> u64 {
        let mut head = [0; 32];
        let read = match self {
            Self::Memory(bytes) => {
                let length = bytes.len().min(head.len());
                head[..length].copy_from_slice(&bytes[..length]);
                Ok(())
            }
            Self::File(file) | Self::Part(file, ..) => {
                File::open(file.path()).and_then(|mut file| file.read_exact(&mut head))
            }
        };
        let [.., a, b, c, d, e, f, g, h] = head;
        match read {
            Ok(()) if head.starts_with(QCOW2_MAGIC) => u64::from_be_bytes([a, b, c, d, e, f, g, h]),
            _ => 0,
        }
    }

    /// The same, but for a few bytes.
    pub(super) fn damaged(self) -> Self {
        match self {
            Self::Memory(bytes) => {
                let mut bytes = bytes.to_vec();
                let middle = bytes.len() / 2;
                if let Some(byte) = bytes.get_mut(middle) {
                    *byte ^= 0xFF;
                }
                Self::Memory(bytes.into())
            }
            Self::File(file) | Self::Part(file, ..) => {
                if let Err(error) = damage(&file.path()) {
                    tracing::warn!("cannot damage an image as a fault asks: {error}");
                }
                Self::File(file)
            }
        }
    }
}

/// Turns over the byte in the middle of a file.
fn damage(path: &Path) -> std::io::Result<()> {
    let mut file = OpenOptions::new().read(true).write(true).open(path)?;
    let middle = file.metadata()?.len() / 2;
    let mut byte = [0];
    file.seek(SeekFrom::Start(middle))?;
    if file.read(&mut byte)? == 1 {
        file.seek(SeekFrom::Start(middle))?;
        file.write_all(&[!byte[0]])?;
    }
    Ok(())
}

/// What a qcow2 image begins with.
pub(super) const QCOW2_MAGIC: &[u8] = b"QFI\xfb";

/// Content that has arrived.
#[derive(Clone, Debug)]
pub(crate) struct Upload {
    pub(crate) content: Content,
    pub(crate) sums: Sums,
}

/// What Glance tells of an image's content.
#[derive(Clone, Debug)]
pub(crate) struct Sums {
    /// In bytes.
    pub(crate) size: u64,
    pub(crate) md5: String,
    pub(crate) sha512: String,
}

impl Upload {
    /// Content of our own.
    pub(crate) fn of(bytes: Bytes) -> Self {
        let mut sums = Summing::default();
        sums.add(&bytes);
        Self { sums: sums.end(), content: Content::Memory(bytes) }
    }

    /// Receives a body.
    ///
    /// # Errors
    /// When the body ends early, or the disk is full.
    pub(crate) async fn receive(mut body: Incoming) -> Result<Self, ApiError> {
        let mut sums = Summing::default();
        let mut store = Store::default();
        while let Some(frame) = body.frame().await {
            let early = |_| ApiError::bad_request("The image's content ended early.");
            if let Ok(bytes) = frame.map_err(early)?.into_data() {
                sums.add(&bytes);
                store.add(&bytes).await.map_err(disk)?;
            }
        }
        Ok(Self { content: store.end().await.map_err(disk)?, sums: sums.end() })
    }
}

fn disk(error: std::io::Error) -> ApiError {
    ApiError::new(http::StatusCode::INSUFFICIENT_STORAGE, format!("Cannot store the image: {error}"))
}

/// What is no larger stays in memory, in bytes: a file takes a descriptor, of which there are few.
const SMALL: usize = 16 << 10;

/// Where content goes while it comes.
#[derive(Default)]
struct Store {
    small: Vec<u8>,
    large: Option<(Nameless, tokio::fs::File)>,
}

impl Store {
    async fn add(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        if self.large.is_none() && self.small.len() + bytes.len() > SMALL {
            let file = Nameless::new()?;
            let mut writer = tokio::fs::OpenOptions::new().write(true).open(file.path()).await?;
            writer.write_all(&std::mem::take(&mut self.small)).await?;
            self.large = Some((file, writer));
        }
        match &mut self.large {
            Some((_, writer)) => writer.write_all(bytes).await,
            None => {
                self.small.extend_from_slice(bytes);
                Ok(())
            }
        }
    }

    async fn end(self) -> std::io::Result<Content> {
        match self.large {
            None => Ok(Content::Memory(self.small.into())),
            Some((file, mut writer)) => {
                writer.flush().await?;
                Ok(Content::File(Arc::new(file)))
            }
        }
    }
}

#[derive(Default)]
struct Summing {
    size: u64,
    md5: Md5,
    sha512: Sha512,
}

impl Summing {
    fn add(&mut self, bytes: &[u8]) {
        self.size += bytes.len() as u64;
        self.md5.update(bytes);
        self.sha512.update(bytes);
    }

    fn end(self) -> Sums {
        Sums { size: self.size, md5: hex(&self.md5.finalize()), sha512: hex(&self.sha512.finalize()) }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_is_cut_measured_and_damaged() {
        let mut bytes = b"QFI\xfb".to_vec();
        bytes.resize(24, 0);
        bytes.extend(7_u64.to_be_bytes());
        let memory = Content::Memory(bytes.clone().into());
        assert_eq!(memory.qcow2_size(), 7);
        assert_eq!(Content::Memory(Bytes::from_static(b"QF")).qcow2_size(), 0);
        let Content::Memory(part) = memory.clone().part(30, 99) else { panic!("it is in memory") };
        assert_eq!(&part[..], [0, 7]);
        let Content::Memory(damaged) = memory.damaged() else { panic!("it is in memory") };
        assert_eq!(damaged.iter().zip(&bytes).filter(|(a, b)| a != b).count(), 1);
        assert!(matches!(Content::Memory(Bytes::new()).damaged(), Content::Memory(bytes) if bytes.is_empty()));

        let file = Nameless::new().unwrap();
        std::fs::write(file.path(), &bytes).unwrap();
        let content = Content::File(Arc::new(file));
        assert_eq!(content.qcow2_size(), 7);
        let Content::File(file) = content.damaged() else { panic!("it is a file") };
        assert_eq!(std::fs::read(file.path()).unwrap().iter().zip(&bytes).filter(|(a, b)| a != b).count(), 1);
    }
}
