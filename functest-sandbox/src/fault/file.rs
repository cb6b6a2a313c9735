// SPDX-License-Identifier: Apache-2.0
//! Faults as they are written: in a YAML file, as JSON on the admin route, or as words on a command line.

use std::path::Path;

use globset::GlobBuilder;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::OLD_VERSIONS;
use super::kind::{Distribution, Fault, Happens, Lie};
use super::rule::Rule;

/// Faults.
#[derive(Clone, Debug, Default)]
pub struct FaultFile {
    pub(crate) faults: Vec<Rule>,
}

/// Why faults cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FaultFileError {
    /// The file cannot be read.
    #[error("cannot read {file}: {source}")]
    Read {
        /// The file.
        file: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// It is not what it should be.
    #[error("{place}: {problem}")]
    Invalid {
        /// Where it was written.
        place: String,
        /// What is wrong; with line and column where they are known.
        problem: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenFile {
    faults: Vec<Written>,
}

/// One fault as it is written. All kinds share their keys: that is what gives an unknown key its line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    fault: Kind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seconds: Option<Distribution>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    milliseconds: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    done: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    bytes: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rate: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    service: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) method: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) nth: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) every: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) times: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) probability: Option<f64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Latency,
    Status,
    Ingress,
    Late,
    Garbled,
    NullNeighbour,
    Reset,
    Truncate,
    Slow,
    ServiceDown,
    TokenExpires,
    QuotaExceeded,
    Eventual,
    ClockSkew,
    PhantomService,
    OldVersion,
    SecondRegion,
    SoftDelete,
    #[serde(untagged)]
    Happens(Happens),
    #[serde(untagged)]
    Lie(Lie),
}

impl FaultFile {
    /// Reads a YAML file of faults.
    ///
    /// # Errors
    /// When it cannot be read, or is not what it should be: with the line.
    pub fn read(path: &Path) -> Result<Self, FaultFileError> {
        let file = path.display().to_string();
        let text =
            std::fs::read_to_string(path).map_err(|source| FaultFileError::Read { file: file.clone(), source })?;
        Self::parse(&text, &file)
    }

    /// Reads YAML, or JSON which is YAML; `place` says in errors where it was written.
    ///
    /// # Errors
    /// When it is not what it should be: with the line.
    pub fn parse(text: &str, place: &str) -> Result<Self, FaultFileError> {
        let invalid = |problem: String| FaultFileError::Invalid { place: place.to_owned(), problem };
        // A file of another kind is one text, as a rule, and may hold secrets: it is not quoted.
        if serde_yaml::from_str::<serde_json::Value>(text).is_ok_and(|document| document.is_string()) {
            return Err(invalid("expected a map with the key `faults`, found a text".to_owned()));
        }
        let written: WrittenFile = serde_yaml::from_str(text).map_err(|error| invalid(error.to_string()))?;
        let rules = (1..)
            .zip(written.faults)
            .map(|(number, written)| rule(written).map_err(|problem| invalid(format!("fault {number}: {problem}"))));
        Ok(Self { faults: rules.collect::<Result<_, _>>()? })
    }

    /// One fault as words: its kind, and `key=value` for each key, such as `status status=503 path=/compute/** nth=2`.
    ///
    /// # Errors
    /// When it is not what it should be.
    pub fn from_words(text: &str) -> Result<Self, FaultFileError> {
        let place = format!("the fault `{text}`");
        let mut words = text.split_whitespace();
        let mut yaml = format!("faults:\n- fault: {}\n", words.next().unwrap_or_default());
        for word in words {
            let (key, value) = word.split_once('=').ok_or_else(|| FaultFileError::Invalid {
                place: place.clone(),
                problem: format!("`{word}` is not a key=value"),
            })?;
            let value = match key {
                // A glob begins with a star, which YAML reads as an alias.
                "path" | "service" | "method" => format!("'{value}'"),
                // Words have no spaces: YAML wants one behind a colon.
                _ => value.replace(':', ": "),
            };
            yaml.push_str(&format!("  {key}: {value}\n"));
        }
        Self::parse(&yaml, &place)
    }

    /// Each of them as [words](Self::from_words); `None` when one cannot be said so, because there is a space in it.
    pub fn to_words(&self) -> Option<Vec<String>> {
        self.faults.iter().map(|rule| rule.written.to_words()).collect()
    }

    /// All of these and those.
    pub fn extend(&mut self, other: Self) {
        self.faults.extend(other.faults);
    }

    /// A cloud with just that lie.
    pub fn lie(lie: Lie) -> Self {
        let written = Written { fault: Kind::Lie(lie), ..Written::empty() };
        Self { faults: vec![Rule { fault: Fault::Lie(lie), written, path: None }] }
    }
}

impl Written {
    fn empty() -> Self {
        Self {
            fault: Kind::Reset,
            seconds: None,
            milliseconds: None,
            status: None,
            done: None,
            bytes: None,
            rate: None,
            service: None,
            method: None,
            path: None,
            nth: None,
            every: None,
            times: None,
            probability: None,
        }
    }

    fn to_words(&self) -> Option<String> {
        let Ok(Value::Object(mut keys)) = serde_json::to_value(self) else { return None };
        let mut words = keys.remove("fault")?.as_str()?.to_owned();
        for (key, value) in keys {
            let value = match value {
                Value::String(text) => text,
                // As a map in YAML, without quotation marks.
                other => other.to_string().replace('"', ""),
            };
            if value.contains(|c: char| c.is_whitespace() || c == '\'') {
                return None;
            }
            words.push_str(&format!(" {key}={value}"));
        }
        Some(words)
    }

    /// The keys that are set and say what the fault is like.
    fn set(&self) -> impl Iterator<Item = &'static str> {
        [
            ("seconds", self.seconds.is_some()),
            ("milliseconds", self.milliseconds.is_some()),
            ("status", self.status.is_some()),
            ("done", self.done.is_some()),
            ("bytes", self.bytes.is_some()),
            ("rate", self.rate.is_some()),
            ("service", self.service.is_some()),
        ]
        .into_iter()
        .filter_map(|(key, set)| set.then_some(key))
    }
}

