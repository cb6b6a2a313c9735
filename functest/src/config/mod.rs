// SPDX-License-Identifier: Apache-2.0
//! The configuration: what a user and a project say once for all commands.

mod file;
mod sinks;

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use functest_core::settings::SettingsLayers;
use functest_core::variables::{self, Variables};

use self::file::ConfigFile;
pub(crate) use self::sinks::SinkConfig;
use crate::error::Error;

/// The configuration that counts where nobody says anything else, with a comment for every key.
pub const DEFAULT_CONFIG: &str = include_str!("default.yaml");

/// The name of a configuration file, the user's and the project's.
const FILE_NAME: &str = "functest.yaml";

/// What is said of the default values.
const DEFAULT_ORIGIN: &str = "the default";

/// What was read, the strongest last.
#[derive(Clone, Debug, Default)]
pub struct Config {
    layers: Vec<Layer>,
    /// The files that were looked for, and whether there was one.
    pub(crate) files: Vec<(PathBuf, bool)>,
}

#[derive(Clone, Debug)]
struct Layer {
    origin: String,
    file: ConfigFile,
}

/// A value, and who says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Said<T> {
    pub(crate) value: T,
    pub(crate) origin: String,
}

impl Config {
    /// The defaults, the user's file and that of the project in `folder`.
    ///
    /// # Errors
    /// When a file is there and cannot be read, or is wrong.
    pub fn find(folder: &Path, environment: Variables<'_>) -> Result<Self, Error> {
        let mut config = Self::default();
        config.add(DEFAULT_ORIGIN.to_owned(), ConfigFile::parse(Path::new("default.yaml"), DEFAULT_CONFIG)?);
        let named = environment("FUNCTEST_CONFIG");
        let paths = match &named {
            // Somebody wants no file at all.
            Some(path) if path.is_empty() => Vec::new(),
            Some(path) => vec![folder.join(path)],
            None => user_file(environment).into_iter().chain([folder.join(FILE_NAME)]).collect(),
        };
        for path in paths {
            let read = ConfigFile::read(&path, environment)?;
            if read.is_none() && named.is_some() {
                let message = "there is no such file, and FUNCTEST_CONFIG names it".to_owned();
                return Err(Error::Config { path, message });
            }
            config.files.push((path.clone(), read.is_some()));
            if let Some(file) = read {
                config.add(path.display().to_string(), file);
            }
        }
        Ok(config)
    }

    fn add(&mut self, origin: String, file: ConfigFile) {
        self.layers.push(Layer { origin, file });
    }

    fn said<T: Clone>(&self, key: impl Fn(&ConfigFile) -> Option<&T>) -> Option<Said<T>> {
        let layer = self.layers.iter().rev().find(|layer| key(&layer.file).is_some())?;
        key(&layer.file).map(|value| Said { value: value.clone(), origin: layer.origin.clone() })
    }

    pub(crate) fn state_folder(&self) -> Option<Said<PathBuf>> {
        self.said(|file| file.state_folder.as_ref())
    }

    pub(crate) fn cloud(&self) -> Option<Said<String>> {
        self.said(|file| file.cloud.as_ref().filter(|cloud| !cloud.is_empty()))
    }

    pub(crate) fn catalogue(&self) -> Option<Said<PathBuf>> {
        self.said(|file| file.catalogue.as_ref())
    }

    pub(crate) fn jobs(&self) -> Option<Said<NonZeroUsize>> {
        self.said(|file| file.jobs.as_ref())
    }

    pub(crate) fn sinks(&self) -> Option<Said<Vec<SinkConfig>>> {
        self.said(|file| file.sinks.as_ref())
    }

    /// Every setting that a file has, by case and key, with who says so; a stronger file's in place of a weaker one's.
    pub(crate) fn settings(&self) -> Vec<(String, String, Said<serde_json::Value>)> {
        let mut all: std::collections::BTreeMap<(String, String), Said<serde_json::Value>> = Default::default();
        for Layer { origin, file } in &self.layers {
            for (case, settings) in file.settings.iter().flatten() {
                for (key, value) in settings {
                    let said = Said { value: value.clone(), origin: origin.clone() };
                    all.insert((case.clone(), key.clone()), said);
                }
            }
        }
        all.into_iter().map(|((case, key), said)| (case, key, said)).collect()
    }

