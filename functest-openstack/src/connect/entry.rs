// SPDX-License-Identifier: Apache-2.0
//! One cloud's keys, whether they came from a file or from variables, and what they mean.

use std::collections::BTreeMap;
use std::path::PathBuf;

use functest_core::suggest;
use secrecy::SecretString;
use serde_json::{Map, Value};
use url::Url;

use super::keys::{self, Fate};
use super::{CloudConfig, Credential, Domain, LoginScope, Named, ServiceChoice, Tls};
use crate::error::Error;
use crate::service::Service;

/// The keys of a cloud, in the form of `clouds.yaml`.
pub(super) struct Entry {
    pub(super) name: Option<String>,
    pub(super) origin: String,
    pub(super) keys: Map<String, Value>,
    /// The user's home folder, which `~` stands for.
    pub(super) home: Option<PathBuf>,
}

impl Entry {
    fn error(&self, message: impl Into<String>) -> Error {
        Error::Config { origin: self.origin.clone(), message: message.into() }
    }

    fn text(&self, key: &str) -> Result<Option<String>, Error> {
        text(self.keys.get(key)).map_err(|found| self.error(format!("{key}: expected a text, found {found}")))
    }

    /// A key of `auth`, which may stand beside it.
    fn auth(&self, key: &str) -> Result<Option<String>, Error> {
        let value = self.keys.get("auth").and_then(|auth| auth.get(key));
        let value = value.filter(|value| !is_nothing(value)).or_else(|| self.keys.get(key));
        // What was found is not said: it may be the secret.
        text(value).map_err(|_| self.error(format!("auth.{key}: expected a text")))
    }

    fn required(&self, key: &str) -> Result<String, Error> {
        self.auth(key)?.ok_or_else(|| self.missing(key))
    }

    /// That a key is missing, with what may have been meant by another one.
    fn missing(&self, key: &str) -> Error {
        let there = self.keys.get("auth").and_then(Value::as_object).into_iter().flat_map(Map::keys);
        let mut unknown =
            there.chain(self.keys.keys()).filter(|there| keys::of_auth(there).or(keys::of_cloud(there)).is_none());
        let near = unknown.find(|there| suggest::nearest(there, [key]).is_some());
        let hint = near.map(|near| format!("; is `{near}` a mistyped `{key}`?")).unwrap_or_default();
        self.error(format!("auth.{key} is missing{hint}"))
    }

    fn path(&self, key: &str) -> Result<Option<PathBuf>, Error> {
        let path = self.text(key)?.map(PathBuf::from);
        Ok(path.map(|path| match (path.strip_prefix("~"), &self.home) {
            (Ok(below), Some(home)) => home.join(below),
            _ => path,
        }))
    }

