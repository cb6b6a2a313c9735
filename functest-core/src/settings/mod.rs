// SPDX-License-Identifier: Apache-2.0
//! Settings of a case: typed, with defaults, and merged from every place where a user may put a value.
//!
//! Default < a configuration file < the catalogue's `run.args` < a settings file < an environment variable of old < `--set CASE.KEY=VALUE`.

mod secret;

use std::collections::BTreeMap;
use std::time::Duration;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::suggest;
use crate::variables::{self, NotText, Variables};
use crate::words;

pub use self::secret::{HIDDEN, Secret};

/// The settings of one kind of case.
pub trait CaseSettings: Default + Serialize + DeserializeOwned + JsonSchema {
    /// Keys that an environment variable of old sets too, with its name.
    const ENVIRONMENT: &'static [(&'static str, &'static str)] = &[];

    /// What is wrong with a value that its type allows: the key, and why.
    fn problem(&self) -> Option<(&'static str, String)> {
        None
    }
}

/// For cases of which nothing can be set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NoSettings {}

impl CaseSettings for NoSettings {}

/// Settings as data: what can be set, and to what.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SettingsSpec {
    /// The JSON Schema of the whole.
    pub schema: Value,
    /// The value of each key when nobody sets it.
    pub defaults: Map<String, Value>,
    /// Environment variables of old, each with the key that it sets.
    pub environment: Vec<(String, String)>,
    /// Whether keys that are not among the defaults are handed to the case too. Where they are not, they are pointed out.
    pub open: bool,
    /// After how long the case is ended when nobody sets `case_deadline`; `None` is what the run has for all.
    pub deadline: Option<Duration>,
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
            Err(format!("{seconds} is not a number of seconds from 0 to a week (604800)"))
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
        let variable = |(key, variable): &(&str, &str)| ((*key).to_owned(), (*variable).to_owned());
        let environment = S::ENVIRONMENT.iter().map(variable).collect();
        Self { schema: schemars::schema_for!(S).to_value(), defaults, environment, open: false, deadline: None }
    }

    /// The same, for a case that takes keys of its users' own too.
    #[must_use]
    pub fn open(mut self) -> Self {
        self.open = true;
        self
    }

    /// The same, for a case that is ended after this long when nobody says otherwise.
    #[must_use]
    pub fn with_deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// What is said about a key, for people.
    pub fn description(&self, key: &str) -> Option<&str> {
        self.schema.pointer(&format!("/properties/{key}/description")).and_then(Value::as_str)
    }

    /// Whether nobody else should see the value of a key: it is a [`Secret`], or holds one.
    pub fn is_secret(&self, key: &str) -> bool {
        self.schema.pointer(&format!("/properties/{key}")).is_some_and(secret::is_in)
    }

    /// Whether the case reads that key.
    fn takes(&self, key: &str) -> bool {
        self.open || self.defaults.contains_key(key)
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
    /// Below the catalogue's.
    configured: Vec<Setting>,
    file: Vec<Setting>,
    flags: Vec<Setting>,
}

/// The settings of one case, merged and complete.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings {
    case: String,
    values: Map<String, Value>,
    /// Where each value that is not a default came from.
    origins: BTreeMap<String, String>,
}

