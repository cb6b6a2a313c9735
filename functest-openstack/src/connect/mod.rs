// SPDX-License-Identifier: Apache-2.0
//! Which cloud, and the connection to it.

mod clouds_yaml;
mod connection;
mod entry;
mod keys;
mod openrc;
mod service_types;
mod tls;
mod trust;
mod variables;
mod yaml;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use functest_core::variables::{self as environment_variables, NotText, Variables};
use secrecy::SecretString;
use url::Url;

use crate::error::Error;
use crate::service::Service;

pub use self::connection::{Connection, ConnectionOptions};
pub use self::keys::{Fate, Place, known_keys};

/// Everything needed to connect to a cloud. Its `Debug` shows no secret.
#[derive(Clone, Debug)]
pub struct CloudConfig {
    /// The name in `clouds.yaml`, or the path of the openrc file; `None` when it came from variables.
    pub name: Option<String>,
    /// Where it came from, for messages.
    pub origin: String,
    /// Keystone's URL, with its version.
    pub auth_url: Url,
    /// Who logs in.
    pub credential: Credential,
    /// What for; `None` when the credential says it already.
    pub scope: Option<LoginScope>,
    /// The region; `None` takes the first that the catalog has.
    pub region: Option<String>,
    /// `public`, `internal` or `admin`.
    pub interface: String,
    /// Services that are looked for in another region, or by another interface.
    pub choices: BTreeMap<Service, ServiceChoice>,
    /// How the cloud's certificate is verified.
    pub tls: Tls,
    /// Endpoints that the user sets in place of the catalog's, by service type.
    pub endpoints: BTreeMap<String, Url>,
    /// Keys that are probably mistyped.
    pub warnings: Vec<String>,
}

/// Who logs in, and with what.
#[derive(Clone, Debug)]
pub enum Credential {
    /// A user with a password.
    Password {
        /// The user.
        user: Named,
        /// The secret.
        password: SecretString,
    },
    /// A token that somebody else got. It cannot be renewed.
    Token(SecretString),
    /// An application credential.
    ApplicationCredential {
        /// Its id; or its name with the user whose it is.
        id: Result<String, (String, Named)>,
        /// The secret.
        secret: SecretString,
    },
}

/// What a login is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoginScope {
    /// A project.
    Project(Named),
    /// A domain as a whole.
    Domain(Domain),
    /// The cloud as a whole.
    System,
    /// What the trust of that id gives.
    Trust(String),
}

/// Where one service is looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServiceChoice {
    /// The region; `None` is that of the others.
    pub region: Option<String>,
    /// The interface; `None` is that of the others.
    pub interface: Option<String>,
}

/// Something named by its id, or by its name in a domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// By id.
    Id(String),
    /// By name.
    Name {
        /// The name.
        name: String,
        /// The domain's id or name.
        domain: Domain,
    },
}

/// A domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Domain {
    /// By id.
    Id(String),
    /// By name.
    Name(String),
}

/// How a server's certificate is verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tls {
    /// Whether it is verified at all.
    pub verify: bool,
    /// Authorities to trust besides the system's, as a PEM file.
    pub cacert: Option<PathBuf>,
    /// The certificate that we show, as a PEM file.
    pub cert: Option<PathBuf>,
    /// Its private key, where that is in a file of its own.
    pub key: Option<PathBuf>,
}

impl Tls {
    /// By the system's authorities.
    pub const fn verified() -> Self {
        Self { verify: true, cacert: None, cert: None, key: None }
    }
}

impl LoginScope {
    /// The project of that id.
    pub fn project(id: &str) -> Self {
        Self::Project(Named::Id(id.to_owned()))
    }
}

impl Credential {
    /// The password, the token or the secret.
    pub(crate) fn secret(&self) -> &SecretString {
        match self {
            Self::Password { password: secret, .. }
            | Self::Token(secret)
            | Self::ApplicationCredential { secret, .. } => secret,
        }
    }
}

impl Named {
    /// The name or the id.
    pub fn text(&self) -> &str {
        match self {
            Self::Id(text) | Self::Name { name: text, .. } => text,
        }
    }
}

impl CloudConfig {
    /// The cloud `name` of `clouds.yaml` and `secure.yaml`.
    ///
    /// `OS_CLIENT_CONFIG_FILE` and `OS_CLIENT_SECURE_FILE` are looked at first, then the working directory,
    /// `~/.config/openstack` and `/etc/openstack`.
    ///
    /// # Errors
    /// When no file has such a cloud, or its entry is unusable.
    pub fn from_clouds_yaml(name: &str, environment: Variables<'_>) -> Result<Self, Error> {
        clouds_yaml::load(name, None, environment)
    }

