// SPDX-License-Identifier: Apache-2.0
//! Settings of a case: typed, with defaults, and merged from every place where a user may put a value.
//!
//! Default < the catalogue's `run.args` < a settings file < an environment variable of old < `--set CASE.KEY=VALUE`.

use std::collections::BTreeMap;
use std::time::Duration;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::suggest;

/// The settings of one kind of case.
pub trait CaseSettings: Default + Serialize + DeserializeOwned + JsonSchema {
    /// Keys that an environment variable of old sets too, with its name.
    const ENVIRONMENT: &'static [(&'static str, &'static str)] = &[];

    /// What is wrong with a value that its type allows: the key, and why.
    fn problem(&self) -> Option<(&'static str, String)> {
        None
    }
}

/// Settings as data: what can be set, and to what.
#[derive(Clone, Debug, Default)]
pub struct SettingsSpec {
    /// The JSON Schema of the whole.
    pub schema: Value,
    /// The value of each key when nobody sets it.
    pub defaults: Map<String, Value>,
    /// Environment variables of old, by key.
    pub environment: Vec<(&'static str, &'static str)>,
}

/// A wrong setting.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{origin}: {case}.{key}: {reason}")]
pub struct SettingsError {
    /// Where the value came from.
    pub origin: String,
    /// The case.
    pub case: String,
    /// The key.
    pub key: String,
    /// What is wrong with it.
    pub reason: String,
}

/// A length of time in seconds, as settings write it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "f64")]
pub struct Seconds(pub f64);

impl TryFrom<f64> for Seconds {
    type Error = String;

    fn try_from(seconds: f64) -> Result<Self, String> {
        if (0.0..=604_800.0).contains(&seconds) {
            Ok(Self(seconds))
        } else {
            Err(format!("{seconds} is no number of seconds from 0 to a week (604800)"))
        }
    }
}

impl From<Seconds> for Duration {
    fn from(seconds: Seconds) -> Self {
        Self::from_secs_f64(seconds.0)
    }
}

impl SettingsSpec {
    /// The description of `S`.
    pub fn of<S: CaseSettings>() -> Self {
        let defaults = match serde_json::to_value(S::default()) {
            Ok(Value::Object(defaults)) => defaults,
            _ => Map::new(),
        };
        Self { schema: schemars::schema_for!(S).to_value(), defaults, environment: S::ENVIRONMENT.to_vec() }
    }

    /// Whether `key` holds text, whatever the text looks like.
    fn is_text(&self, key: &str) -> bool {
        let types = self.schema.pointer(&format!("/properties/{key}/type"));
        match types {
            Some(Value::String(one)) => one == "string",
            Some(Value::Array(many)) => many.iter().any(|t| t == "string"),
            _ => false,
        }
    }

    /// A value that came as text: kept as it is for a key that holds text, else read as YAML.
    fn value_of(&self, key: &str, text: &str) -> Value {
        let as_text = || Value::String(text.to_owned());
        if self.is_text(key) { as_text() } else { serde_yaml::from_str(text).unwrap_or_else(|_| as_text()) }
    }
}

/// One value with its place.
#[derive(Clone, Debug, PartialEq)]
struct Setting {
    origin: String,
    case: String,
    key: String,
    value: Given,
}

#[derive(Clone, Debug, PartialEq)]
enum Given {
    Text(String),
    Value(Value),
}

/// What users set, over all cases, later ones winning.
#[derive(Clone, Debug, Default)]
pub struct SettingsLayers {
    file: Vec<Setting>,
    flags: Vec<Setting>,
}

/// The settings of one case, with what its user should know about them.
#[derive(Clone, Debug)]
pub struct MergedSettings {
    /// Every key with its value.
    pub values: Map<String, Value>,
    /// Keys that nobody reads.
    pub warnings: Vec<String>,
    /// Where each value that is no default came from.
    origins: BTreeMap<String, String>,
}