impl SettingsLayers {
    /// Adds a setting of a configuration file, which counts before everything but the default.
    pub fn add_configured(&mut self, origin: &str, case: &str, key: &str, value: Value) {
        let (origin, case, key) = (origin.to_owned(), case.to_owned(), key.to_owned());
        self.configured.push(Setting { origin, case, key, value: Given::Value(value) });
    }

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
        let cases: BTreeMap<String, Value> =
            serde_yaml::from_str(text).map_err(|e| wrong("*", words::without_text(&e.to_string())))?;
        for (case, values) in cases {
            let Value::Object(values) = values else {
                return Err(wrong(&case, format!("expected a map of keys and values, found {}", kind_of(&values))));
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

    /// The settings of `case`, whose catalogue entry has `args`, and warnings of keys that nobody reads.
    ///
    /// # Errors
    /// When a `--set` names a key that the case does not have, or a variable is not UTF-8.
    pub fn merge(
        &self,
        case: &str,
        spec: &SettingsSpec,
        args: &BTreeMap<String, Value>,
        environment: Variables<'_>,
    ) -> Result<(Settings, Vec<String>), SettingsError> {
        let mut merge = Merge {
            settings: Settings { case: case.to_owned(), values: spec.defaults.clone(), origins: BTreeMap::new() },
            warnings: Vec::new(),
            spec,
        };
        for setting in self.configured.iter().filter(|s| s.case == case) {
            merge.put(&setting.origin, &setting.key, setting.value(spec));
        }
        for (key, value) in args {
            merge.put("the catalogue's run.args", key, value.clone());
        }
        for setting in self.file.iter().filter(|s| s.case == case) {
            merge.put(&setting.origin, &setting.key, setting.value(spec));
        }
        for (key, variable) in &spec.environment {
            let not_text = |error: NotText| SettingsError {
                origin: format!("${variable}"),
                case: case.to_owned(),
                key: key.clone(),
                reason: error.to_string(),
            };
            if let Some(text) = variables::text(environment, variable).map_err(not_text)? {
                merge.put(&format!("${variable}"), key, spec.value_of(key, &text));
            }
        }
        for setting in self.flags.iter().filter(|s| s.case == case) {
            if !spec.takes(&setting.key) {
                let nearest = suggest::did_you_mean(&setting.key, spec.defaults.keys().map(String::as_str));
                return Err(setting.error(format!("the case has no such key{nearest}")));
            }
            merge.put(&setting.origin, &setting.key, setting.value(spec));
        }
        Ok((merge.settings, merge.warnings))
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

/// Settings while they are merged.
struct Merge<'a> {
    spec: &'a SettingsSpec,
    settings: Settings,
    warnings: Vec<String>,
}

impl Merge<'_> {
    /// Sets a key that the case reads, and warns of one that nobody reads, or that looks mistyped.
    fn put(&mut self, origin: &str, key: &str, value: Value) {
        let is_known = self.spec.defaults.contains_key(key);
        if !is_known {
            let nearest = suggest::did_you_mean(key, self.spec.defaults.keys().map(String::as_str));
            if !self.spec.open || !nearest.is_empty() {
                self.warnings.push(format!("{origin}: {}.{key}: unknown key{nearest}", self.settings.case));
            }
        }
        if self.spec.takes(key) {
            self.settings.values.insert(key.to_owned(), value);
            self.settings.origins.insert(key.to_owned(), origin.to_owned());
        }
    }
}

impl Settings {
    /// Settings that did not come from users' layers: for tests, and for whoever makes cases by hand.
    pub fn new(case: impl Into<String>, values: Map<String, Value>) -> Self {
        Self { case: case.into(), values, origins: BTreeMap::new() }
    }

    /// The name of the case.
    pub fn case(&self) -> &str {
        &self.case
    }

    /// Every key with its value.
    pub fn values(&self) -> &Map<String, Value> {
        &self.values
    }

    /// Where a key's value came from; `None` for a default.
    pub fn origin(&self, key: &str) -> Option<&str> {
        self.origins.get(key).map(String::as_str)
    }

    /// Takes a key out, read as a `T`; `None` when there is no such key.
    ///
    /// # Errors
    /// When the value is not of that type.
    pub fn take<T: DeserializeOwned>(&mut self, key: &str) -> Result<Option<T>, SettingsError> {
        match self.values.remove(key) {
            Some(value) => {
                serde_json::from_value(value).map(Some).map_err(|e| self.error(key, words::plainly(&e.to_string())))
            }
            None => Ok(None),
        }
    }

    /// Reads the values as `S`.
    ///
    /// # Errors
    /// When a value is of the wrong type, or refused by its type; with where it came from.
    pub fn read<S: CaseSettings>(&self) -> Result<S, SettingsError> {
        let settings: S = serde_path_to_error::deserialize(Value::Object(self.values.clone()))
            .map_err(|e| self.error(&e.path().to_string(), words::plainly(&e.into_inner().to_string())))?;
        match settings.problem() {
            Some((key, reason)) => Err(self.error(key, reason)),
            None => Ok(settings),
        }
    }

    /// The keys that `S` does not have, with their values: what the users of a case that is open set on their own.
    pub fn beyond<S: CaseSettings>(&self) -> Map<String, Value> {
        let known = SettingsSpec::of::<S>().defaults;
        let beyond = self.values.iter().filter(|(key, _)| !known.contains_key(*key));
        beyond.map(|(key, value)| (key.clone(), value.clone())).collect()
    }

    /// What is wrong with a key's value, with the place that the value came from.
    pub fn error(&self, key: &str, reason: impl Into<String>) -> SettingsError {
        let top = key.split(['.', '[']).next().unwrap_or_default();
        let origin = self.origin(top).unwrap_or("settings").to_owned();
        SettingsError { origin, case: self.case.clone(), key: key.to_owned(), reason: reason.into() }
    }
}

/// What a value is, in words that do not show it.
fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a map",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
    struct Login {
        user: String,
        pin: Secret,
        spare: Option<Secret>,
        more: Vec<Secret>,
    }

    impl CaseSettings for Login {}

    #[test]
    fn secrets_are_read_as_texts_and_never_shown() {
        let spec = SettingsSpec::of::<Login>();
        let secret: Vec<&str> = spec.defaults.keys().map(String::as_str).filter(|key| spec.is_secret(key)).collect();
        assert_eq!(secret, ["more", "pin", "spare"]);
        let read = |flag: &str| {
            let mut layers = SettingsLayers::default();
            layers.add_flag(flag).unwrap();
            layers.merge("c", &spec, &BTreeMap::new(), &|_| None).unwrap().0.read::<Login>()
        };
        let login = read("c.pin=0123").unwrap();
        assert_eq!((login.pin.expose(), serde_json::to_value(&login).unwrap()["pin"].as_str()), ("0123", Some(HIDDEN)));
        assert!(!format!("{login:?}").contains("0123"));
        let error = read("c.more=[{a: geheim}]").unwrap_err().to_string();
        assert!(error.contains("a secret is a text") && !error.contains("geheim"), "{error}");
    }

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
        layers.merge("c", &spec, &args, &|_| network.map(Into::into))?.0.read()
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
        assert!(error("c.deadline=soon").starts_with("--set c.deadline: c.deadline: expected a number, found"));
        assert!(error("c.deadline=-1").contains("not a number of seconds"));
        assert!(error("c.imago=x").contains("did you mean `image`?"));
        assert!(error("deadline=1").contains("expected CASE.KEY=VALUE"));
        let mut layers = SettingsLayers::default();
        assert!(layers.add_file("s.yaml", "c: 5").unwrap_err().to_string().contains("expected a map"));
        layers.add_flag("d.image=x").unwrap();
        assert!(layers.check_cases(&["c"]).is_err());
    }

