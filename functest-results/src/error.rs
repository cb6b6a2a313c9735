// SPDX-License-Identifier: Apache-2.0
//! What can go wrong with reports and their files.

use std::io;
use std::path::PathBuf;

use functest_core::record::FoldError;
use functest_core::sink::SinkError;

/// Why a report or a run folder could not be made or read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The run folder cannot be made.
    #[error("cannot make the run folder {}: {source}", folder.display())]
    MakeFolder {
        /// The folder.
        folder: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The run folder is another run's. Two runs in one file could not be told apart.
    #[error("{} holds a run already: name a folder that does not", folder.display())]
    Taken {
        /// The folder.
        folder: PathBuf,
    },
    /// Something cannot be added to a file.
    #[error("cannot append to {}: {source}", file.display())]
    Append {
        /// The file.
        file: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A file cannot be written.
    #[error("cannot write {}: {source}", file.display())]
    Write {
        /// The file.
        file: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A folder holds no readable run.
    #[error("cannot read the run: {}: {source}", file.display())]
    Read {
        /// The file with its events.
        file: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// What is in a run's file is not what a run writes.
    #[error("cannot make sense of {}: {source}", file.display())]
    Events {
        /// The file with its events.
        file: PathBuf,
        /// What is wrong with it.
        source: FoldError,
    },
    /// The record cannot be expressed in JSON.
    #[error("cannot make JSON of run {run}: {source}")]
    Json {
        /// The run's id.
        run: String,
        /// Why not.
        source: serde_json::Error,
    },
    /// The record cannot be expressed in JUnit XML.
    #[error("cannot make JUnit XML of run {run}: {source}")]
    Junit {
        /// The run's id.
        run: String,
        /// Why not.
        source: quick_junit::SerializeError,
    },
    /// The record cannot be expressed in HTML.
    #[error("cannot make the HTML report of run {run}: {source}")]
    Html {
        /// The run's id.
        run: String,
        /// Why not.
        source: minijinja::Error,
    },
}

impl From<Error> for SinkError {
    fn from(error: Error) -> Self {
        Self::new("cannot keep the run", error)
    }
}
