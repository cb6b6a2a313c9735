// SPDX-License-Identifier: Apache-2.0
//! What can stop the command.

use functest::core::exit_code;

/// Why the command could not be done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The verb could not be done.
    #[error(transparent)]
    Functest(#[from] functest::Error),
    /// There is no runtime.
    #[error("cannot start: {0}")]
    Runtime(std::io::Error),
    /// A document cannot be printed.
    #[error("cannot print: {0}")]
    Print(#[from] std::io::Error),
    /// A document cannot be expressed.
    #[error("cannot make JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// A file cannot be written.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// The file.
        path: std::path::PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file.
        path: std::path::PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A service is to be disturbed, and nobody has allowed it.
    #[error("the cloud's users may notice that: say --allow-disruption if they may")]
    Disruption,
    /// Ctrl-C before anything was made.
    #[error("interrupted")]
    Interrupted,
}

impl Error {
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Functest(error) => error.exit_code(),
            Self::Read { .. } | Self::Disruption => exit_code::USAGE,
            Self::Write { .. } | Self::Runtime(_) | Self::Print(_) | Self::Json(_) => exit_code::INTERNAL,
            Self::Interrupted => exit_code::INTERRUPTED,
        }
    }
}
