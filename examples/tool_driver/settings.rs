// SPDX-License-Identifier: Apache-2.0
//! What can be set: some keys are the driver's, and every other one is the tool's.

use functest::core::settings::{CaseSettings, Seconds, Settings, SettingsError};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The keys of the driver.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct SoundcheckSettings {
    /// The program: a name in `PATH`, or a path.
    pub tool: String,
    /// What each test may take, in seconds.
    pub each: Seconds,
    /// Whether what the tool writes is shown while it runs; it is in the case's log in any case.
    pub console: bool,
}

impl Default for SoundcheckSettings {
    fn default() -> Self {
        Self { tool: "soundcheck".into(), each: Seconds(60.0), console: false }
    }
}

impl CaseSettings for SoundcheckSettings {
    fn problem(&self) -> Option<(&'static str, String)> {
        let is_missing = self.tool.trim().is_empty();
        is_missing.then(|| ("tool", "the name of the program is empty".into()))
    }
}

/// The arguments of the tool that hand every other key on.
///
/// # Errors
/// When a value cannot be written as one word, with the place where it was set.
pub(crate) fn options(settings: &Settings) -> Result<Vec<String>, SettingsError> {
    let mut arguments = Vec::new();
    for (key, value) in settings.beyond::<SoundcheckSettings>() {
        let text = match value {
            Value::String(text) => text,
            Value::Number(number) => number.to_string(),
            Value::Bool(truth) => truth.to_string(),
            other => {
                let reason = format!("the tool takes a text, a number or a truth value, and this is {other}");
                return Err(settings.error(&key, reason));
            }
        };
        arguments.extend(["--option".to_owned(), format!("{key}={text}")]);
    }
    Ok(arguments)
}
