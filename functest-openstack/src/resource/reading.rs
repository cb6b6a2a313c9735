// SPDX-License-Identifier: Apache-2.0
//! Reading things as clouds show them: a null is missing, and a number may be a text.

use std::fmt::Display;
use std::str::FromStr;

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::Resource;

/// The thing that a cloud shows so, or in which of its fields it is not what the API promises.
pub(crate) fn read<R: Resource>(shown: Value) -> Result<R, String> {
    let kind = R::KIND;
    let id = kind.id_of(&shown).to_owned();
    serde_path_to_error::deserialize(without_nulls(shown)).map_err(|error| {
        let whole = if id.is_empty() { format!("a `{}`", kind.name) } else { format!("the {} {id}", kind.name) };
        let what = match error.path().to_string() {
            root if root == "." => whole,
            field => format!("`{field}` of {whole}"),
        };
        format!("{what} is not what the API promises: {}", error.into_inner())
    })
}

fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(entries) => {
            let there = entries.into_iter().filter(|(_, value)| !value.is_null());
            Value::Object(there.map(|(key, value)| (key, without_nulls(value))).collect())
        }
        Value::Array(items) => {
            Value::Array(items.into_iter().filter(|item| !item.is_null()).map(without_nulls).collect())
        }
        other => other,
    }
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a number, or a text that is one")]
enum Number<T> {
    Plain(T),
    Text(String),
}

impl<T: FromStr> Number<T> {
    fn value(self) -> Result<T, T::Err> {
        match self {
            Self::Plain(number) => Ok(number),
            Self::Text(text) => text.trim().parse(),
        }
    }
}

/// A number that some clouds write as a text.
pub(super) fn number<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + FromStr<Err: Display>,
{
    Number::deserialize(deserializer)?.value().map_err(serde::de::Error::custom)
}

/// The same, where there may be none.
pub(super) fn optional_number<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + FromStr<Err: Display>,
{
    let number = Option::<Number<T>>::deserialize(deserializer)?;
    number.map(Number::value).transpose().map_err(serde::de::Error::custom)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::{Flavor, Keypair, Network, Port, SecurityGroup, SecurityGroupRule, Server};
    use super::*;

    #[test]
    fn nulls_are_missing_and_numbers_may_be_texts() {
        let network: Network = read(json!({"id": "n", "name": null, "status": null, "subnets": [null, "s"]})).unwrap();
        assert_eq!((network.name.as_str(), network.subnets.len()), ("", 1));
        let rule = json!({"id": "r", "port_range_min": "22", "port_range_max": null, "direction": null});
        let group: SecurityGroup = read(json!({"id": "g", "security_group_rules": [rule]})).unwrap();
        assert_eq!((group.rules[0].port_range_min, group.rules[0].port_range_max), (Some(22), None));
        // A new rule is read as the answer has it.
        let rule = json!({"id": "r", "port_range_min": null, "port_range_max": "23"});
        let rule: SecurityGroupRule = serde_json::from_value(rule).unwrap();
        assert_eq!((rule.port_range_min, rule.port_range_max), (None, Some(23)));
        let flavor: Flavor = read(json!({"id": "f", "name": "f", "ram": "512", "rxtx_factor": "1.0"})).unwrap();
        assert_eq!((flavor.ram, flavor.vcpus), (512, 0));
        let port: Port =
            read(json!({"id": "p", "fixed_ips": [{"ip_address": "10.0.0.1", "subnet_id": null}]})).unwrap();
        assert_eq!(port.fixed_ips[0].subnet_id, "");
    }

    #[test]
    fn what_does_not_fit_is_named_with_its_field_and_id() {
        let wrong = read::<Server>(json!({"id": "s-1", "status": 7})).unwrap_err();
        assert!(wrong.starts_with("`status` of the server s-1 is not what the API promises: "), "{wrong}");
        let wrong = read::<Keypair>(json!({"fingerprint": "x"})).unwrap_err();
        assert!(wrong.contains("missing field `name`"), "{wrong}");
        let wrong = read::<Flavor>(json!({"id": "f", "name": "f", "ram": "much"})).unwrap_err();
        assert!(wrong.starts_with("`ram` of the flavor f is"), "{wrong}");
    }
}
