// SPDX-License-Identifier: Apache-2.0
//! Scenarios: requests in their order, and what is expected of the answers.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use reqwest::Method;
use serde::Deserialize;
use serde_json::Value;

use crate::cloud::{Answer, Cloud, Kind};

/// Requests that belong together. What they make, they delete: in `finally`, whatever happened before.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Scenario {
    pub(crate) name: String,
    steps: Vec<Step>,
    #[serde(default)]
    finally: Vec<Step>,
}

/// A request and what is expected of its answer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    /// Method and path, the path beginning with the service: `GET /compute/v2.1/servers`.
    ask: String,
    /// `admin`, `demo`, `nobody`, or a token.
    #[serde(default = "admin", rename = "as")]
    user: String,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    /// JSON, or a text that is sent as it is.
    body: Option<Value>,
    /// The status, or one of several.
    status: Statuses,
    /// Values by path: `server.status: ACTIVE`. `*` is any value but nothing.
    #[serde(default)]
    is: BTreeMap<String, Value>,
    /// Exactly the keys of the object there.
    #[serde(default)]
    keys: BTreeMap<String, Vec<String>>,
    /// What the text of the answer has in it.
    #[serde(default)]
    says: Vec<String>,
    /// Headers of the answer, by name in small letters; `*` is any value.
    #[serde(default)]
    answers: BTreeMap<String, String>,
    /// Names for values of the answer.
    #[serde(default)]
    save: BTreeMap<String, String>,
    /// Ask again until the expectations hold.
    #[serde(default)]
    until: bool,
    /// What the sandbox answers in place of that, and why.
    sandbox: Option<Difference>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Difference {
    because: String,
    status: Option<u16>,
    #[serde(default)]
    is: BTreeMap<String, Value>,
    /// Keys that are not there.
    #[serde(default)]
    lacks: Vec<String>,
    /// Keys that are there besides.
    #[serde(default)]
    has: Vec<String>,
    /// What it says in place of the words.
    says: Option<Vec<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Statuses {
    One(u16),
    Several(Vec<u16>),
}

fn admin() -> String {
    "admin".to_owned()
}

/// Longer than anything here takes on a slow machine with a real cloud.
const PATIENCE: Duration = Duration::from_secs(300);

/// The scenarios of a file.
pub(crate) fn read(path: &Path) -> Vec<Scenario> {
    let text = std::fs::read_to_string(path).unwrap();
    serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

impl Scenario {
    /// Why the sandbox's answers differ.
    pub(crate) fn differences(&self) -> impl Iterator<Item = &str> {
        self.steps.iter().chain(&self.finally).filter_map(|step| Some(step.sandbox.as_ref()?.because.as_str()))
    }

    /// Puts the requests to a cloud; says what did not hold first.
    pub(crate) async fn play(&self, cloud: &Cloud) -> Result<(), String> {
        let mut known = cloud.known.clone();
        // Names of their own: other runs may be on the same cloud.
        known.insert("run".into(), Value::String(uuid::Uuid::new_v4().simple().to_string()[..8].to_owned()));
        let mut outcome = Ok(());
        for (number, step) in (1..).zip(&self.steps) {
            if let Err(problem) = step.take(cloud, &mut known).await {
                outcome = Err(format!("step {number}, {}: {problem}", step.ask));
                break;
            }
        }
        for step in &self.finally {
            let ended = step.take(cloud, &mut known).await;
            if outcome.is_ok() {
                outcome = ended.map_err(|problem| format!("at the end, {}: {problem}", step.ask));
            }
        }
        outcome
    }
}

impl Step {
    async fn take(&self, cloud: &Cloud, known: &mut BTreeMap<String, Value>) -> Result<(), String> {
        let started = Instant::now();
        loop {
            let answer = self.send(cloud, known).await?;
            match self.judge(cloud, &answer, known) {
                Ok(()) => {
                    for (name, path) in &self.save {
                        let value = match path.strip_prefix("header:") {
                            Some(header) => answer.headers.get(header).map(|text| Value::String(text.clone())),
                            None => at(&answer.body, path).cloned(),
                        };
                        known.insert(name.clone(), value.ok_or_else(|| format!("there is no {path}"))?);
                    }
                    return Ok(());
                }
                Err(_) if self.until && started.elapsed() < PATIENCE => {
                    tokio::time::sleep(Duration::from_millis(if cloud.kind == Kind::Sandbox { 5 } else { 500 })).await;
                }
                Err(problem) => {
                    return Err(format!("{problem}; the answer was {} {}", answer.status, short(&answer.body)));
                }
            }
        }
    }

    async fn send(&self, cloud: &Cloud, known: &BTreeMap<String, Value>) -> Result<Answer, String> {
        let ask = filled(&self.ask, known)?;
        let (method, path) = ask.split_once(' ').ok_or("no method")?;
        let method = Method::from_bytes(method.as_bytes()).map_err(|error| error.to_string())?;
        let body = self.body.as_ref().map(|body| filled_value(body, known)).transpose()?;
        let mut headers = BTreeMap::new();
        for (name, value) in &self.headers {
            headers.insert(name.clone(), filled(value, known)?);
        }
        Ok(cloud.ask(method, path, &filled(&self.user, known)?, &headers, body.as_ref()).await)
    }

    fn judge(&self, cloud: &Cloud, answer: &Answer, known: &BTreeMap<String, Value>) -> Result<(), String> {
        let difference = self.sandbox.as_ref().filter(|_| cloud.kind == Kind::Sandbox);
        let right = match (difference.and_then(|difference| difference.status), &self.status) {
            (Some(status), _) => answer.status == status,
            (None, Statuses::One(status)) => answer.status == *status,
            (None, Statuses::Several(statuses)) => statuses.contains(&answer.status),
        };
        if !right {
            return Err(format!("expected status {:?}", self.status));
        }
        let others = difference.map(|difference| &difference.is).into_iter().flatten();
        let is_other = |path: &String| difference.is_some_and(|difference| difference.is.contains_key(path));
        let own = self.is.iter().filter(|(path, _)| !is_other(path));
        for (path, expected) in others.chain(own) {
            let (path, expected) = (&filled(path, known)?, filled_value(expected, known)?);
            let found = at(&answer.body, path);
            let holds = match (&expected, found) {
                (Value::String(any), Some(value)) if any == "*" => !value.is_null(),
                (expected, Some(found)) => expected == found,
                (Value::Null, None) => true,
                _ => false,
            };
            if !holds {
                return Err(format!("expected {path} to be {expected}, it is {found:?}"));
            }
        }
        self.judge_form(difference, answer, known)
    }

    fn judge_form(
        &self,
        difference: Option<&Difference>,
        answer: &Answer,
        known: &BTreeMap<String, Value>,
    ) -> Result<(), String> {
        let lacking = difference.map(|difference| difference.lacks.as_slice()).unwrap_or_default();
        let besides = difference.map(|difference| difference.has.as_slice()).unwrap_or_default();
        if let Some(key) = lacking.iter().find(|key| self.keys.values().all(|keys| !keys.contains(key))) {
            return Err(format!("nobody expects {key}, which the sandbox is said to lack"));
        }
        for (path, expected) in &self.keys {
            let path = &filled(path, known)?;
            let object =
                at(&answer.body, path).and_then(Value::as_object).ok_or_else(|| format!("{path} is no object"))?;
            let mut found: Vec<&String> = object.keys().collect();
            let expected = expected.iter().filter(|key| !lacking.contains(key));
            let mut expected: Vec<&String> = expected.chain(besides).collect();
            found.sort();
            expected.sort();
            if found != expected {
                let more: Vec<_> = found.iter().filter(|key| !expected.contains(key)).collect();
                let less: Vec<_> = expected.iter().filter(|key| !found.contains(key)).collect();
                return Err(format!("the keys of {path}: {more:?} too many, {less:?} missing"));
            }
        }
        let text = match &answer.body {
            Value::String(text) => text.clone(),
            body => body.to_string(),
        };
        for words in difference.and_then(|difference| difference.says.as_ref()).unwrap_or(&self.says) {
            let words = filled(words, known)?;
            if !text.contains(&words) {
                return Err(format!("expected it to say {words:?}"));
            }
        }
        for (name, expected) in &self.answers {
            match answer.headers.get(name) {
                Some(found) if expected == "*" || found == expected => {}
                found => return Err(format!("expected the header {name} to be {expected}, it is {found:?}")),
            }
        }
        Ok(())
    }
}

/// The value at a path such as `server.addresses` or `networks.0.id`; the empty path is all of it.
fn at<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    path.split('.').filter(|part| !part.is_empty()).try_fold(value, |value, part| match part.parse::<usize>() {
        Ok(place) if value.is_array() => value.get(place),
        _ => value.get(part),
    })
}

/// A text with `<name>` replaced by what is known under the name.
fn filled(text: &str, known: &BTreeMap<String, Value>) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        let Some((name, behind)) = after.split_once('>') else { break };
        let plain = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        out.push_str(before);
        if plain {
            match known.get(name).ok_or_else(|| format!("nothing is known as {name}"))? {
                Value::String(text) => out.push_str(text),
                other => out.push_str(&other.to_string()),
            }
        } else {
            out.push_str(&format!("<{name}>"));
        }
        rest = behind;
    }
    out.push_str(rest);
    Ok(out)
}

fn filled_value(value: &Value, known: &BTreeMap<String, Value>) -> Result<Value, String> {
    Ok(match value {
        Value::String(text) => Value::String(filled(text, known)?),
        Value::Array(items) => items.iter().map(|item| filled_value(item, known)).collect::<Result<_, _>>()?,
        Value::Object(map) => {
            let pairs = map.iter().map(|(key, value)| Ok((filled(key, known)?, filled_value(value, known)?)));
            Value::Object(pairs.collect::<Result<_, String>>()?)
        }
        other => other.clone(),
    })
}

fn short(value: &Value) -> String {
    value.to_string().chars().take(600).collect()
}
