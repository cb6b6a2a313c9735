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
}