impl SettingsLayers {
    /// Adds a settings file: a YAML map of case names to maps of keys and values.
    ///
    /// # Errors
    /// When it is no such file.
    pub fn add_file(&mut self, origin: &str, text: &str) -> Result<(), SettingsError> {
        let wrong = |case: &str, reason: String| SettingsError {
            origin: origin.to_owned(),
            case: case.to_owned(),
            key: "*".into(),
            reason,
        };
        let cases: BTreeMap<String, Value> = serde_yaml::from_str(text).map_err(|e| wrong("*", e.to_string()))?;
        for (case, values) in cases {
            let Value::Object(values) = values else {
                return Err(wrong(&case, format!("expected a map of keys and values, found {values}")));
            };
            self.file.extend(values.into_iter().map(|(key, value)| Setting {
                origin: origin.to_owned(),
                case: case.clone(),
                key,
                value: Given::Value(value),
            }));
        }
        Ok(())
    }

    /// Adds a `CASE.KEY=VALUE`.
    ///
    /// # Errors
    /// When it has another form.
    pub fn add_flag(&mut self, text: &str) -> Result<(), SettingsError> {
        let parts = text.split_once('=').and_then(|(name, value)| Some((name.rsplit_once('.')?, value)));
        let Some(((case, key), value)) = parts.filter(|((case, key), _)| !case.is_empty() && !key.is_empty()) else {
            return Err(SettingsError {
                origin: format!("--set {text}"),
                case: "CASE".into(),
                key: "KEY".into(),
                reason: "expected CASE.KEY=VALUE".into(),
            });
        };
        self.flags.push(Setting {
            origin: format!("--set {case}.{key}"),
            case: case.to_owned(),
            key: key.to_owned(),
            value: Given::Text(value.to_owned()),
        });
        Ok(())
    }

    /// Refuses settings of cases that do not exist.
    ///
    /// # Errors
    /// For the first such setting.
    pub fn check_cases(&self, known: &[&str]) -> Result<(), SettingsError> {
        let stranger = self.file.iter().chain(&self.flags).find(|s| !known.contains(&s.case.as_str()));
        stranger.map_or(Ok(()), |s| {
            let nearest = suggest::did_you_mean(&s.case, known.iter().copied());
            Err(s.error(format!("there is no test case `{}`{nearest}", s.case)))
        })
    }

    /// The settings of `case`, whose catalogue entry has `args`.
    ///
    /// # Errors
    /// When a `--set` names a key that the case does not have.
    pub fn merge(
        &self,
        case: &str,
        spec: &SettingsSpec,
        args: &BTreeMap<String, Value>,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<MergedSettings, SettingsError> {
        let mut merged =
            MergedSettings { values: spec.defaults.clone(), warnings: Vec::new(), origins: BTreeMap::new() };
        for (key, value) in args {
            merged.put(case, "the catalogue's run.args", key, value.clone(), false);
        }
        for setting in self.file.iter().filter(|s| s.case == case) {
            merged.put(case, &setting.origin, &setting.key, setting.value(spec), true);
        }
        for (key, variable) in &spec.environment {
            if let Some(text) = environment(variable).filter(|text| !text.is_empty()) {
                merged.put(case, &format!("${variable}"), key, spec.value_of(key, &text), true);
            }
        }
        for setting in self.flags.iter().filter(|s| s.case == case) {
            if !spec.defaults.contains_key(&setting.key) {
                let nearest = suggest::did_you_mean(&setting.key, spec.defaults.keys().map(String::as_str));
                return Err(setting.error(format!("the case has no such key{nearest}")));
            }
            merged.put(case, &setting.origin, &setting.key, setting.value(spec), true);
        }
        Ok(merged)
    }
}

impl Setting {
    fn error(&self, reason: String) -> SettingsError {
        SettingsError { origin: self.origin.clone(), case: self.case.clone(), key: self.key.clone(), reason }
    }

    fn value(&self, spec: &SettingsSpec) -> Value {
        match &self.value {
            Given::Text(text) => spec.value_of(&self.key, text),
            Given::Value(value) => value.clone(),
        }
    }
}

impl MergedSettings {
    /// Sets a known key, or warns of an unknown one: of every one where only we read, of near misses where drivers
    /// may take keys of their own.
    fn put(&mut self, case: &str, origin: &str, key: &str, value: Value, every: bool) {
        if let Some(old) = self.values.get_mut(key) {
            *old = value;
            self.origins.insert(key.to_owned(), origin.to_owned());
            return;
        }
        let nearest = suggest::did_you_mean(key, self.values.keys().map(String::as_str));
        if every || !nearest.is_empty() {
            self.warnings.push(format!("{origin}: {case}.{key}: unknown key{nearest}"));
        }
    }

