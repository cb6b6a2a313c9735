// SPDX-License-Identifier: Apache-2.0
//! The record of a run: what its events add up to. `run.json` is one of these.

mod fold;
mod timing;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::event::{Attachment, CleanUp, Leftover, Level, RunHead};
use crate::selection::Choice;
use crate::verdict::{CheckOutcome, Ended, Tally, Verdict};

pub use self::fold::{Fold, FoldError, fold_lines};
pub use self::timing::ApiTiming;

/// The version of the record's form. Version 1 knew neither attempts, attachments and what cases say of themselves, nor
/// the result `flaky`.
pub const VERSION: u32 = 2;

/// Everything about a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RunRecord {
    /// The version of this form.
    pub version: u32,
    /// What was known when it started.
    pub head: RunHead,
    /// Whether it has ended, and how.
    pub state: RunState,
    /// When it started.
    pub started: DateTime<Utc>,
    /// How long it took (until its last event, if it died), in milliseconds.
    pub duration_ms: u64,
    /// Why it was stopped, where nobody asked for it: something was wrong with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopped_because: Option<String>,
    /// What the process ended with; `None` if it died.
    pub exit_code: Option<u8>,
    /// Every case of the catalogue, in the published order.
    pub cases: Vec<CaseRecord>,
    /// Selected cases, counted by verdict.
    pub totals: Totals,
    /// What could not be deleted.
    pub left: Vec<Leftover>,
    /// Messages about the run as a whole.
    pub messages: Vec<Message>,
    /// What each API call cost, the most expensive in sum first.
    pub api: Vec<ApiTiming>,
}

/// Whether a run has ended, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// It came to its end.
    Finished,
    /// The user stopped it.
    Interrupted,
    /// There is no last event: it is still running, or it died.
    Unfinished,
}

/// Everything about one case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CaseRecord {
    /// What it is, and what was decided about it.
    #[serde(flatten)]
    pub choice: Choice,
    /// Its verdict; `None` when it was not selected.
    pub verdict: Option<Verdict>,
    /// When it started; `None` when it did not.
    pub started: Option<DateTime<Utc>>,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// Its checks, counted.
    pub tally: Tally,
    /// That it passed although checks did not hold, in words; missing when all held, or when it did not pass.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tolerated: Option<String>,
    /// Its checks, in the order in which they ended.
    pub checks: Vec<CheckRecord>,
    /// What it said of itself.
    #[serde(flatten)]
    pub ended: Ended,
    /// The attempts that did not pass before the last one, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attempts: Vec<AttemptRecord>,
    /// Files that belong to it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// What was deleted after it, and what was not.
    pub clean_up: CleanUp,
    /// Messages about it.
    pub messages: Vec<Message>,
}

/// Everything about an attempt that was not the last.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AttemptRecord {
    /// Which, from 1.
    pub attempt: u32,
    /// Its verdict.
    pub verdict: Verdict,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// Its checks, in the order in which they ended.
    pub checks: Vec<CheckRecord>,
}

/// Everything about one check.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CheckRecord {
    /// Its name.
    pub name: String,
    /// What the cloud must do.
    pub states: String,
    /// What the reader must know to compare it with the original of the same name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<String>,
    /// How it ended.
    #[serde(flatten)]
    pub outcome: CheckOutcome,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// When it started; `None` in runs of version 1, and where a tool does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started: Option<DateTime<Utc>>,
    /// Files that belong to it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// What else the tool that made it has to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<Value>,
}

/// A message for people.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Message {
    /// When.
    pub at: DateTime<Utc>,
    /// How important it is.
    pub level: Level,
    /// What it says.
    pub text: String,
}

/// Selected cases, counted by verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Totals {
    /// Cases that passed at once.
    pub passed: u32,
    /// Cases that passed when they were tried again.
    #[serde(default)]
    pub flaky: u32,
    /// Cases that failed.
    pub failed: u32,
    /// Cases that errored.
    pub errored: u32,
    /// Cases that do not apply to this cloud.
    pub skipped: u32,
    /// Cases that were selected and never started, or that nothing here implements.
    pub not_run: u32,
}

impl Totals {
    fn count(&mut self, verdict: &Verdict) {
        let counter = match verdict {
            Verdict::Passed => &mut self.passed,
            Verdict::Flaky { .. } => &mut self.flaky,
            Verdict::Failed { .. } => &mut self.failed,
            Verdict::Errored { .. } => &mut self.errored,
            Verdict::Skipped { .. } => &mut self.skipped,
            Verdict::NotRun { .. } => &mut self.not_run,
        };
        *counter += 1;
    }
}
