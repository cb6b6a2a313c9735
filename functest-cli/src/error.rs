// SPDX-License-Identifier: Apache-2.0
//! What can stop the command.

use functest::ErrorKind;

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
    /// Ctrl-C before anything was made.
    #[error("interrupted")]
    Interrupted,
}

impl Error {
    pub(crate) fn exit_code(&self) -> u8 {
        let kind = match self {
            Self::Functest(error) => error.kind(),
            Self::Runtime(_) | Self::Print(_) | Self::Json(_) => ErrorKind::Internal,
            Self::Interrupted => ErrorKind::Interrupted,
        };
        kind.exit_code()
    }
}
