// SPDX-License-Identifier: Apache-2.0
//! What a case's class says of itself when it is over.

use std::io::PipeReader;

use serde::Deserialize;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::unix::pipe::Receiver;

/// The longest word that is read.
const LONGEST: u64 = 16 * 1024 * 1024;

/// The last word of the host.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(tag = "said", rename_all = "snake_case")]
pub(super) enum Word {
    /// What it requires is not met.
    Skipped,
    /// It could not be run, or not to its end.
    Errored { reason: String },
    /// It was run.
    Ended {
        successful: bool,
        /// What `run` returned, where that is a number.
        return_code: Option<i64>,
        /// Its `result`, where that is a percentage.
        success_rate: Option<f64>,
        /// Its `result` as it is.
        result: Value,
        details: Option<Value>,
    },
}

/// Reads the word; `None` when there was none that can be understood.
pub(super) async fn read(reader: PipeReader) -> Option<Word> {
    use tokio::io::AsyncReadExt;
    let receiver = Receiver::from_owned_fd(reader.into()).ok()?;
    let mut line = Vec::new();
    BufReader::new(receiver.take(LONGEST)).read_until(b'\n', &mut line).await.ok()?;
    serde_json::from_slice(&line).ok()
}