    #[test]
    fn keys_of_ones_own_reach_open_cases_only() {
        let args = BTreeMap::from([("colour".to_owned(), Value::from("blue")), ("imago".to_owned(), Value::from("x"))]);
        let merge = |spec: SettingsSpec, flag: &str| {
            let mut layers = SettingsLayers::default();
            layers.add_flag(flag).unwrap();
            layers.merge("c", &spec, &args, &|_| None)
        };
        let (settings, warnings) = merge(SettingsSpec::of::<Sample>().open(), "c.size=3").unwrap();
        assert_eq!((&settings.values()["colour"], &settings.values()["size"]), (&"blue".into(), &3.into()));
        assert_eq!(settings.origin("size"), Some("--set c.size"));
        assert_eq!(settings.beyond::<Sample>().keys().collect::<Vec<_>>(), ["colour", "imago", "size"]);
        assert_eq!(warnings, ["the catalogue's run.args: c.imago: unknown key; did you mean `image`?"]);
        let (settings, warnings) = merge(SettingsSpec::of::<Sample>(), "c.image=y").unwrap();
        assert!(!settings.values().contains_key("colour"));
        assert_eq!(warnings[0], "the catalogue's run.args: c.colour: unknown key");
        assert!(merge(SettingsSpec::of::<Sample>(), "c.size=3").is_err());
    }
}