    /// The cloud of `OS_*` variables.
    ///
    /// # Errors
    /// When they do not describe a cloud.
    pub fn from_variables(environment: Variables<'_>) -> Result<Self, Error> {
        let texts = variables::texts(environment).map_err(not_text)?;
        let home = environment_variables::path(environment, "HOME");
        variables::load("the OS_* variables", &|name| texts.get(name).cloned(), home)
    }

    /// The cloud of an openrc file: lines `export OS_X=value`.
    ///
    /// # Errors
    /// When it cannot be read, or does not describe a cloud.
    pub fn from_openrc(path: &Path) -> Result<Self, Error> {
        let variables = openrc::read(path)?;
        let config =
            variables::load(&path.display().to_string(), &|name| variables.get(name).cloned(), std::env::home_dir())?;
        // By this name it is found again from another folder.
        let absolute = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        Ok(Self { name: Some(absolute.display().to_string()), ..config })
    }

    /// The cloud that a user means: `name` if given, else `OS_CLOUD`, else the `OS_*` variables; `None` when none of
    /// them is there. A `name` that is the path of a file, and no cloud of `clouds.yaml`, is an openrc file.
    ///
    /// # Errors
    /// When what is there does not describe a cloud.
    pub fn find(name: Option<&str>, environment: Variables<'_>) -> Result<Option<Self>, Error> {
        let set = |variable: &str| environment_variables::text(environment, variable).map_err(not_text);
        if let Some(name) = name.filter(|name| !name.is_empty()) {
            return Self::named(name, None, environment).map(Some);
        }
        if let Some(name) = set("OS_CLOUD")? {
            let region = set("OS_REGION_NAME")?;
            return Self::named(&name, region.as_deref(), environment).map(Some);
        }
        match set("OS_AUTH_URL")? {
            Some(_) => Self::from_variables(environment).map(Some),
            None => Ok(None),
        }
    }
}

impl CloudConfig {
    /// A cloud of that name is meant before a file that happens to have it.
    fn named(name: &str, region: Option<&str>, environment: Variables<'_>) -> Result<Self, Error> {
        let in_openrc = || {
            let found = Self::from_openrc(Path::new(name))?;
            Ok(Self { region: region.map(str::to_owned).or(found.region.clone()), ..found })
        };
        if name.contains('/') {
            return in_openrc();
        }
        match clouds_yaml::load(name, region, environment) {
            Err(Error::UnknownCloud { .. }) if Path::new(name).is_file() => in_openrc(),
            found => found,
        }
    }
}

fn not_text(error: NotText) -> Error {
    Error::Config { origin: "the environment".to_owned(), message: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file that is where tests run.
    const FILE: &str = "Cargo.toml";

    fn find(name: &str, clouds: &str) -> Result<CloudConfig, Error> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("c.yaml");
        std::fs::write(&file, clouds).unwrap();
        let environment = |variable: &str| (variable == "OS_CLIENT_CONFIG_FILE").then(|| file.clone().into_os_string());
        CloudConfig::find(Some(name), &environment).map(Option::unwrap)
    }

    #[test]
    fn a_cloud_is_meant_before_a_file_of_its_name() {
        let entry = "{auth: {auth_url: 'http://c', username: u, password: p, project_id: p}}";
        let config = find(FILE, &format!("clouds: {{{FILE}: {entry}}}\n")).unwrap();
        assert_eq!((config.name.as_deref(), config.auth_url.as_str()), (Some(FILE), "http://c/v3"));
        // What is wrong with the cloud is said of it, and not of the file.
        let text = find(FILE, &format!("clouds: {{{FILE}: {{auth: {{}}}}}}\n")).unwrap_err().to_string();
        assert!(text.contains("c.yaml: clouds.Cargo.toml: "), "{text}");
    }

    #[test]
    fn a_file_is_meant_by_what_no_cloud_is_called() {
        let text = find(FILE, "clouds: {other: {}}\n").unwrap_err().to_string();
        assert!(text.starts_with("Cargo.toml: ") && text.contains("it sets no variable"), "{text}");
        let text = find("./nowhere", "clouds: {other: {}}\n").unwrap_err().to_string();
        assert!(text.contains("cannot read ./nowhere"), "{text}");
        let error = find("nowhere", "clouds: {other: {}}\n").unwrap_err();
        assert!(matches!(error, Error::UnknownCloud { .. }), "{error}");
    }

    #[test]
    fn paths_in_a_file_of_variables_may_begin_at_home() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("openrc");
        let login = "export OS_AUTH_URL=http://c OS_USERNAME=u OS_PASSWORD=p OS_PROJECT_ID=p";
        std::fs::write(&file, format!("{login}\nexport OS_CACERT='~/ca.pem'\n")).unwrap();
        let config = find(file.to_str().unwrap(), "clouds: {}\n").unwrap();
        assert_eq!(config.tls.cacert, Some(std::env::home_dir().unwrap().join("ca.pem")));
    }
}
