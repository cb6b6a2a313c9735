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

/// The keys of every service that functest knows.
fn of_services() -> impl Iterator<Item = String> {
    let of_one = |service: Service| {
        let name = service.name().replace('-', "_");
        keys::SERVICE.iter().map(move |(about, _)| format!("{name}_{about}"))
    };
    Service::ALL.into_iter().flat_map(of_one)
}
