// SPDX-License-Identifier: Apache-2.0
//! What happens in a run, as it happens. Every report is made of these and of nothing else.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::selection::{Choice, Fact};
use crate::verdict::{CheckOutcome, Ended, Tally, Verdict};

pub use self::attachment::Attachment;
pub use self::emitter::{Audience, Emitter, Incoming, Output, OutputStream};

mod attachment;
mod emitter;

/// The version of the event format. Version 1 wrote `case` where this one writes `case_name`.
pub const VERSION: u32 = 2;

/// One line of `events.jsonl`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Event {
    /// The version of the format.
    pub v: u32,
    /// Counts from 0, without gaps.
    pub seq: u64,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// What happened.
    #[serde(flatten)]
    pub body: EventBody,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum EventBody {
    /// The run starts. Always the first event.
    RunStarted(Box<RunHead>),
    /// A tier starts.
    TierStarted {
        /// Its name.
        tier: String,
    },
    /// A case starts.
    CaseStarted {
        /// Its name.
        #[serde(alias = "case")]
        case_name: String,
        /// 1 for the first time that it is tried in its run.
        #[serde(default = "first")]
        attempt: u32,
    },
    /// A check starts.
    CheckStarted {
        /// The case's name.
        #[serde(alias = "case")]
        case_name: String,
        /// The check's name.
        check: String,
        /// What the cloud must do.
        #[serde(default)]
        states: String,
        /// What the reader must know to compare it with the original of the same name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mark: Option<String>,
    },
    /// A check has ended.
    CheckFinished {
        /// The case's name.
        #[serde(alias = "case")]
        case_name: String,
        /// The check's name.
        check: String,
        /// How it ended.
        #[serde(flatten)]
        outcome: CheckOutcome,
        /// How long it took, in milliseconds.
        duration_ms: u64,
        /// When it started, where that was not when its start was reported: a tool had made it before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        started: Option<DateTime<Utc>>,
        /// What the cloud must do, where no start was reported that says so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        states: Option<String>,
        /// Files that belong to it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        attachments: Vec<Attachment>,
        /// What else the tool that made it has to say.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        details: Option<Value>,
    },
    /// A file belongs to a case.
    Attached {
        /// The case's name.
        case_name: String,
        /// The file.
        attachment: Attachment,
    },
    /// A request to the cloud has ended.
    ApiCall {
        /// The case's name; `None` for requests on behalf of the run.
        #[serde(alias = "case")]
        case_name: Option<String>,
        /// The request.
        call: ApiCall,
    },
    /// A message for people.
    Log {
        /// The case's name; `None` for messages about the run.
        #[serde(alias = "case")]
        case_name: Option<String>,
        /// How important it is.
        level: Level,
        /// The message.
        message: String,
    },
    /// What a case (or the run) made was deleted, or not.
    CleanedUp {
        /// The case's name; `None` for the run's own.
        #[serde(alias = "case")]
        case_name: Option<String>,
        /// What was done.
        clean_up: CleanUp,
    },
    /// A case did not pass, and is tried again. What is said of it so far is of this attempt.
    AttemptFinished {
        /// The case's name.
        case_name: String,
        /// Which attempt, from 1.
        attempt: u32,
        /// Its verdict.
        verdict: Verdict,
        /// How long it took, preparation and clean-up included, in milliseconds.
        duration_ms: u64,
    },
    /// A case has ended, or will not be started.
    CaseFinished {
        /// The case's name.
        #[serde(alias = "case")]
        case_name: String,
        /// Its verdict.
        verdict: Verdict,
        /// Its checks, counted.
        tally: Tally,
        /// How long it took, preparation and clean-up included, in milliseconds.
        duration_ms: u64,
        /// What it said of itself.
        #[serde(flatten)]
        ended: Ended,
    },
    /// Somebody asked the run to stop, or something was wrong with it.
    CancelRequested {
        /// How strongly.
        level: CancelLevel,
        /// What was wrong with the run; missing when its user asked.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cause: Option<String>,
    },
    /// The run has ended. Always the last event.
    RunFinished {
        /// How long it took, in milliseconds.
        duration_ms: u64,
        /// What the process that ran it ends with.
        exit_code: u8,
    },
}

