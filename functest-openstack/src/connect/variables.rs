// SPDX-License-Identifier: Apache-2.0
//! A cloud described by `OS_*` variables.

use std::collections::BTreeMap;
use std::path::PathBuf;

use functest_core::variables::{self, NotText, Variables};
use serde_json::{Map, Value};

use super::entry::Entry;
use super::{CloudConfig, keys};
use crate::error::Error;
use crate::service::Service;

/// All of them that are set.
pub(super) fn texts(environment: Variables<'_>) -> Result<BTreeMap<String, String>, NotText> {
    let mut texts = BTreeMap::new();
    for variable in every_key().map(|key| variable_of(&key)) {
        if let Some(text) = variables::text(environment, &variable)? {
            texts.insert(variable, text);
        }
    }
    Ok(texts)
}

/// The cloud that `look_up` describes, of a user whose home folder is `home`.
pub(super) fn load(
    origin: &str,
    look_up: &dyn Fn(&str) -> Option<String>,
    home: Option<PathBuf>,
) -> Result<CloudConfig, Error> {
    let mut found = Map::new();
    for key in every_key() {
        if let Some(value) = look_up(&variable_of(&key)).filter(|value| !value.is_empty()) {
            found.insert(key, Value::String(value));
        }
    }
    Entry { name: None, origin: origin.to_owned(), keys: found, home }.read()
}

fn variable_of(key: &str) -> String {
    format!("OS_{}", key.to_uppercase())
}

fn every_key() -> impl Iterator<Item = String> {
    keys::AUTH.iter().chain(keys::CLOUD).map(|(key, _)| (*key).to_owned()).chain(of_services())
}

