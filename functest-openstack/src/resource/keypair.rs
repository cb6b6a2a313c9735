// SPDX-License-Identifier: Apache-2.0
//! Key pairs (Nova). The private half is made here and never sent.

use secrecy::SecretString;
use serde::Deserialize;
use ssh_key::{Algorithm, LineEnding, PrivateKey};

use super::{Kind, Mark, Removal, Resource};
use crate::error::Error;
use crate::service::Service;

/// A key pair, as the cloud knows it: its public half.
#[derive(Clone, Debug, Deserialize)]
pub struct Keypair {
    /// Its name, unique for its user.
    pub name: String,
    /// Of the public key.
    #[serde(default)]
    pub fingerprint: String,
    /// In OpenSSH's form.
    #[serde(default)]
    pub public_key: String,
}

/// A fresh key pair. Its `Debug` does not show the private key.
#[derive(Debug)]
pub struct KeypairSecret {
    /// In OpenSSH's form.
    pub public_key: String,
    /// In OpenSSH's form.
    pub private_key: SecretString,
}

impl KeypairSecret {
    /// A fresh ed25519 key pair.
    ///
    /// # Errors
    /// [`Error::Internal`] when the system has no randomness to give.
    pub fn generate() -> Result<Self, Error> {
        let internal = |e: ssh_key::Error| Error::Internal(format!("cannot make a key pair: {e}"));
        let key = PrivateKey::random(&mut rand::rng(), Algorithm::Ed25519).map_err(internal)?;
        let private_key = key.to_openssh(LineEnding::LF).map_err(internal)?;
        Ok(Self {
            public_key: key.public_key().to_openssh().map_err(internal)?,
            private_key: SecretString::from(private_key.as_str().to_owned()),
        })
    }
}

impl Resource for Keypair {
    const KIND: Kind = Kind {
        name: "keypair",
        service: Service::Compute,
        collection: "/os-keypairs",
        list: "",
        item: "/os-keypairs/{name}",
        singular: "keypair",
        plural: "keypairs",
        everywhere: &[],
        mark: Mark::UserName,
        owner: None,
        // The first that lets an administrator name the user.
        microversion: Some("2.10"),
        removal: Removal::PLAIN,
    };

    fn id(&self) -> &str {
        &self.name
    }

    fn name(&self) -> &str {
        &self.name
    }
}