    /// The domain of a user or a project. As in the SDK, an id wins over a name; that of the login's scope is the last to be
    /// meant.
    fn domain(&self, prefix: &str) -> Result<Domain, Error> {
        let id: fn(String) -> Domain = Domain::Id;
        for (key, domain) in [
            (&*format!("{prefix}_domain_id"), id),
            ("default_domain_id", id),
            (&*format!("{prefix}_domain_name"), Domain::Name),
            ("default_domain_name", Domain::Name),
            ("domain_id", id),
            ("domain_name", Domain::Name),
            // The command line's default, which is an id.
            ("default_domain", id),
        ] {
            if let Some(text) = self.auth(key)? {
                return Ok(domain(text));
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

    /// What the login is for. As in the SDK, a project wins over a domain.
    fn scope(&self) -> Result<Option<LoginScope>, Error> {
        if let Some(trust) = self.auth("trust_id")? {
            return Ok(Some(LoginScope::Trust(trust)));
        }
        match self.auth("system_scope")?.as_deref() {
            Some("all") => return Ok(Some(LoginScope::System)),
            Some(other) => return Err(self.error(format!("auth.system_scope: expected `all`, found `{other}`"))),
            None => {}
        }
        if let Some(project) = self.project()? {
            return Ok(Some(LoginScope::Project(project)));
        }
        if let Some(id) = self.auth("domain_id")? {
            return Ok(Some(LoginScope::Domain(Domain::Id(id))));
        }
        Ok(self.auth("domain_name")?.map(|name| LoginScope::Domain(Domain::Name(name))))
    }

    fn credential(&self) -> Result<Credential, Error> {
        let auth_type = match self.text("auth_type")? {
            Some(auth_type) => auth_type,
            None if self.auth("application_credential_secret")?.is_some() => "v3applicationcredential".into(),
            None if self.token()?.is_some() && self.auth("password")?.is_none() => "token".into(),
            None => "password".into(),
        };
        match auth_type.as_str() {
            "password" | "v3password" => {
                let user = self.user()?.ok_or_else(|| self.missing("username"))?;
                Ok(Credential::Password { user, password: self.required("password")?.into() })
            }
            "token" | "v3token" => Ok(Credential::Token(self.token()?.ok_or_else(|| self.missing("token"))?.into())),
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

    fn token(&self) -> Result<Option<String>, Error> {
        Ok(self.auth("token")?.or(self.text("auth_token")?))
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
        let (cert, key) = (self.path("cert")?, self.path("key")?);
        if cert.is_none() && key.is_some() {
            return Err(self.error("key: without `cert` there is no certificate that it belongs to"));
        }
        Ok(Tls { verify, cacert: self.path("cacert")?, cert, key })
    }

    /// Where one service is looked for that is not where the others are.
    fn choices(&self) -> Result<BTreeMap<Service, ServiceChoice>, Error> {
        let mut choices: BTreeMap<Service, ServiceChoice> = BTreeMap::new();
        for key in self.keys.keys() {
            let Some((service, about, _)) = keys::of_service(key) else { continue };
            let Some(service) = Service::from_name(&service.replace('_', "-")) else { continue };
            let choice = choices.entry(service).or_default();
            match about {
                "interface" | "endpoint_type" => choice.interface = self.interface(key)?,
                "region_name" => choice.region = self.text(key)?,
                _ => {}
            }
        }
        choices.retain(|_, choice| *choice != ServiceChoice::default());
        Ok(choices)
    }

    fn interface(&self, key: &str) -> Result<Option<String>, Error> {
        let Some(text) = self.text(key)? else { return Ok(None) };
        let interface = text.trim_end_matches("URL").to_owned();
        if ["public", "internal", "admin"].contains(&interface.as_str()) {
            return Ok(Some(interface));
        }
        Err(self.error(format!("{key}: `{interface}` is none of public, internal, admin")))
    }

    fn endpoints(&self) -> Result<BTreeMap<String, Url>, Error> {
        let mut endpoints = BTreeMap::new();
        for (key, value) in &self.keys {
            let Some((service, "endpoint_override" | "endpoint", _)) = keys::of_service(key) else { continue };
            if is_nothing(value) {
                continue;
            }
            let url = value.as_str().filter(|text| !text.contains('@')).and_then(|text| text.parse::<Url>().ok());
            let url = url.filter(|url| matches!(url.scheme(), "http" | "https"));
            let url =
                url.ok_or_else(|| self.error(format!("{key}: expected an http or https URL without a user in it")))?;
            endpoints.insert(service.replace('_', "-"), url);
        }
        Ok(endpoints)
    }

    /// Refuses what would change who logs in, where or how, and cannot be done.
    fn refuse(&self) -> Result<(), Error> {
        let auth = self.keys.get("auth").and_then(Value::as_object);
        let in_auth = auth.into_iter().flatten().filter(|(_, value)| !is_nothing(value)).map(|(key, _)| key);
        for key in in_auth {
            if keys::of_auth(key) == Some(Fate::Refused) {
                return Err(self.error(format!("auth.{key}: functest does not know how to log in with it")));
            }
            if keys::of_auth(key).is_none() && keys::of_cloud(key).is_some() {
                return Err(self.error(format!("auth.{key}: this key belongs beside `auth`, not into it")));
            }
        }
        for (key, value) in self.keys.iter().filter(|(_, value)| !is_nothing(value)) {
            if keys::of_auth(key).or(keys::of_cloud(key)) == Some(Fate::Refused) {
                return Err(self.error(format!(
                    "{key}: functest does not support this key, and without it would not do what it says"
                )));
            }
            let is_old_identity = key == "identity_api_version"
                && text(Some(value)).ok().flatten().is_some_and(|version| version.starts_with('2'));
            if is_old_identity {
                return Err(self.error("identity_api_version: version 2 of the identity API is gone; use 3"));
            }
        }
        Ok(())
    }

    fn warnings(&self) -> Vec<String> {
        let warning = |path: &str, key: &String, known: Vec<&str>| {
            let near = keys::meant_by(key).or_else(|| suggest::nearest(key, known).map(str::to_owned));
            let near = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            format!("{}: {path}{key}: unknown key, which has no effect{near}", self.origin)
        };
        let names = |table: &'static [(&str, Fate)]| table.iter().map(|(name, _)| *name);
        let all = || names(keys::CLOUD).chain(names(keys::AUTH)).collect::<Vec<_>>();
        let own = self.keys.keys().filter(|key| keys::of_cloud(key).or(keys::of_auth(key)).is_none());
        let own = own.map(|key| warning("", key, all()));
        let auth = self.keys.get("auth").and_then(Value::as_object);
        let in_auth = auth.into_iter().flat_map(Map::keys).filter(|key| keys::of_auth(key).is_none());
        let set = self.keys.iter().filter(|(_, value)| !is_nothing(value)).map(|(key, _)| key);
        let unheeded = set.filter(|key| keys::of_cloud(key) == Some(Fate::Unheeded));
        let unheeded = unheeded.map(|key| {
            format!(
                "{}: {key}: it has no effect; functest's own settings say how requests are made (`run.*`)",
                self.origin
            )
        });
        own.chain(in_auth.map(|key| warning("auth.", key, names(keys::AUTH).collect()))).chain(unheeded).collect()
    }

    /// What the keys mean.
    pub(super) fn read(self) -> Result<CloudConfig, Error> {
        self.refuse()?;
        let interface = match self.interface("interface")? {
            Some(interface) => Some(interface),
            None => self.interface("endpoint_type")?,
        };
        let credential = self.credential()?;
        let scoped_already = matches!(credential, Credential::ApplicationCredential { .. });
        let scope = self.scope()?.filter(|_| !scoped_already);
        if scope.is_none() && matches!(credential, Credential::Password { .. }) {
            return Err(self.missing("project_name"));
        }
        Ok(CloudConfig {
            auth_url: self.auth_url()?,
            credential,
            scope,
            region: self.text("region_name")?,
            interface: interface.unwrap_or_else(|| "public".into()),
            choices: self.choices()?,
            tls: self.tls()?,
            endpoints: self.endpoints()?,
            warnings: self.warnings(),
            name: self.name,
            origin: self.origin,
        })
    }
}

fn is_nothing(value: &Value) -> bool {
    matches!(value, Value::Null) || value.as_str() == Some("")
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn entry(keys: Value) -> Entry {
        let Value::Object(keys) = keys else { panic!("expected a map") };
        Entry { name: None, origin: "a test".to_owned(), keys, home: None }
    }

    #[test]
    fn a_domain_is_taken_from_the_nearest_key_that_names_one() {
        let id = |id: &str| Domain::Id(id.to_owned());
        let name = |name: &str| Domain::Name(name.to_owned());
        // Each is believed before those behind it. As in the SDK, an id stands before a name, be it only the default's.
        let keys = [
            ("user_domain_id", id("user_domain_id")),
            ("default_domain_id", id("default_domain_id")),
            ("user_domain_name", name("user_domain_name")),
            ("default_domain_name", name("default_domain_name")),
            ("domain_id", id("domain_id")),
            ("domain_name", name("domain_name")),
            ("default_domain", id("default_domain")),
        ];
        for (first, (key, domain)) in keys.iter().enumerate() {
            let there: Map<String, Value> =
                keys[first..].iter().map(|(key, _)| ((*key).to_owned(), json!(key))).collect();
            assert_eq!(entry(json!({"auth": there.clone()})).domain("user").unwrap(), *domain, "{key}");
            assert_eq!(entry(Value::Object(there)).domain("user").unwrap(), *domain, "{key}, beside auth");
        }
        assert_eq!(entry(json!({"project_domain_id": "p"})).domain("user").unwrap(), id("default"));
    }

    #[test]
    fn endpoints_are_set_by_the_service_s_type() {
        let endpoints = entry(json!({
            "compute_endpoint_override": "http://c:8774/v2.1",
            "block_storage_endpoint_override": "https://c/volume",
            "volumev3_endpoint": "http://c:8776",
            "image_endpoint_override": "",
            "network_endpoint_override": null,
            "network_endpoint_type": "internal",
        }))
        .endpoints()
        .unwrap();
        let read: Vec<_> = endpoints.iter().map(|(service, url)| (service.as_str(), url.as_str())).collect();
        assert_eq!(
            read,
            [("block-storage", "https://c/volume"), ("compute", "http://c:8774/v2.1"), ("volumev3", "http://c:8776/"),]
        );
        for wrong in [json!("c:8774"), json!("ftp://c/"), json!("http://user:geheim@c/"), json!(8774)] {
            let text = entry(json!({"compute_endpoint_override": wrong})).endpoints().unwrap_err().to_string();
            assert_eq!(text, "a test: compute_endpoint_override: expected an http or https URL without a user in it");
        }
    }
}
