// SPDX-License-Identifier: Apache-2.0
//! One configuration file.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use functest_core::variables::{self, Variables};
use serde::Deserialize;
use serde_json::Value;

use super::sinks::SinkConfig;
use crate::error::Error;

/// What a file says. An unknown key is an error: what was meant by it would decide what runs, and where.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ConfigFile {
    pub(super) state_folder: Option<PathBuf>,
    pub(super) cloud: Option<String>,
    pub(super) catalogue: Option<PathBuf>,
    pub(super) jobs: Option<NonZeroUsize>,
    pub(super) settings: Option<BTreeMap<String, BTreeMap<String, Value>>>,
    pub(super) sinks: Option<Vec<SinkConfig>>,
}

impl ConfigFile {
    /// Reads a file; `None` where there is none.
    pub(super) fn read(path: &Path, environment: Variables<'_>) -> Result<Option<Self>, Error> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Error::Config { path: path.to_owned(), message: error.to_string() }),
        };
        let mut file = Self::parse(path, &text)?;
        let folder = path.parent().unwrap_or(Path::new("."));
        let absolute = |place: &Path| absolute(folder, place, environment);
        for place in file.state_folder.iter_mut().chain(&mut file.catalogue) {
            *place = absolute(place);
        }
        file.sinks.iter_mut().flatten().for_each(|sink| sink.resolve(&absolute));
        Ok(Some(file))
    }

    pub(super) fn parse(path: &Path, text: &str) -> Result<Self, Error> {
        let wrong = |message: String| Error::Config { path: path.to_owned(), message };
        // Read as YAML first, which knows that a key stands twice.
        let document: serde_yaml::Value = serde_yaml::from_str(text).map_err(|error| wrong(error.to_string()))?;
        let document: Value = serde_json::to_value(document).map_err(|error| wrong(error.to_string()))?;
        match document {
            Value::Null => return Ok(Self::default()),
            Value::Object(_) => {}
            _ => return Err(wrong("expected a map of keys, such as `jobs: 4`".into())),
        }
        serde_path_to_error::deserialize(document)
            .map_err(|error| wrong(format!("{}: {}", error.path(), error.inner())))
    }
}

fn absolute(folder: &Path, place: &Path, environment: Variables<'_>) -> PathBuf {
    let home = || variables::path(environment, "HOME");
    match place.strip_prefix("~").ok().zip(home()) {
        Some((below, home)) => home.join(below),
        None => folder.join(place),
    }
}
