// SPDX-License-Identifier: Apache-2.0
//! A cloud described by `OS_*` variables.

use std::path::PathBuf;

use serde_json::{Map, Value};

use super::entry::Entry;
use super::{CloudConfig, keys};
use crate::error::Error;
use crate::service::Service;

/// The cloud that `look_up` describes.
pub(super) fn load(origin: &str, look_up: &dyn Fn(&str) -> Option<String>) -> Result<CloudConfig, Error> {
    let set = |key: &str| look_up(&format!("OS_{}", key.to_uppercase())).filter(|value| !value.is_empty());
    let mut found = Map::new();
    let known = keys::AUTH.iter().chain(keys::CLOUD).map(|(key, _)| (*key).to_owned());
    for key in known.chain(of_services()) {
        if let Some(value) = set(&key) {
            found.insert(key, Value::String(value));
        }
    }
    let home = look_up("HOME").filter(|home| !home.is_empty()).map(PathBuf::from);
    Entry { name: None, origin: origin.to_owned(), keys: found, home }.read()
}

/// The keys of every service that functest knows.
fn of_services() -> impl Iterator<Item = String> {
    let of_one = |service: Service| {
        let name = service.name().replace('-', "_");
        keys::SERVICE.iter().map(move |(about, _)| format!("{name}_{about}"))
    };
    Service::ALL.into_iter().flat_map(of_one)
}