/// What is written, understood; or what is wrong with it.
fn rule(written: Written) -> Result<Rule, String> {
    let fault = fault(&written)?;
    if !fault.strikes_requests() && (written.method.is_some() || written.path.is_some()) {
        return Err("`method` and `path` belong to faults that strike requests".into());
    }
    if written.probability.is_some_and(|chance| !(0.0..=1.0).contains(&chance)) {
        return Err("`probability` must be from 0 to 1".into());
    }
    if written.nth == Some(0) || written.every == Some(0) {
        return Err("`nth` and `every` count from 1".into());
    }
    let path = match &written.path {
        None => None,
        Some(text) => {
            let glob = GlobBuilder::new(text).literal_separator(true).build();
            Some(glob.map_err(|error| format!("`path`: {error}"))?.compile_matcher())
        }
    };
    Ok(Rule { fault, path, written })
}

fn fault(written: &Written) -> Result<Fault, String> {
    let missing = |key: &str| format!("`{key}` is missing");
    let seconds = || match written.seconds {
        Some(Distribution::Constant(seconds)) if seconds.is_finite() && seconds.abs() < 1e9 => Ok(seconds),
        Some(_) => Err("`seconds` must be one number here".to_owned()),
        None => Err(missing("seconds")),
    };
    let up_to_an_hour = || match seconds()? {
        seconds if (0.0..=3600.0).contains(&seconds) => Ok(seconds),
        _ => Err("`seconds` must be from 0 to 3600".to_owned()),
    };
    let service = || written.service.clone().ok_or_else(|| missing("service"));
    let (fault, keys): (Fault, &[&str]) = match written.fault {
        Kind::Latency => match written.seconds.ok_or_else(|| missing("seconds"))? {
            times if times.is_sound() => (Fault::Latency(times), &["seconds"]),
            _ => return Err("`seconds` must be from 0 to 3600".into()),
        },
        Kind::Status => {
            let status = error_status(written.status.ok_or_else(|| missing("status"))?)?;
            (Fault::Status { status, done: written.done.unwrap_or(false) }, &["status", "done"])
        }
        Kind::Ingress => {
            let status = error_status(written.status.unwrap_or(404))?;
            (Fault::Ingress { status, done: written.done.unwrap_or(false) }, &["status", "done"])
        }
        Kind::Late => {
            let status = error_status(written.status.unwrap_or(500))?;
            (Fault::Late { status, seconds: up_to_an_hour()? }, &["status", "seconds"])
        }
        Kind::Garbled => (Fault::Garbled, &[]),
        Kind::NullNeighbour => (Fault::NullNeighbour, &[]),
        Kind::Reset => (Fault::Reset { done: written.done.unwrap_or(false) }, &["done"]),
        Kind::Truncate => (Fault::Truncate { bytes: written.bytes.unwrap_or(10) }, &["bytes"]),
        Kind::Slow => match written.rate.ok_or_else(|| missing("rate"))? {
            0 => return Err("`rate` must be at least 1 byte a second".into()),
            rate => (Fault::Slow { rate }, &["rate"]),
        },
        Kind::ServiceDown => (Fault::ServiceDown { service: service()? }, &["service"]),
        Kind::TokenExpires => match seconds()? {
            seconds if seconds >= 0.0 => (Fault::TokenExpires { seconds }, &["seconds"]),
            _ => return Err("`seconds` must not be negative here".into()),
        },
        Kind::QuotaExceeded => (Fault::QuotaExceeded { service: written.service.clone() }, &["service"]),
        Kind::Eventual => {
            let milliseconds = written.milliseconds.ok_or_else(|| missing("milliseconds"))?;
            (Fault::Eventual { milliseconds }, &["milliseconds"])
        }
        Kind::ClockSkew => (Fault::ClockSkew { seconds: seconds()? }, &["seconds"]),
        Kind::PhantomService => (Fault::PhantomService { service: service()? }, &["service"]),
        Kind::OldVersion => match service()? {
            service if OLD_VERSIONS.iter().any(|(known, _)| *known == service) => {
                (Fault::OldVersion { service }, &["service"])
            }
            _ => return Err("`service` must be identity or image here".into()),
        },
        Kind::SecondRegion => (Fault::SecondRegion, &[]),
        Kind::SoftDelete => (Fault::SoftDelete { seconds: up_to_an_hour()? }, &["seconds"]),
        Kind::Happens(what) => (Fault::Happens(what), &[]),
        Kind::Lie(lie) => (Fault::Lie(lie), &[]),
    };
    match written.set().find(|key| !keys.contains(key)) {
        Some(key) => Err(format!("`{key}` does not belong to this fault")),
        None => Ok(fault),
    }
}

