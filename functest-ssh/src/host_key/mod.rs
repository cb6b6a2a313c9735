// SPDX-License-Identifier: Apache-2.0
//! Host keys: which are trusted, and where they are written down.

mod known_hosts;

use std::path::PathBuf;

use russh::keys::{Algorithm, HashAlg, PublicKey};

use self::known_hosts::{Known, KnownHosts};
use crate::error::Error;
use crate::target::Target;

/// What is done about a host whose key is not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HostKeyPolicy {
    /// It is refused.
    #[default]
    Strict,
    /// Its key is written down and trusted from now on; a key that changes is refused.
    AcceptNew,
    /// Everything is trusted. Whoever stands between reads along; each such login is logged as a warning.
    Off,
}

/// Which host keys are trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostKeys {
    /// What is done about a host whose key is not known.
    pub policy: HostKeyPolicy,
    /// Files in the form of OpenSSH's `known_hosts`; new keys go into the first. Files that do not exist are empty.
    pub files: Vec<PathBuf>,
    /// The name under which the host's key is looked up, in place of its address.
    pub name: Option<String>,
}

impl Default for HostKeys {
    /// Strict, with the files of OpenSSH: `~/.ssh/known_hosts` and `/etc/ssh/ssh_known_hosts`.
    fn default() -> Self {
        let of_the_user = std::env::home_dir().map(|home| home.join(".ssh/known_hosts"));
        let files = of_the_user.into_iter().chain([PathBuf::from("/etc/ssh/ssh_known_hosts")]).collect();
        Self { policy: HostKeyPolicy::Strict, files, name: None }
    }
}

impl HostKeys {
    /// Keys in this file alone.
    pub fn in_file(file: impl Into<PathBuf>) -> Self {
        Self { policy: HostKeyPolicy::Strict, files: vec![file.into()], name: None }
    }

    /// With this policy.
    #[must_use]
    pub fn policy(mut self, policy: HostKeyPolicy) -> Self {
        self.policy = policy;
        self
    }
}

/// What decides about the key of one host.
#[derive(Debug)]
pub(crate) struct Judge {
    target: String,
    /// As `known_hosts` files write it: `host`, or `[host]:port`.
    name: String,
    keys: HostKeys,
    known: Vec<Known>,
}

impl Judge {
    /// Looks the host up.
    pub(crate) async fn new(target: &Target) -> Result<Self, Error> {
        let keys = target.host_keys.clone();
        let host = keys.name.as_deref().unwrap_or(&target.host);
        let name = known_hosts::written(host, if keys.name.is_some() { 22 } else { target.port });
        let mut known = Vec::new();
        if keys.policy != HostKeyPolicy::Off {
            for file in &keys.files {
                known.extend(KnownHosts::read(file).await?.of(&name));
            }
        }
        Ok(Self { target: target.to_string(), name, keys, known })
    }

    /// The algorithms of the keys that are known come first: the host is then asked for one of these.
    pub(crate) fn preferred(&self, all: &[Algorithm]) -> Vec<Algorithm> {
        let is_known = |algorithm: &Algorithm| {
            self.known.iter().any(|known| match (known.key.algorithm(), algorithm) {
                (Algorithm::Rsa { .. }, Algorithm::Rsa { .. }) => true,
                (mine, theirs) => mine == *theirs,
            })
        };
        let (mut first, rest): (Vec<_>, Vec<_>) = all.iter().cloned().partition(is_known);
        first.extend(rest);
        first
    }

    /// Whether `key` is to be trusted; a new one is written down where the policy says so.
    pub(crate) async fn judge(&self, key: &PublicKey) -> Result<(), Error> {
        if self.keys.policy == HostKeyPolicy::Off {
            tracing::warn!(target = %self.target, "the host key is not checked");
            return Ok(());
        }
        let of_this_key = |known: &Known| known.key.key_data() == key.key_data();
        let target = self.target.clone();
        if let Some(Known { file, line, .. }) = self.known.iter().find(|known| known.revoked && of_this_key(known)) {
            return Err(Error::RevokedHostKey { target, file: file.clone(), line: *line });
        }
        let trusted: Vec<&Known> = self.known.iter().filter(|known| !known.revoked).collect();
        if trusted.iter().any(|known| of_this_key(known)) {
            return Ok(());
        }
        let algorithm = key.algorithm().to_string();
        let fingerprint = key.fingerprint(HashAlg::Sha256).to_string();
        if let Some(Known { file, line, .. }) = trusted.first() {
            // Also a key of another kind than the known ones: this is how somebody in between would look.
            return Err(Error::ChangedHostKey { target, algorithm, fingerprint, file: file.clone(), line: *line });
        }
        if self.keys.policy == HostKeyPolicy::AcceptNew {
            return self.learn(key).await;
        }
        let files: Vec<String> = self.keys.files.iter().map(|file| file.display().to_string()).collect();
        let files = if files.is_empty() { "no file".to_owned() } else { files.join(", ") };
        Err(Error::UnknownHostKey { target, algorithm, fingerprint, files })
    }

    async fn learn(&self, key: &PublicKey) -> Result<(), Error> {
        match self.keys.files.first() {
            Some(file) => known_hosts::add(file, &self.name, key).await,
            None => Ok(()),
        }
    }
}
