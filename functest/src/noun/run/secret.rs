// SPDX-License-Identifier: Apache-2.0
//! Settings that are secrets, by their types or by the words in their keys: no record, no event and no report holds them.

use std::collections::BTreeSet;

use functest_core::catalogue::Catalogue;
use functest_core::driver::Drivers;
use functest_core::settings::HIDDEN;
use serde_json::Value;

/// Words in keys whose values nobody else should see.
const WORDS: [&str; 6] = ["password", "passwd", "secret", "token", "passphrase", "private_key"];

fn is_secret(key: &str) -> bool {
    let key = key.to_lowercase();
    WORDS.iter().any(|word| key.contains(word))
}

/// Settings that are secrets by their types, each as `CASE.KEY`: of those that are set on a command line or in a request.
#[derive(Clone, Debug, Default)]
pub(super) struct Typed(BTreeSet<String>);

impl Typed {
    /// Those among `set`, each of which is a `CASE.KEY=VALUE`.
    pub(super) fn among(set: &[String], catalogue: &Catalogue, drivers: &Drivers) -> Self {
        let names = set.iter().filter_map(|setting| Some(setting.split_once('=')?.0));
        let is_typed = |name: &&str| {
            let entry = name.rsplit_once('.').and_then(|(case, key)| {
                let (_, entry) = catalogue.cases().find(|(_, entry)| entry.case_name == case)?;
                Some((drivers.find(&entry.driver)?.settings(entry), key))
            });
            entry.is_some_and(|(spec, key)| spec.is_secret(key))
        };
        Self(names.filter(is_typed).map(str::to_owned).collect())
    }

    /// A `CASE.KEY=VALUE` as it may be written down.
    pub(super) fn hide_in_setting(&self, setting: &str) -> String {
        match setting.split_once('=') {
            Some((name, _)) if is_secret(name) || self.0.contains(name) => format!("{name}={HIDDEN}"),
            _ => setting.to_owned(),
        }
    }

    /// A command line as it may be written down: values of secret settings are left out, however they are given.
    pub(super) fn hide_in_command(&self, command: &[String]) -> Vec<String> {
        command.iter().map(|word| self.hide_in_word(word)).collect()
    }

    fn hide_in_word(&self, word: &str) -> String {
        match word.strip_prefix("--set=") {
            Some(setting) => format!("--set={}", self.hide_in_setting(setting)),
            None => self.hide_in_setting(word),
        }
    }
}

/// Whether a setting was written down without its value.
pub(super) fn is_hidden(setting: &str) -> bool {
    setting.split_once('=').is_some_and(|(_, value)| value == HIDDEN)
}

/// A value as it may be written down, whatever is in it.
pub(crate) fn hide_in_value(key: &str, value: &Value) -> Value {
    match value {
        Value::Null => Value::Null,
        _ if is_secret(key) => Value::from(HIDDEN),
        Value::Object(map) => map.iter().map(|(key, value)| (key.clone(), hide_in_value(key, value))).collect(),
        Value::Array(items) => items.iter().map(|item| hide_in_value("", item)).collect(),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn secrets_are_hidden_wherever_they_stand() {
        let command =
            ["functest", "run", "--set", "a.api_token=x", "--set=b.Password=y=z", "--set=c.image=cirros", "d.pin=1"];
        let typed = Typed(BTreeSet::from(["d.pin".to_owned()]));
        let hidden = typed.hide_in_command(&command.map(str::to_owned));
        let expected = [
            "functest",
            "run",
            "--set",
            "a.api_token=(hidden)",
            "--set=b.Password=(hidden)",
            "--set=c.image=cirros",
            "d.pin=(hidden)",
        ];
        assert_eq!(hidden, expected);
        let value = json!({"user": "u", "secrets": ["s"], "login": [{"password": "p", "token": null}]});
        let hidden = json!({"user": "u", "secrets": HIDDEN, "login": [{"password": HIDDEN, "token": null}]});
        assert_eq!(hide_in_value("", &value), hidden);
        assert!(is_hidden("a.api_token=(hidden)") && !is_hidden("a.image=cirros"));
    }
}
