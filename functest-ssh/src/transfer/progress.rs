// SPDX-License-Identifier: Apache-2.0
//! What a transfer has moved: counted, summed, told, and missed when nothing moves.

use std::time::Duration;

use sha2::{Digest, Sha256};

use super::{Options, hex};
use crate::error::Error;
use crate::session::Session;

/// The meter of one file.
pub(super) struct Meter {
    target: String,
    path: String,
    stall: Duration,
    bytes: u64,
    /// Only where it is asked for: it costs as much as the encryption.
    hasher: Option<Sha256>,
    progress: Option<std::sync::Arc<dyn Fn(u64) + Send + Sync>>,
}

impl Meter {
    pub(super) fn new(session: &Session, path: &str, options: &Options) -> Self {
        Self {
            target: session.target().to_string(),
            path: path.to_owned(),
            stall: options.stall,
            bytes: 0,
            hasher: options.verify.then(Sha256::new),
            progress: options.progress.clone(),
        }
    }

    /// These bytes have been moved.
    pub(super) fn count(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        if let Some(hasher) = &mut self.hasher {
            hasher.update(bytes);
        }
        if let Some(progress) = &self.progress {
            progress(self.bytes);
        }
    }

    /// One move of a piece, which may take only so long.
    pub(super) async fn moving<T, E: ToString>(
        &self,
        what: &str,
        work: impl Future<Output = Result<T, E>>,
    ) -> Result<T, Error> {
        match tokio::time::timeout(self.stall, work).await {
            Ok(result) => result.map_err(|error| self.failed(what, &error)),
            Err(_) => Err(Error::Deadline {
                target: self.target.clone(),
                step: format!("{what} a piece of {}", self.path),
                seconds: self.stall.as_secs_f64(),
            }),
        }
    }

    pub(super) fn failed(&self, what: &str, error: &impl ToString) -> Error {
        let message = format!("{what} failed after {} bytes: {}", self.bytes, error.to_string());
        Error::Remote { target: self.target.clone(), path: self.path.clone(), message }
    }

    /// How many bytes there were, and their SHA-256 in hexadecimal; empty where nobody asked for it.
    pub(super) fn finish(self) -> (u64, String) {
        (self.bytes, self.hasher.map(|hasher| hex(&hasher.finalize())).unwrap_or_default())
    }
}
