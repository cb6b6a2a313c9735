// SPDX-License-Identifier: Apache-2.0
//! A cloud described by `OS_*` variables.

use std::collections::BTreeMap;

use functest_core::variables::{self, NotText, Variables};
use serde_json::{Map, Value};

use super::CloudConfig;
use super::entry::Entry;
use crate::error::Error;

/// The key in a cloud's `auth` for each variable.
const AUTH: [(&str, &str); 20] = [
    ("OS_AUTH_URL", "auth_url"),
    ("OS_USERNAME", "username"),
    ("OS_USER_ID", "user_id"),
    ("OS_PASSWORD", "password"),
    ("OS_TOKEN", "token"),
    ("OS_AUTH_TOKEN", "token"),
    ("OS_TENANT_NAME", "tenant_name"),
    ("OS_TENANT_ID", "tenant_id"),
    ("OS_PROJECT_NAME", "project_name"),
    ("OS_PROJECT_ID", "project_id"),
    ("OS_USER_DOMAIN_NAME", "user_domain_name"),
    ("OS_USER_DOMAIN_ID", "user_domain_id"),
    ("OS_PROJECT_DOMAIN_NAME", "project_domain_name"),
    ("OS_PROJECT_DOMAIN_ID", "project_domain_id"),
    ("OS_DOMAIN_NAME", "domain_name"),
    ("OS_DOMAIN_ID", "domain_id"),
    ("OS_DEFAULT_DOMAIN", "default_domain"),
    ("OS_APPLICATION_CREDENTIAL_ID", "application_credential_id"),
    ("OS_APPLICATION_CREDENTIAL_NAME", "application_credential_name"),
    ("OS_APPLICATION_CREDENTIAL_SECRET", "application_credential_secret"),
];

/// The key of a cloud for each variable.
const CLOUD: [(&str, &str); 6] = [
    ("OS_AUTH_TYPE", "auth_type"),
    ("OS_REGION_NAME", "region_name"),
    ("OS_ENDPOINT_TYPE", "endpoint_type"),
    ("OS_INTERFACE", "interface"),
    ("OS_INSECURE", "insecure"),
    ("OS_CACERT", "cacert"),
];

/// All of them that are set.
pub(super) fn texts(environment: Variables<'_>) -> Result<BTreeMap<&'static str, String>, NotText> {
    let mut texts = BTreeMap::new();
    for (variable, _) in AUTH.iter().chain(&CLOUD) {
        if let Some(text) = variables::text(environment, variable)? {
            texts.insert(*variable, text);
        }
    }
    Ok(texts)
}

/// The cloud that `look_up` describes.
pub(super) fn load(origin: &str, look_up: &dyn Fn(&str) -> Option<String>) -> Result<CloudConfig, Error> {
    let collect = |table: &[(&str, &str)]| -> Map<String, Value> {
        let found = table.iter().filter_map(|(variable, key)| {
            let value = look_up(variable).filter(|value| !value.is_empty())?;
            Some(((*key).to_owned(), Value::String(value)))
        });
        found.collect()
    };
    let mut keys = collect(&CLOUD);
    keys.insert("auth".into(), Value::Object(collect(&AUTH)));
    Entry { name: None, origin: origin.to_owned(), keys }.read()
}
