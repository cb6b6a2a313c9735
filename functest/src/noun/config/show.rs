// SPDX-License-Identifier: Apache-2.0
//! Every value of the configuration, and who says so.

use std::path::PathBuf;

use functest_core::variables;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::ConfigVerbs;
use crate::error::Error;
use crate::noun::run::hide_in_value;

/// What counts where a command says nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ConfigList {
    /// The version of this document's form.
    pub version: u32,
    /// The files that were looked for, the strongest last.
    pub files: Vec<ConfigFileInfo>,
    /// Every value.
    pub values: Vec<ConfigValue>,
}

/// A configuration file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ConfigFileInfo {
    /// Where it would be.
    pub path: PathBuf,
    /// Whether it is there.
    pub found: bool,
}

/// A value of the configuration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ConfigValue {
    /// Its key, such as `jobs` or `settings.run.deadline_factor`.
    pub key: String,
    /// The value; null for none. A secret is not shown.
    pub value: Value,
    /// Who says so: a file, a variable, or the default.
    pub origin: String,
}

impl ConfigVerbs<'_> {
    /// Every value of the configuration, and who says so.
    ///
    /// # Errors
    /// When a variable that decides is not UTF-8.
    pub fn show(&self) -> Result<ConfigList, Error> {
        let config = &self.functest.config;
        let files = config.files.iter().map(|(path, found)| ConfigFileInfo { path: path.clone(), found: *found });
        let settings = config.settings().into_iter().map(|(case, key, said)| ConfigValue {
            value: hide_in_value(&key, &said.value),
            key: format!("settings.{case}.{key}"),
            origin: said.origin,
        });
        let mut values = vec![self.state_folder(), self.cloud()?, self.catalogue(), self.jobs(), self.sinks()];
        values.extend(settings);
        Ok(ConfigList { version: 1, files: files.collect(), values })
    }

    fn state_folder(&self) -> ConfigValue {
        let by_variable = variables::path(self.functest.variables.as_ref(), "FUNCTEST_STATE_DIR")
            .map(|_| "$FUNCTEST_STATE_DIR".to_owned());
        let by_file = || self.functest.config.state_folder().map(|said| said.origin);
        value("state_folder", json!(self.functest.state.path()), by_variable.or_else(by_file))
    }

    fn cloud(&self) -> Result<ConfigValue, Error> {
        let by_variable = self.functest.variable("OS_CLOUD")?.map(|name| (name, "$OS_CLOUD".to_owned()));
        let by_file = || self.functest.config.cloud().map(|said| (said.value, said.origin));
        let (cloud, origin) = by_variable.or_else(by_file).unzip();
        Ok(value("cloud", json!(cloud), origin))
    }

    fn catalogue(&self) -> ConfigValue {
        let (catalogue, origin) = self.functest.config.catalogue().map(|said| (said.value, said.origin)).unzip();
        value("catalogue", json!(catalogue), origin)
    }

    fn jobs(&self) -> ConfigValue {
        let (jobs, origin) = self.functest.config.jobs().map(|said| (said.value, said.origin)).unzip();
        value("jobs", json!(jobs), origin)
    }

    fn sinks(&self) -> ConfigValue {
        let (sinks, origin) = self.functest.config.sinks().map(|said| (said.value, said.origin)).unzip();
        value("sinks", json!(sinks.unwrap_or_default()), origin)
    }
}

fn value(key: &str, value: Value, origin: Option<String>) -> ConfigValue {
    ConfigValue { key: key.to_owned(), value, origin: origin.unwrap_or_else(|| "the default".to_owned()) }
}