    /// Puts the settings below those of the catalogue.
    pub(crate) fn add_settings_to(&self, layers: &mut SettingsLayers) {
        for (case, key, said) in self.settings() {
            layers.add_configured(&said.origin, &case, &key, said.value);
        }
    }
}

fn user_file(environment: Variables<'_>) -> Option<PathBuf> {
    let set = |name: &str| variables::path(environment, name);
    let folder = set("XDG_CONFIG_HOME").or_else(|| set("HOME").map(|home| home.join(".config")))?;
    Some(folder.join("functest").join(FILE_NAME))
}

#[cfg(test)]
mod tests {
    use functest_results::Format;

    use super::*;

    fn write(folder: &Path, name: &str, text: &str) {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn find(folder: &Path) -> Result<Config, Error> {
        let home = folder.join("home").display().to_string();
        Config::find(&folder.join("project"), &|name| (name == "HOME").then(|| home.clone().into()))
    }

    #[test]
    fn a_project_wins_over_its_user_and_both_over_the_defaults() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(find(folder.path()).unwrap().jobs().unwrap().origin, DEFAULT_ORIGIN);
        let user = "cloud: mine\njobs: 2\nstate_folder: ~/runs\nsettings: {run: {attempts: 2}, a: {b: 1}}\n";
        write(folder.path(), "home/.config/functest/functest.yaml", user);
        write(
            folder.path(),
            "project/functest.yaml",
            "cloud: ours\ncatalogue: testcases.yaml\nsettings: {a: {b: 7}}\nsinks: [{report: junit, file: out/j.xml}]\n",
        );
        let config = find(folder.path()).unwrap();
        assert_eq!((config.cloud().unwrap().value.as_str(), config.jobs().unwrap().value.get()), ("ours", 2));
        assert_eq!(config.state_folder().unwrap().value, folder.path().join("home/runs"));
        assert_eq!(config.catalogue().unwrap().value, folder.path().join("project/testcases.yaml"));
        assert!(config.jobs().unwrap().origin.ends_with("home/.config/functest/functest.yaml"));
        let file = folder.path().join("project/out/j.xml");
        assert_eq!(config.sinks().unwrap().value, [SinkConfig::Report { report: Format::Junit, file }]);
        let settings: Vec<_> = config.settings().into_iter().map(|(case, key, said)| (case, key, said.value)).collect();
        assert_eq!(settings, [("a".into(), "b".into(), 7.into()), ("run".into(), "attempts".into(), 2.into())]);
    }

    #[test]
    fn what_is_wrong_names_the_file_and_the_key() {
        let folder = tempfile::tempdir().unwrap();
        for (text, words) in [
            ("clowd: x\n", "unknown field `clowd`"),
            ("jobs: 0\n", "jobs: invalid value: integer `0`"),
            ("settings: {a: 5}\n", "settings.a: invalid type"),
            ("jobs: [\n", "line"),
            ("[/srv/runs, sandbox]\n", "expected a map of keys"),
            ("jobs: 1\njobs: 2\n", "duplicate entry with key \"jobs\""),
            (
                "sinks: [{report: junit}]\n",
                "sinks[0]: a sink is a `report` (html, junit or json) with its `file`, or a `command`",
            ),
            ("sinks: [{command: []}]\n", "a command is a list"),
            ("sinks: [{reprot: junit}]\n", "unknown field `reprot`"),
        ] {
            write(folder.path(), "project/functest.yaml", text);
            let error = find(folder.path()).unwrap_err();
            let message = error.to_string();
            assert!(message.contains("project/functest.yaml: ") && message.contains(words), "{message}");
            assert_eq!(error.exit_code(), 2);
        }
    }

    #[test]
    fn a_variable_names_the_file_or_none() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "functest.yaml", "jobs: 9\n");
        write(folder.path(), "other.yaml", "jobs: 3\n");
        let find = |value: &str| Config::find(folder.path(), &|name| (name == "FUNCTEST_CONFIG").then(|| value.into()));
        assert_eq!(find("").unwrap().jobs().unwrap().value.get(), 4);
        assert_eq!(find("other.yaml").unwrap().jobs().unwrap().value.get(), 3);
        assert!(find("missing.yaml").unwrap_err().to_string().contains("there is no such file"));
    }
}
