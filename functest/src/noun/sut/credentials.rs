// SPDX-License-Identifier: Apache-2.0
//! The cloud's credentials, as the installer has them.

use std::path::PathBuf;

use functest_core::Installer;
use functest_core::sut::Credentials;
use functest_openstack::CloudConfig;
use schemars::JsonSchema;
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};

use super::{SutRequest, SutVerbs};
use crate::embed::Functest;
use crate::error::Error;
use crate::secret_file;

/// Whose credentials are written, and where to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CredentialsRequest {
    /// How the system is reached.
    #[serde(default)]
    pub sut: SutRequest,
    /// The openrc file that is written; only its owner may read it. `-` is standard output.
    pub output: PathBuf,
}

/// Where credentials were written. They themselves are in that file, and nowhere else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CredentialsFile {
    /// The version of this document's form.
    pub version: u32,
    /// The openrc file.
    pub file: PathBuf,
    /// Where they came from, such as `/home/stack/overcloudrc on 192.0.2.1`.
    pub origin: String,
}

impl SutVerbs<'_> {
    /// Writes the installer's credentials as an openrc file that only its owner may read.
    ///
    /// # Errors
    /// When the installer cannot be asked or has none, or the file cannot be written.
    pub async fn credentials(&self, request: &CredentialsRequest) -> Result<CredentialsFile, Error> {
        let sut = self.open(&request.sut).await?;
        let credentials = sut.credentials().await?;
        let mut text = format!("# From {}.\n", credentials.origin);
        let variables = credentials.variables.iter().filter(|(name, _)| name != "OS_CACERT");
        for (name, value) in variables {
            text.push_str(&format!("export {name}={}\n", functest_ssh::quote(value.expose_secret())));
        }
        if let Some(certificate) = &credentials.ca_certificate {
            let kept = self.functest.state.keep_certificate(&file_name(&sut, &sut.home().name()), certificate)?;
            text.push_str(&format!("export OS_CACERT={}\n", functest_ssh::quote(&kept.display().to_string())));
        }
        secret_file::write(&request.output, &text)?;
        Ok(CredentialsFile { version: 1, file: request.output.clone(), origin: credentials.origin })
    }
}

impl Functest {
    /// The cloud that the installer's credentials lead to; `place` says where the installer is.
    pub(crate) async fn cloud_of(&self, installer: &dyn Installer, place: &str) -> Result<CloudConfig, Error> {
        let credentials = installer.credentials().await?;
        let certificate = match &credentials.ca_certificate {
            Some(text) => Some(self.state.keep_certificate(&file_name(installer, place), text)?),
            None => None,
        };
        let look_up = |name: &str| match (name, &certificate) {
            ("OS_CACERT", certificate) => certificate.as_ref().map(|path| path.clone().into()),
            _ => value_of(&credentials, name).map(Into::into),
        };
        let config = CloudConfig::from_variables(&look_up)?;
        Ok(CloudConfig { origin: credentials.origin.clone(), ..config })
    }
}

/// A name for files about the system: of its installer, and of where that is.
fn file_name(installer: &dyn Installer, place: &str) -> String {
    let place: String = place.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    format!("{}-{place}", installer.name())
}

fn value_of(credentials: &Credentials, name: &str) -> Option<String> {
    let found = credentials.variables.iter().find(|(known, _)| known == name);
    found.map(|(_, value)| value.expose_secret().to_owned())
}
