// SPDX-License-Identifier: Apache-2.0
//! What can keep an installer from answering.

use std::path::PathBuf;

use functest_core::sut::InstallerError;

/// Why something about the system under test cannot be found out. None of its texts holds a secret.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// What the user gave is wrong.
    #[error("{origin}: {message}")]
    Input {
        /// The file or the flag.
        origin: String,
        /// What is wrong, and what was expected.
        message: String,
    },
    /// A file of the user cannot be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A host does not let us in, or is lost.
    #[error(transparent)]
    Ssh(#[from] functest_ssh::Error),
    /// A program here cannot be run.
    #[error("cannot run `{program}`: {message}")]
    Program {
        /// Which.
        program: String,
        /// Why.
        message: String,
    },
    /// What an installer's tool says is not what such a tool says.
    #[error("{installer}: {what} is not understood: {message}")]
    Output {
        /// The installer.
        installer: &'static str,
        /// The command or the file.
        what: String,
        /// What is wrong, and what was expected.
        message: String,
    },
    /// This installer, or this deployment, has no such thing.
    #[error("{installer}: {message}")]
    Missing {
        /// The installer.
        installer: &'static str,
        /// What is missing, and what to do about it.
        message: String,
    },
    /// Nothing says how a node is logged in to.
    #[error("node {node} cannot be logged in to: {reason}")]
    NoAccess {
        /// Its name.
        node: String,
        /// Why not.
        reason: String,
    },
    /// There is no installer of that name.
    #[error("there is no installer `{name}`{suggestion}; known: {known}")]
    UnknownInstaller {
        /// The name.
        name: String,
        /// What was probably meant, as an appendix to the message.
        suggestion: String,
        /// The names that exist.
        known: String,
    },
    /// No node is called so.
    #[error("there is no node `{name}`{suggestion}; there are: {known}")]
    UnknownNode {
        /// The name.
        name: String,
        /// What was probably meant, as an appendix to the message.
        suggestion: String,
        /// The names that exist.
        known: String,
    },
    /// Nothing says what deployed the system.
    #[error("no installer is recognised {place}; tried:\n{tried}")]
    NothingDetected {
        /// Where was looked.
        place: String,
        /// Each that was tried, a line each.
        tried: String,
    },
}

impl Error {
    /// Whether it is the user's input that is wrong, rather than the system.
    pub fn is_usage(&self) -> bool {
        matches!(
            self,
            Self::Input { .. } | Self::File { .. } | Self::UnknownInstaller { .. } | Self::UnknownNode { .. }
        )
    }
}

impl From<Error> for InstallerError {
    fn from(error: Error) -> Self {
        let text = error.to_string();
        match error {
            error if error.is_usage() => Self::Input(text),
            Error::Missing { .. } | Error::NoAccess { .. } | Error::NothingDetected { .. } => Self::Unsupported(text),
            Error::Output { .. } => Self::Unexpected(text),
            _ => Self::Unreachable(text),
        }
    }
}
