// SPDX-License-Identifier: Apache-2.0
//! What can go wrong between here and a shell over there.

use std::io;
use std::path::PathBuf;

/// Why something could not be done. None of its texts holds a secret.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no connection.
    #[error("cannot connect to {target}: {message}")]
    Connect {
        /// Where.
        target: String,
        /// Why.
        message: String,
    },
    /// A jump host could just now not be connected to.
    #[error("{message}")]
    Jump {
        /// The jump host.
        target: String,
        /// Why; it names the host.
        message: String,
    },
    /// A step took too long.
    #[error("{target}: {step} took longer than {seconds} s")]
    Deadline {
        /// Where.
        target: String,
        /// What took so long.
        step: String,
        /// How long it might have taken.
        seconds: f64,
    },
    /// What answers does not speak SSH as we do.
    #[error("{target} does not answer as an SSH server should: {message}")]
    Handshake {
        /// Where.
        target: String,
        /// What is wrong.
        message: String,
    },
    /// Nobody has said that this host key may be trusted.
    #[error(
        "the host key of {target} is not known ({algorithm} {fingerprint}; looked in {files}): if it is the right one, add it there, or accept new ones"
    )]
    UnknownHostKey {
        /// Where.
        target: String,
        /// Such as `ssh-ed25519`.
        algorithm: String,
        /// The SHA-256 of the key, as `ssh-keygen -l` shows it.
        fingerprint: String,
        /// The files that were looked in.
        files: String,
    },
    /// The host key is another one than before.
    #[error(
        "the host key of {target} has changed, or somebody stands between: it is {algorithm} {fingerprint} now, {}:{line} has another one; if the host was installed anew, remove that line",
        file.display()
    )]
    ChangedHostKey {
        /// Where.
        target: String,
        /// Such as `ssh-ed25519`.
        algorithm: String,
        /// The SHA-256 of the key, as `ssh-keygen -l` shows it.
        fingerprint: String,
        /// The file that has another key.
        file: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// A known-hosts file forbids this key.
    #[error("the host key of {target} is revoked in {}:{line}", file.display())]
    RevokedHostKey {
        /// Where.
        target: String,
        /// The file.
        file: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// The host does not let the user in.
    #[error("{target} refuses the login: {message}")]
    Login {
        /// Where.
        target: String,
        /// What was tried, and what the host would accept.
        message: String,
    },
    /// A private key cannot be used.
    #[error("cannot use the {origin}: {message}")]
    Key {
        /// Which.
        origin: String,
        /// Why.
        message: String,
    },
    /// The connection is gone; whatever was asked for may or may not have happened.
    #[error("the connection to {target} was lost {during}")]
    Lost {
        /// Where.
        target: String,
        /// What was going on.
        during: String,
    },
    /// The host does not do that.
    #[error("{target} refuses {what}{}", reason_words(reason))]
    Refused {
        /// Where.
        target: String,
        /// What.
        what: String,
        /// Why; may be empty.
        reason: String,
    },
    /// `sudo` does not run the command.
    #[error("{target}: sudo does not run the command: {message}")]
    Sudo {
        /// Where.
        target: String,
        /// `sudo`'s words.
        message: String,
    },
    /// A command gave more output than its caller wanted to keep.
    #[error("{target}: `{command}` has more than {limit} bytes of output")]
    TooMuchOutput {
        /// Where.
        target: String,
        /// The command.
        command: String,
        /// How much would have been kept.
        limit: usize,
    },
    /// A command that had to go well did not.
    #[error("{target}: `{command}` {status}{}", reason_words(stderr))]
    Failed {
        /// Where.
        target: String,
        /// The command.
        command: String,
        /// How it ended.
        status: String,
        /// The end of what it wrote to standard error.
        stderr: String,
    },
    /// A file over there cannot be read or written.
    #[error("{target}: {path}: {message}")]
    Remote {
        /// Where.
        target: String,
        /// The file.
        path: String,
        /// What was attempted, and why it failed.
        message: String,
    },
    /// A file here cannot be read or written.
    #[error("{}: {source}", path.display())]
    Local {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

fn reason_words(reason: &str) -> String {
    if reason.is_empty() { String::new() } else { format!(": {reason}") }
}

impl Error {
    /// Whether the same may go well a little later, as with a host that is still booting.
    pub fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::Connect { .. }
                | Self::Jump { .. }
                | Self::Deadline { .. }
                | Self::Handshake { .. }
                | Self::Lost { .. }
        )
    }

    /// The error of a file here.
    pub(crate) fn local(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Local { path, source }
    }
}
