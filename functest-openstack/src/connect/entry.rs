// SPDX-License-Identifier: Apache-2.0
//! One cloud's keys, whether they came from a file or from variables, and what they mean.

use std::collections::BTreeMap;
use std::path::PathBuf;

use functest_core::suggest;
use secrecy::SecretString;
use serde_json::{Map, Value};
use url::Url;

use super::{CloudConfig, Credential, Domain, Named, Tls};
use crate::error::Error;

const AUTH_KEYS: &[&str] = &[
    "auth_url",
    "username",
    "user_id",
    "password",
    "token",
    "project_name",
    "project_id",
    "tenant_name",
    "tenant_id",
    "user_domain_name",
    "user_domain_id",
    "project_domain_name",
    "project_domain_id",
    "domain_name",
    "domain_id",
    "default_domain",
    "application_credential_id",
    "application_credential_name",
    "application_credential_secret",
];

const CLOUD_KEYS: &[&str] =
    &["auth", "auth_type", "region_name", "interface", "endpoint_type", "verify", "insecure", "cacert", "profile"];

/// The keys of a cloud, in the form of `clouds.yaml`.
pub(super) struct Entry {
    pub(super) name: Option<String>,
    pub(super) origin: String,
    pub(super) keys: Map<String, Value>,
}

impl Entry {
    fn error(&self, message: impl Into<String>) -> Error {
        Error::Config { origin: self.origin.clone(), message: message.into() }
    }

    fn text(&self, key: &str) -> Result<Option<String>, Error> {
        text(self.keys.get(key)).map_err(|found| self.error(format!("{key}: expected a text, found {found}")))
    }

    fn auth(&self, key: &str) -> Result<Option<String>, Error> {
        let value = self.keys.get("auth").and_then(|auth| auth.get(key));
        // What was found is not said: it may be the secret.
        text(value).map_err(|_| self.error(format!("auth.{key}: expected a text")))
    }

    fn required(&self, key: &str) -> Result<String, Error> {
        self.auth(key)?.ok_or_else(|| self.error(format!("auth.{key} is missing")))
    }

    fn domain(&self, prefix: &str) -> Result<Domain, Error> {
        for key in [format!("{prefix}_domain_id"), "domain_id".into()] {
            if let Some(id) = self.auth(&key)? {
                return Ok(Domain::Id(id));
            }
        }
        for key in [format!("{prefix}_domain_name"), "domain_name".into(), "default_domain".into()] {
            if let Some(name) = self.auth(&key)? {
                return Ok(Domain::Name(name));
            }
        }
        Ok(Domain::Id("default".into()))
    }

    fn user(&self) -> Result<Option<Named>, Error> {
        if let Some(id) = self.auth("user_id")? {
            return Ok(Some(Named::Id(id)));
        }
        let name = self.auth("username")?;
        name.map(|name| Ok(Named::Name { name, domain: self.domain("user")? })).transpose()
    }

    fn project(&self) -> Result<Option<Named>, Error> {
        for key in ["project_id", "tenant_id"] {
            if let Some(id) = self.auth(key)? {
                return Ok(Some(Named::Id(id)));
            }
        }
        for key in ["project_name", "tenant_name"] {
            if let Some(name) = self.auth(key)? {
                return Ok(Some(Named::Name { name, domain: self.domain("project")? }));
            }
        }
        Ok(None)
    }

    fn credential(&self) -> Result<Credential, Error> {
        let auth_type = match self.text("auth_type")? {
            Some(auth_type) => auth_type,
            None if self.auth("application_credential_secret")?.is_some() => "v3applicationcredential".into(),
            None if self.auth("token")?.is_some() && self.auth("password")?.is_none() => "token".into(),
            None => "password".into(),
        };
        match auth_type.as_str() {
            "password" | "v3password" => {
                let user = self.user()?.ok_or_else(|| self.error("auth.username (or auth.user_id) is missing"))?;
                Ok(Credential::Password { user, password: self.required("password")?.into() })
            }
            "token" | "v3token" => Ok(Credential::Token(self.required("token")?.into())),
            "v3applicationcredential" => {
                let secret: SecretString = self.required("application_credential_secret")?.into();
                let id = match (self.auth("application_credential_id")?, self.user()?) {
                    (Some(id), _) => Ok(id),
                    (None, Some(user)) => Err((self.required("application_credential_name")?, user)),
                    (None, None) => {
                        return Err(self.error(
                            "auth.application_credential_id is missing (or application_credential_name with a user)",
                        ));
                    }
                };
                Ok(Credential::ApplicationCredential { id, secret })
            }
            other => Err(self.error(format!(
                "auth_type: `{other}` is not supported; expected password, token or v3applicationcredential"
            ))),
        }
    }