    /// Reads the values as `S`.
    ///
    /// # Errors
    /// When a value is of the wrong type, or refused by its type; with where it came from.
    pub fn read<S: CaseSettings>(&self, case: &str) -> Result<S, SettingsError> {
        read(case, Value::Object(self.values.clone())).map_err(|e| self.located(e))
    }

    /// `error` with the place that its key's value came from.
    pub fn located(&self, error: SettingsError) -> SettingsError {
        let key = error.key.split(['.', '[']).next().unwrap_or_default();
        let origin = self.origins.get(key).cloned();
        SettingsError { origin: origin.unwrap_or(error.origin), ..error }
    }
}

/// Reads complete settings as `S`.
///
/// # Errors
/// When a value is of the wrong type, or refused by its type.
pub fn read<S: CaseSettings>(case: &str, values: Value) -> Result<S, SettingsError> {
    let wrong =
        |key: String, reason: String| SettingsError { origin: "settings".into(), case: case.to_owned(), key, reason };
    let settings: S = serde_path_to_error::deserialize(values)
        .map_err(|e| wrong(e.path().to_string(), e.into_inner().to_string()))?;
    match settings.problem() {
        Some((key, reason)) => Err(wrong(key.to_owned(), reason)),
        None => Ok(settings),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Serialize, Deserialize, JsonSchema, PartialEq)]
    struct Sample {
        image: String,
        network: Option<String>,
        deadline: Seconds,
    }

    impl Default for Sample {
        fn default() -> Self {
            Self { image: "cirros".into(), network: None, deadline: Seconds(60.0) }
        }
    }

    impl CaseSettings for Sample {
        const ENVIRONMENT: &'static [(&'static str, &'static str)] = &[("network", "EXTERNAL_NETWORK")];
    }

    fn merge(layers: &SettingsLayers, args: &[(&str, Value)], network: Option<&str>) -> Result<Sample, SettingsError> {
        let args = args.iter().map(|(k, v)| (k.to_string(), v.clone())).collect();
        let spec = SettingsSpec::of::<Sample>();
        layers.merge("c", &spec, &args, &|_| network.map(str::to_owned))?.read("c")
    }

    #[test]
    fn later_layers_win() {
        let mut layers = SettingsLayers::default();
        layers.add_file("s.yaml", "c: {image: from-file, network: from-file}\n").unwrap();
        let sample =
            merge(&layers, &[("image", "from-args".into()), ("deadline", 5.into())], Some("from-env")).unwrap();
        let expected = Sample { image: "from-file".into(), network: Some("from-env".into()), deadline: Seconds(5.0) };
        assert_eq!(sample, expected);
        layers.add_flag("c.network=123").unwrap();
        layers.add_flag("c.deadline=7.5").unwrap();
        let sample = merge(&layers, &[], Some("from-env")).unwrap();
        assert_eq!((sample.network.as_deref(), sample.deadline), (Some("123"), Seconds(7.5)));
    }

    #[test]
    fn wrong_values_name_their_place() {
        let error = |flag: &str| {
            let mut layers = SettingsLayers::default();
            layers.add_flag(flag).and_then(|()| merge(&layers, &[], None).map(drop)).unwrap_err().to_string()
        };
        assert!(error("c.deadline=soon").starts_with("--set c.deadline: c.deadline: invalid type"));
        assert!(error("c.deadline=-1").contains("no number of seconds"));
        assert!(error("c.imago=x").contains("did you mean `image`?"));
        assert!(error("deadline=1").contains("expected CASE.KEY=VALUE"));
        let mut layers = SettingsLayers::default();
        assert!(layers.add_file("s.yaml", "c: 5").unwrap_err().to_string().contains("expected a map"));
        layers.add_flag("d.image=x").unwrap();
        assert!(layers.check_cases(&["c"]).is_err());
    }
}
