// SPDX-License-Identifier: Apache-2.0
//! Images' content: received to disk, streamed from there. It is never held in memory, however large.

use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use md5::{Digest, Md5};
use sha2::Sha512;
use tempfile::TempPath;
use tokio::io::AsyncWriteExt;

use crate::api::ApiError;

/// The content of an image.
#[derive(Clone, Debug)]
pub(crate) enum Content {
    /// What the sandbox starts with.
    Memory(Bytes),
    /// What was uploaded. The file goes with the last who has it.
    File(Arc<TempPath>),
}

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

    /// Receives a body into a file in that folder.
    ///
    /// # Errors
    /// When the body ends early, or the disk is full.
    pub(crate) async fn receive(mut body: Incoming, folder: &Path) -> Result<Self, ApiError> {
        let disk = |error: std::io::Error| {
            ApiError::new(http::StatusCode::INSUFFICIENT_STORAGE, format!("Cannot store the image: {error}"))
        };
        let path = tempfile::Builder::new().prefix("image-").tempfile_in(folder).map_err(disk)?.into_temp_path();
        let mut file = tokio::fs::OpenOptions::new().write(true).open(&path).await.map_err(disk)?;
        let mut sums = Summing::default();
        while let Some(frame) = body.frame().await {
            let early = |_| ApiError::bad_request("The image's content ended early.");
            if let Ok(bytes) = frame.map_err(early)?.into_data() {
                sums.add(&bytes);
                file.write_all(&bytes).await.map_err(disk)?;
            }
        }
        file.flush().await.map_err(disk)?;
        Ok(Self { content: Content::File(Arc::new(path)), sums: sums.end() })
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
