// SPDX-License-Identifier: Apache-2.0
//! Where to log in, as whom, and with what.

use std::fmt;
use std::path::PathBuf;

use secrecy::SecretString;

use crate::deadlines::Deadlines;
use crate::host_key::HostKeys;

/// A host to log in to. Its `Debug` shows no secret.
#[derive(Clone, Debug)]
pub struct Target {
    /// A name or an address; behind a jump host, as that host resolves it.
    pub host: String,
    /// The port; 22 unless said otherwise.
    pub port: u16,
    /// The user there.
    pub user: String,
    /// What to log in with; tried in this order.
    pub logins: Vec<Login>,
    /// The host through which alone it is reached.
    pub jump: Option<Box<Target>>,
    /// Which host keys are trusted.
    pub host_keys: HostKeys,
    /// For how long each step may take.
    pub deadlines: Deadlines,
}

/// Something to log in with.
#[derive(Clone, Debug)]
pub enum Login {
    /// A password; also the answer to whatever keyboard-interactive asks for.
    Password(SecretString),
    /// A private key in a file: OpenSSH's form, PKCS#1, PKCS#8 or PuTTY's.
    KeyFile {
        /// The file.
        path: PathBuf,
        /// What it is encrypted with.
        passphrase: Option<SecretString>,
    },
    /// A private key as text, in the same forms.
    Key {
        /// The text.
        text: SecretString,
        /// What it is encrypted with.
        passphrase: Option<SecretString>,
        /// Where it came from, for messages.
        origin: String,
    },
    /// The keys of an SSH agent.
    Agent {
        /// Its socket; `None` takes `SSH_AUTH_SOCK`.
        socket: Option<PathBuf>,
    },
}

impl Login {
    /// A key file without passphrase.
    pub fn key_file(path: impl Into<PathBuf>) -> Self {
        Self::KeyFile { path: path.into(), passphrase: None }
    }

    /// A password.
    pub fn password(password: impl Into<SecretString>) -> Self {
        Self::Password(password.into())
    }
}

impl fmt::Display for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Password(_) => f.write_str("password"),
            Self::KeyFile { path, .. } => write!(f, "key {}", path.display()),
            Self::Key { origin, .. } => write!(f, "key of {origin}"),
            Self::Agent { socket: Some(path) } => write!(f, "agent {}", path.display()),
            Self::Agent { socket: None } => f.write_str("agent"),
        }
    }
}

impl Target {
    /// A host on port 22, without anything to log in with yet.
    pub fn new(host: impl Into<String>, user: impl Into<String>) -> Self {
        Self {
            host: host.into(),
            port: 22,
            user: user.into(),
            logins: Vec::new(),
            jump: None,
            host_keys: HostKeys::default(),
            deadlines: Deadlines::default(),
        }
    }

    /// On another port.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// With one more thing to log in with.
    #[must_use]
    pub fn login(mut self, login: Login) -> Self {
        self.logins.push(login);
        self
    }

    /// Reached through another host.
    #[must_use]
    pub fn through(mut self, jump: Target) -> Self {
        self.jump = Some(Box::new(jump));
        self
    }

    /// With these host keys trusted; those of the jump host stay what they are.
    #[must_use]
    pub fn host_keys(mut self, host_keys: HostKeys) -> Self {
        self.host_keys = host_keys;
        self
    }

    /// With these deadlines; those of the jump host stay what they are.
    #[must_use]
    pub fn deadlines(mut self, deadlines: Deadlines) -> Self {
        self.deadlines = deadlines;
        self
    }
}

impl fmt::Display for Target {
    /// `user@host`, with the port where it is not 22, and the way to it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.user, self.host)?;
        if self.port != 22 {
            write!(f, ":{}", self.port)?;
        }
        match &self.jump {
            Some(jump) => write!(f, " (through {jump})"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_says_the_way_and_no_secret() {
        let jump = Target::new("j", "me").port(2222).login(Login::password("hidden"));
        let target = Target::new("n", "root").login(Login::password("hidden")).through(jump);
        assert_eq!(target.to_string(), "root@n (through me@j:2222)");
        assert!(!format!("{target:?} {}", target.logins[0]).contains("hidden"));
    }
}
