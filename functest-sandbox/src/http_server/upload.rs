// SPDX-License-Identifier: Apache-2.0
//! Receiving uploads: to disk, unless they are small. What is uploaded are images, which is what the refusals speak of.

use std::sync::Arc;

use http_body_util::BodyExt;
use hyper::body::Incoming;
use tokio::io::AsyncWriteExt;

use crate::api::{ApiError, Content, Summing, Upload};
use crate::ground::Nameless;

/// Receives a body of at most so many bytes.
///
/// # Errors
/// When the body is too large or ends early, or the disk is full.
pub(super) async fn receive(mut body: Incoming, largest: u64) -> Result<Upload, ApiError> {
    let mut sums = Summing::default();
    let mut store = Store::default();
    let mut size = 0;
    while let Some(frame) = body.frame().await {
        if let Ok(bytes) = frame.map_err(ended_early)?.into_data() {
            size += bytes.len() as u64;
            if size > largest {
                return Err(ApiError::too_large());
            }
            sums.add(&bytes);
            store.add(&bytes).await.map_err(not_stored)?;
        }
    }
    Ok(Upload { content: store.end().await.map_err(not_stored)?, sums: sums.end() })
}

fn ended_early(_: hyper::Error) -> ApiError {
    ApiError::bad_request("The image's content ended early.")
}

fn not_stored(error: std::io::Error) -> ApiError {
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