fn error_status(status: u16) -> Result<u16, String> {
    match status {
        300..=599 => Ok(status),
        other => Err(format!("`status` must be from 300 to 599, not {other}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(text: &str) -> String {
        FaultFile::parse(text, "f.yaml").unwrap_err().to_string()
    }

    #[test]
    fn faults_are_read_from_yaml_json_and_words() {
        let yaml =
            "faults:\n- fault: latency\n  seconds: {from: 0.1, to: 0.2}\n  path: /network/**\n- fault: no_dhcp\n";
        let file = FaultFile::parse(yaml, "f.yaml").unwrap();
        assert_eq!(file.faults[0].fault, Fault::Latency(Distribution::Uniform { from: 0.1, to: 0.2 }));
        assert_eq!(file.faults[1].fault, Fault::Lie(Lie::NoDhcp));
        assert!(file.faults[0].is_about("GET", "/network/v2.0/ports"));
        assert!(!file.faults[0].is_about("GET", "/compute/v2.1/servers"));
        let json = r#"{"faults": [{"fault": "server_error", "nth": 2}]}"#;
        assert_eq!(FaultFile::parse(json, "body").unwrap().faults[0].fault, Fault::Happens(Happens::ServerError));
        let words = FaultFile::from_words("status status=503 path=/compute/** method=POST times=1").unwrap();
        assert_eq!(words.faults[0].fault, Fault::Status { status: 503, done: false });
        let mut all = file.clone();
        all.extend(words.clone());
        let said = all.to_words().unwrap();
        assert_eq!(said[0], "latency path=/network/** seconds={from:0.1,to:0.2}");
        for (words, rule) in said.iter().zip(&all.faults) {
            assert_eq!(FaultFile::from_words(words).unwrap().faults[0].written, rule.written, "{words}");
        }
        let spaced = FaultFile::parse("faults:\n- {fault: reset, path: '/a b'}\n", "f.yaml").unwrap();
        assert_eq!(spaced.to_words(), None);
        let times = FaultFile::from_words("latency seconds={from:0.1,to:0.2}").unwrap();
        assert_eq!(times.faults[0].fault, file.faults[0].fault);
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        for (text, expected) in [
            ("faults:\n- fault: latency\n  secnds: 1\n", "line 3"),
            ("faults:\n- fault: latency\n", "fault 1: `seconds` is missing"),
            ("faults:\n- fault: no_dhcp\n- fault: no_dhcp\n  status: 500\n", "fault 2: `status` does not belong"),
            ("faults:\n- fault: status\n  status: 200\n", "from 300 to 599"),
            ("faults:\n- fault: slow\n  rate: 0\n", "at least 1 byte"),
            ("faults:\n- fault: old_version\n  service: compute\n", "must be identity or image"),
            ("faults:\n- fault: soft_delete\n  seconds: -1\n", "from 0 to 3600"),
            ("faults:\n- fault: late\n", "`seconds` is missing"),
            ("faults:\n- fault: reset\n  path: '['\n", "`path`"),
            ("faults:\n- fault: server_error\n  path: '/x'\n", "strike requests"),
            ("faults:\n- fault: reset\n  probability: 2\n", "from 0 to 1"),
        ] {
            assert!(problem(text).starts_with("f.yaml: ") && problem(text).contains(expected), "{}", problem(text));
        }
        assert!(FaultFile::from_words("reset nonsense").unwrap_err().to_string().contains("not a key=value"));
    }
}