/// The keys of every service that functest knows, by each of its types.
fn of_services() -> impl Iterator<Item = String> {
    let types = |service: Service| std::iter::once(service.name()).chain(service.aliases().iter().copied());
    let of_one = |name: &'static str| {
        let name = name.replace('-', "_");
        keys::SERVICE.iter().map(move |(about, _)| format!("{name}_{about}"))
    };
    Service::ALL.into_iter().flat_map(types).flat_map(of_one)
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::super::{Credential, Domain, LoginScope, Named};
    use super::*;

    const LOGIN: [(&str, &str); 3] =
        [("OS_AUTH_URL", "http://c:5000"), ("OS_USERNAME", "u"), ("OS_PASSWORD", "geheim")];

    /// The cloud of these variables, in an environment in which others are set, too.
    fn of(variables: &[(&str, &str)]) -> Result<CloudConfig, Error> {
        let others = [("HOME", "/home/me"), ("OS_TYPE", "linux"), ("LANG", "C")];
        let all: BTreeMap<&str, &str> = variables.iter().copied().chain(others).collect();
        CloudConfig::from_variables(&|name| all.get(name).map(Into::into))
    }

    /// The same of a user with a password.
    fn with_password(more: &[(&str, &str)]) -> Result<CloudConfig, Error> {
        of(&[LOGIN.as_slice(), more].concat())
    }

    #[test]
    fn a_user_logs_in_with_a_password() {
        let config =
            with_password(&[("OS_PROJECT_NAME", "p"), ("OS_USER_DOMAIN_NAME", "D"), ("OS_TYPO", "1")]).unwrap();
        assert_eq!((config.auth_url.as_str(), config.origin.as_str()), ("http://c:5000/v3", "the OS_* variables"));
        assert_eq!((config.name, config.region, config.interface.as_str()), (None, None, "public"));
        assert!(config.warnings.is_empty(), "other programs have variables that begin with OS_");
        let Credential::Password { user, password } = config.credential else { panic!() };
        assert_eq!(user, Named::Name { name: "u".into(), domain: Domain::Name("D".into()) });
        assert_eq!(password.expose_secret(), "geheim");
        let project = Named::Name { name: "p".into(), domain: Domain::Id("default".into()) };
        assert_eq!(config.scope, Some(LoginScope::Project(project)));
    }

    #[test]
    fn a_login_is_for_what_they_name() {
        let project = |id: &str| LoginScope::project(id);
        let table: [(&[(&str, &str)], LoginScope); 7] = [
            (&[("OS_PROJECT_ID", "p"), ("OS_DOMAIN_ID", "d")], project("p")),
            (&[("OS_TENANT_ID", "t")], project("t")),
            (&[("OS_PROJECT_ID", ""), ("OS_TENANT_ID", "t")], project("t")),
            (&[("OS_TRUST_ID", "t")], LoginScope::Trust("t".into())),
            (&[("OS_SYSTEM_SCOPE", "all")], LoginScope::System),
            (&[("OS_DOMAIN_ID", "d")], LoginScope::Domain(Domain::Id("d".into()))),
            (&[("OS_DOMAIN_NAME", "D")], LoginScope::Domain(Domain::Name("D".into()))),
        ];
        for (variables, scope) in table {
            assert_eq!(with_password(variables).unwrap().scope, Some(scope), "{variables:?}");
        }
    }

    #[test]
    fn a_token_and_an_application_credential_are_no_password() {
        let at = ("OS_AUTH_URL", "http://c:5000/v3/");
        let token = of(&[at, ("OS_TOKEN", "t"), ("OS_PROJECT_ID", "p")]).unwrap();
        assert!(matches!(token.credential, Credential::Token(ref token) if token.expose_secret() == "t"));
        assert_eq!((token.auth_url.as_str(), token.scope), ("http://c:5000/v3", Some(LoginScope::project("p"))));
        let (secret, id) = (("OS_APPLICATION_CREDENTIAL_SECRET", "s"), ("OS_APPLICATION_CREDENTIAL_ID", "i"));
        let by_id = of(&[at, secret, id, ("OS_AUTH_TYPE", "v3applicationcredential")]).unwrap();
        assert!(matches!(by_id.credential, Credential::ApplicationCredential { id: Ok(id), .. } if id == "i"));
        let name = ("OS_APPLICATION_CREDENTIAL_NAME", "n");
        let by_name = of(&[at, secret, name, ("OS_USER_ID", "u")]).unwrap();
        let Credential::ApplicationCredential { id: Err((name, user)), .. } = by_name.credential else { panic!() };
        assert_eq!((name.as_str(), user), ("n", Named::Id("u".into())));
    }

    #[test]
    fn they_say_where_the_services_are() {
        let config = with_password(&[
            ("OS_PROJECT_ID", "p"),
            ("OS_REGION_NAME", "R"),
            ("OS_ENDPOINT_TYPE", "internalURL"),
            ("OS_COMPUTE_ENDPOINT_OVERRIDE", "http://c:8774/v2.1"),
            ("OS_BLOCK_STORAGE_ENDPOINT_OVERRIDE", "http://c:8776/v3"),
            ("OS_IMAGE_INTERFACE", "admin"),
            ("OS_NETWORK_REGION_NAME", "N"),
        ])
        .unwrap();
        assert_eq!((config.region.as_deref(), config.interface.as_str()), (Some("R"), "internal"));
        let endpoints: Vec<_> = config.endpoints.iter().map(|(name, url)| (name.as_str(), url.as_str())).collect();
        assert_eq!(endpoints, [("block-storage", "http://c:8776/v3"), ("compute", "http://c:8774/v2.1")]);
        assert_eq!(config.choices[&Service::Image].interface.as_deref(), Some("admin"));
        assert_eq!(config.choices[&Service::Network].region.as_deref(), Some("N"));
        assert_eq!(config.choices.len(), 2);
    }

    #[test]
    fn a_service_may_go_by_another_of_its_types() {
        let more = [
            ("OS_PROJECT_ID", "p"),
            ("OS_VOLUMEV3_ENDPOINT_OVERRIDE", "http://c:8776"),
            ("OS_VOLUME_INTERFACE", "admin"),
        ];
        let config = with_password(&more).unwrap();
        assert_eq!(config.endpoints["volumev3"].as_str(), "http://c:8776/");
        assert_eq!(config.choices[&Service::BlockStorage].interface.as_deref(), Some("admin"));
    }

    #[test]
    fn they_say_whom_to_believe() {
        let tls = |more: &[(&str, &str)]| with_password(&[&[("OS_PROJECT_ID", "p")], more].concat()).unwrap().tls;
        let named = tls(&[("OS_CACERT", "~/ca.pem"), ("OS_CERT", "~/me.pem"), ("OS_KEY", "/keys/me.pem")]);
        assert!(named.verify);
        assert_eq!(named.cacert, Some("/home/me/ca.pem".into()));
        assert_eq!((named.cert, named.key), (Some("/home/me/me.pem".into()), Some("/keys/me.pem".into())));
        assert!(!tls(&[("OS_INSECURE", "true")]).verify);
        assert!(!tls(&[("OS_VERIFY", "False")]).verify);
    }

    #[test]
    fn what_is_missing_or_cannot_be_honoured_is_named() {
        let project = ("OS_PROJECT_ID", "p");
        for (variables, words) in [
            (vec![LOGIN[1], LOGIN[2], project], "auth.auth_url is missing"),
            (vec![LOGIN[0], LOGIN[2], project], "auth.username is missing"),
            (vec![LOGIN[0], LOGIN[1], project], "auth.password is missing"),
            (LOGIN.to_vec(), "auth.project_name is missing"),
            ([&LOGIN[..], &[project, ("OS_PASSCODE", "1")]].concat(), "passcode: functest does not support this key"),
            (
                [&LOGIN[..], &[project, ("OS_IDENTITY_API_VERSION", "2")]].concat(),
                "version 2 of the identity API is gone",
            ),
        ] {
            let text = of(&variables).unwrap_err().to_string();
            assert!(text.starts_with("the OS_* variables: ") && text.contains(words), "{words}: {text}");
        }
        assert!(with_password(&[project, ("OS_IDENTITY_API_VERSION", "3")]).is_ok());
    }
}
