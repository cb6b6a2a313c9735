// SPDX-License-Identifier: Apache-2.0
//! What the tool says: the list of its tests, and the file of their results.

use std::time::Duration;

use chrono::{DateTime, Utc};
use functest::core::case::{Attachment, CaseError, CheckSpec, FinishedCheck};
use functest::core::provider::WorkingFolder;
use functest::core::verdict::CheckOutcome;
use serde::Deserialize;
use serde_json::{Map, Value};

/// A line of the file of results.
#[derive(Debug, Deserialize)]
#[serde(tag = "record", rename_all = "snake_case")]
enum Line {
    Test(TestResult),
    Summary(Summary),
}

/// How a test ended.
#[derive(Debug, Deserialize)]
pub(crate) struct TestResult {
    name: String,
    result: String,
    started: DateTime<Utc>,
    milliseconds: u64,
    #[serde(default)]
    reason: String,
}

/// What the tool says at its end.
#[derive(Debug, Deserialize)]
pub(crate) struct Summary {
    /// The share of tests that passed.
    pub(crate) passed_percent: f64,
    /// Whatever else it has to say.
    #[serde(flatten)]
    others: Map<String, Value>,
}

/// All that a run of the tool left in its file.
#[derive(Debug, Default)]
pub(crate) struct Results {
    /// In the order of the file.
    pub(crate) tests: Vec<TestResult>,
    /// `None` where the tool did not come to its end.
    pub(crate) summary: Option<Summary>,
}

/// The tests that `--list` names, each with what it states.
pub(crate) fn listed(text: &str) -> Vec<CheckSpec> {
    text.lines().filter(|line| !line.trim().is_empty()).map(listed_test).collect()
}

fn listed_test(line: &str) -> CheckSpec {
    let (name, states) = line.split_once('\t').unwrap_or((line, ""));
    CheckSpec { states: states.to_owned().into(), ..CheckSpec::named(name) }
}

/// Reads the file of results.
///
/// # Errors
/// When a line is not understood. The end of a line that a tool which died did not write is passed over.
pub(crate) fn read(text: &str) -> Result<Results, CaseError> {
    let mut results = Results::default();
    for (number, line) in text.split_inclusive('\n').enumerate().filter(|(_, line)| line.ends_with('\n')) {
        match serde_json::from_str(line) {
            Ok(Line::Test(test)) => results.tests.push(test),
            Ok(Line::Summary(summary)) => results.summary = Some(summary),
            Err(error) => {
                let number = number + 1;
                return Err(CaseError(format!("line {number} of the tool's results is not understood: {error}")));
            }
        }
    }
    Ok(results)
}

impl TestResult {
    /// The same in functest's words, with the log that the tool wrote.
    pub(crate) fn into_check(self, folder: &WorkingFolder) -> FinishedCheck {
        let outcome = match self.result.as_str() {
            "passed" => CheckOutcome::Passed,
            "failed" => CheckOutcome::failed(self.reason),
            // A word that nobody knows is never taken for a good one.
            other => CheckOutcome::errored(format!("the tool says {other:?} of it")),
        };
        let log = format!("{}.log", self.name);
        FinishedCheck {
            started: Some(self.started),
            duration: Duration::from_millis(self.milliseconds),
            attachments: attachment("log", "text/plain", &log, folder).into_iter().collect(),
            ..FinishedCheck::new(self.name, outcome)
        }
    }
}

impl Summary {
    /// What stands in the record, in the tool's own form.
    pub(crate) fn details(self) -> Value {
        Value::Object(self.others)
    }
}

/// A file of the working folder, where it is there. The tool names it, so that the name may be anything.
pub(crate) fn attachment(name: &str, media_type: &str, file: &str, folder: &WorkingFolder) -> Option<Attachment> {
    let is_in_folder = !file.contains('/') && folder.path().join(file).is_file();
    is_in_folder.then(|| Attachment {
        name: name.to_owned(),
        media_type: media_type.to_owned(),
        path: folder.relative(file),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_a_line_for_each_test() {
        let specs = listed("a.b\tit works\n\nc\n");
        assert_eq!((specs[0].name.as_ref(), specs[0].states.as_ref()), ("a.b", "it works"));
        assert_eq!(specs[1], CheckSpec::named("c"));
    }

    #[test]
    fn half_a_line_is_the_end_and_nonsense_is_none() {
        let line = r#"{"record": "test", "name": "a", "result": "passed", "started": "2026-01-01T00:00:00Z", "milliseconds": 5}"#;
        let results = read(&format!("{line}\n{}", &line[..40])).unwrap();
        assert_eq!((results.tests.len(), results.summary.is_some()), (1, false));
        let error = read(&format!("{line}\nnonsense\n")).unwrap_err().to_string();
        assert!(error.starts_with("line 2 of the tool's results is not understood: "), "{error}");
    }
}