/// What is known when a run starts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RunHead {
    /// Unique, and in order of time to the second.
    pub run_id: String,
    /// The version of functest.
    pub functest: String,
    /// Where the catalogue came from.
    pub catalogue: String,
    /// The cloud; `None` when no case needs one.
    pub cloud: Option<CloudIdentity>,
    /// The facts that cases were selected by.
    pub facts: Vec<Fact>,
    /// The pod (`NODE_NAME`).
    pub node_name: Option<String>,
    /// The CI's build (`BUILD_TAG`).
    pub build_tag: Option<String>,
    /// How many cases may run at a time.
    pub jobs: usize,
    /// What a reader must be told, such as that TLS certificates are not verified.
    pub notices: Vec<String>,
    /// Every case of the catalogue with its decision.
    pub cases: Vec<Choice>,
    /// The settings of each selected case, by case and key.
    pub settings: BTreeMap<String, Value>,
    /// The whole request, as the front end's API takes it; a run is repeated by it. `None` in runs of version 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<Value>,
    /// The command line that asked for the run, without secrets; empty where there was none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub command: Vec<String>,
}

/// The attempt of events that do not say which.
fn first() -> u32 {
    1
}

/// Which cloud, without secrets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CloudIdentity {
    /// The name in `clouds.yaml`; `None` when it came from variables.
    pub name: Option<String>,
    /// Keystone's URL.
    pub auth_url: String,
    /// The region, when one is chosen.
    pub region: Option<String>,
    /// The project's id.
    pub project_id: Option<String>,
    /// The project's name.
    pub project: Option<String>,
    /// The user's name.
    pub user: Option<String>,
    /// Whether it is functest's own sandbox, and no real cloud.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sandbox: bool,
}

/// One request to the cloud, every attempt counted as one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ApiCall {
    /// Such as `compute`.
    pub service: String,
    /// Such as `POST`.
    pub method: String,
    /// The path with ids replaced, such as `/servers/{id}`.
    pub route: String,
    /// The HTTP status; `None` when no answer came.
    pub status: Option<u16>,
    /// `X-Openstack-Request-Id`.
    pub request_id: Option<String>,
    /// From sending to the end of the answer, in milliseconds.
    pub duration_ms: f64,
    /// 1 for the first try.
    pub attempt: u32,
    /// Why no answer came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// The importance of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// For whoever looks for a fault.
    Debug,
    /// What is done.
    Info,
    /// What may explain a later fault.
    Warning,
    /// What went wrong.
    Error,
}

impl CleanUp {
    /// Adds what another clean-up did.
    pub fn add(&mut self, other: Self) {
        self.deleted.extend(other.deleted);
        self.left.extend(other.left);
    }

    /// Whether there was nothing to do.
    pub fn is_empty(&self) -> bool {
        self.deleted.is_empty() && self.left.is_empty()
    }
}

/// What a clean-up did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CleanUp {
    /// What was deleted.
    pub deleted: Vec<Thing>,
    /// What could not be deleted.
    pub left: Vec<Leftover>,
}

/// A thing that a run made, in the cloud or elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Thing {
    /// Such as `server`.
    pub kind: String,
    /// Its id; empty when it was never learnt.
    pub id: String,
    /// Its name; may be empty.
    pub name: String,
}

/// A thing that could not be deleted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Leftover {
    /// What.
    #[serde(flatten)]
    pub thing: Thing,
    /// Why not.
    pub reason: String,
}

impl std::fmt::Display for Thing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.kind)?;
        if !self.name.is_empty() {
            write!(f, " {}", self.name)?;
        }
        if !self.id.is_empty() && self.id != self.name {
            write!(f, " ({})", self.id)?;
        }
        Ok(())
    }
}

/// How strongly a run is asked to stop. Stronger ones compare greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CancelLevel {
    /// Start nothing more, end what runs, clean up, report.
    Stop,
    /// Leave the clean-up to `functest openstack clean`.
    Abandon,
}
