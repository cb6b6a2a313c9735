// SPDX-License-Identifier: Apache-2.0
//! The cloud's credentials, as an installer leaves them.

use secrecy::SecretString;

/// What a cloud is logged in to with: the lines of an openrc file. Its `Debug` shows no secret.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// `OS_*` variables and their values; the secret ones are secret.
    pub variables: Vec<(String, SecretString)>,
    /// The certificate of the authority that signed the cloud's, as PEM, where it has one of its own.
    pub ca_certificate: Option<String>,
    /// Where they came from, such as `/home/stack/overcloudrc on 192.0.2.1`.
    pub origin: String,
}