    fn auth_url(&self) -> Result<Url, Error> {
        let text = self.required("auth_url")?;
        if text.contains('@') {
            return Err(self.error("auth.auth_url: a user or a password in the URL would end up in reports"));
        }
        let mut url: Url = text.parse().map_err(|e| self.error(format!("auth.auth_url: {text:?} is no URL: {e}")))?;
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
            return Err(self.error(format!("auth.auth_url: {text:?} is not an http or https URL")));
        }
        let path = url.path().trim_end_matches('/').to_owned();
        if path.ends_with("/v2.0") {
            return Err(self.error(format!("auth.auth_url: {text}: version 2 of the identity API is gone; use /v3")));
        }
        url.set_path(&if path.ends_with("/v3") { path } else { format!("{path}/v3") });
        url.set_query(None);
        Ok(url)
    }

    fn tls(&self) -> Result<Tls, Error> {
        let boolean = |key: &str| match self.keys.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Bool(b)) => Ok(Some(*b)),
            Some(Value::String(s)) => match s.to_lowercase().as_str() {
                "true" | "yes" | "on" | "1" => Ok(Some(true)),
                "false" | "no" | "off" | "0" | "" => Ok(Some(false)),
                _ => Err(self.error(format!("{key}: expected true or false, found {s:?}"))),
            },
            Some(other) => Err(self.error(format!("{key}: expected true or false, found {other}"))),
        };
        let verify = boolean("verify")?.unwrap_or(true) && !boolean("insecure")?.unwrap_or(false);
        Ok(Tls { verify, cacert: self.text("cacert")?.map(PathBuf::from) })
    }

    fn endpoints(&self) -> Result<BTreeMap<String, Url>, Error> {
        let mut endpoints = BTreeMap::new();
        for (key, value) in &self.keys {
            let Some(service) = key.strip_suffix("_endpoint_override") else { continue };
            let url = value.as_str().filter(|text| !text.contains('@')).and_then(|text| text.parse::<Url>().ok());
            let url = url.filter(|url| matches!(url.scheme(), "http" | "https"));
            let url =
                url.ok_or_else(|| self.error(format!("{key}: expected an http or https URL without a user in it")))?;
            endpoints.insert(service.replace('_', "-"), url);
        }
        Ok(endpoints)
    }

    fn warnings(&self) -> Vec<String> {
        let auth = self.keys.get("auth").and_then(Value::as_object);
        let misspelt = |key: &String, known: &[&str], path: &str| {
            let near = suggest::nearest(key, known.iter().copied()).filter(|_| !known.contains(&key.as_str()))?;
            Some(format!("{}: {path}{key}: unknown key; did you mean `{near}`?", self.origin))
        };
        let own = self.keys.keys().filter(|key| !key.ends_with("_override") && !key.ends_with("_api_version"));
        let own = own.filter_map(|key| misspelt(key, CLOUD_KEYS, ""));
        own.chain(auth.into_iter().flat_map(Map::keys).filter_map(|key| misspelt(key, AUTH_KEYS, "auth."))).collect()
    }

    /// What the keys mean.
    pub(super) fn read(self) -> Result<CloudConfig, Error> {
        let interface = match self.text("interface")? {
            Some(interface) => Some(interface),
            None => self.text("endpoint_type")?,
        };
        let interface = interface.unwrap_or_else(|| "public".into()).trim_end_matches("URL").to_owned();
        if !["public", "internal", "admin"].contains(&interface.as_str()) {
            return Err(self.error(format!("interface: `{interface}` is none of public, internal, admin")));
        }
        let credential = self.credential()?;
        let scoped_already = matches!(credential, Credential::ApplicationCredential { .. });
        let project = self.project()?.filter(|_| !scoped_already);
        if project.is_none() && matches!(credential, Credential::Password { .. }) {
            return Err(self.error("auth.project_name (or auth.project_id) is missing"));
        }
        Ok(CloudConfig {
            auth_url: self.auth_url()?,
            credential,
            project,
            region: self.text("region_name")?,
            interface,
            tls: self.tls()?,
            endpoints: self.endpoints()?,
            warnings: self.warnings(),
            name: self.name,
            origin: self.origin,
        })
    }
}

/// A text, or a number that was meant as one; an empty one counts as none.
fn text(value: Option<&Value>) -> Result<Option<String>, String> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone()).filter(|text| !text.is_empty())),
        Some(Value::Number(number)) => Ok(Some(number.to_string())),
        Some(other) => Err(other.to_string()),
    }
}
