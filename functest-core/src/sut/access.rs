// SPDX-License-Identifier: Apache-2.0
//! How a node is logged in to.

use std::path::PathBuf;

use schemars::JsonSchema;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

/// How a host is logged in to over SSH. Neither its `Debug` nor its documents hold a secret.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Access {
    /// A name or an address.
    pub address: String,
    /// The port.
    pub port: u16,
    /// The user.
    pub user: String,
    /// What to log in with, in this order.
    #[serde(skip)]
    pub identities: Vec<Identity>,
    /// What `sudo` there is told when it asks.
    #[serde(skip)]
    pub sudo_password: Option<SecretString>,
    /// The host through which it is reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jump: Option<Box<Access>>,
}

/// Something to log in with.
#[derive(Clone, Debug)]
pub enum Identity {
    /// A password.
    Password(SecretString),
    /// A private key in a file here.
    KeyFile(PathBuf),
    /// A private key as text.
    Key {
        /// The text.
        text: SecretString,
        /// Where it came from, for messages.
        origin: String,
    },
    /// The keys of this user's SSH agent.
    Agent,
}

impl Access {
    /// A host on port 22, with nothing to log in with yet.
    pub fn new(address: impl Into<String>, user: impl Into<String>) -> Self {
        Self {
            address: address.into(),
            port: 22,
            user: user.into(),
            identities: Vec::new(),
            sudo_password: None,
            jump: None,
        }
    }
}
