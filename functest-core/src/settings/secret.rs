// SPDX-License-Identifier: Apache-2.0
//! A setting that nobody else should see.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

/// A text that is set like any other, and that no record, event, report or message of functest's shows. Empty when nobody sets it.
#[derive(Clone, Debug, Default)]
pub struct Secret(SecretString);

/// What stands for a secret where everything is written down.
pub const HIDDEN: &str = "(hidden)";

impl Secret {
    /// This text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into().into())
    }

    /// The text itself: for whoever logs in with it.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// Whether nothing was set.
    pub fn is_empty(&self) -> bool {
        self.expose().is_empty()
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(if self.is_empty() { "" } else { HIDDEN })
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // What was found is not said: it may be the secret.
        let wrong = |_| serde::de::Error::custom("a secret is a text: put it between quotes");
        String::deserialize(deserializer).map(Self::new).map_err(wrong)
    }
}

impl JsonSchema for Secret {
    fn schema_name() -> Cow<'static, str> {
        "Secret".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "format": "password", "writeOnly": true})
    }
}

/// Whether what a schema describes is a secret, or holds one.
pub(super) fn is_in(schema: &Value) -> bool {
    match schema {
        Value::Object(keys) => keys.get("writeOnly") == Some(&Value::Bool(true)) || keys.values().any(is_in),
        Value::Array(items) => items.iter().any(is_in),
        _ => false,
    }
}
