// SPDX-License-Identifier: Apache-2.0
//! The ledger of a run: everything that it makes in a *place* is written down before it is asked for. A cloud is a place; so
//! are the nodes of the system under test, a container engine, and whatever a project that embeds functest brings.
//!
//! An append-only file of JSON lines, locked while its run lives. The intent is synced before the request is sent; the
//! id and the deletion follow. Whoever finds the file of a dead run can finish what the run left.

mod journal;
mod reader;
mod reclaim;
mod writer;

use std::collections::BTreeMap;
use std::path::PathBuf;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use serde_json::Value;

use crate::event::CloudIdentity;

pub use self::journal::Journal;
pub use self::reader::{Book, Entry, LedgerError, State};
pub use self::reclaim::{ReclaimError, Reclaimer};
pub use self::writer::{Ledger, LockedLedger};

/// The version of the ledger's form. Version 1 knew one place, the cloud.
pub const VERSION: u32 = 2;
/// The ledger's name in a run folder.
pub const FILE_NAME: &str = "ledger.jsonl";
/// The name of the place that is the cloud of the run.
pub const CLOUD: &str = "cloud";

/// The first line: whose ledger it is.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Head {
    /// The version of the form.
    pub version: u32,
    /// The run's id.
    pub run_id: String,
    /// Where things are made, by the place's name: which cloud, which nodes. Deleting is refused anywhere else.
    pub places: BTreeMap<String, Value>,
    /// When the run started.
    pub started: DateTime<Utc>,
    /// For how long after its intent a request may still take effect, in seconds: until it is given up, and then as
    /// long as a proxy or a service may hold it.
    pub settle_seconds: f64,
    /// The folder that the run writes to. Its lock is there: a copy elsewhere has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub folder: Option<PathBuf>,
}

/// The first line as any version writes it.
#[derive(Deserialize)]
struct WrittenHead {
    version: u32,
    run_id: String,
    #[serde(default)]
    places: BTreeMap<String, Value>,
    /// Version 1.
    cloud: Option<Value>,
    started: DateTime<Utc>,
    settle_seconds: f64,
    /// Missing before it was kept.
    folder: Option<PathBuf>,
}

impl<'de> Deserialize<'de> for Head {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = WrittenHead::deserialize(deserializer)?;
        let WrittenHead { version, run_id, mut places, cloud, started, settle_seconds, folder } = written;
        if let Some(cloud) = cloud {
            places.entry(CLOUD.to_owned()).or_insert(cloud);
        }
        Ok(Self { version, run_id, places, started, settle_seconds, folder })
    }
}

impl Head {
    /// The cloud of the run; `None` when it has none, or one that this functest cannot make sense of.
    pub fn cloud(&self) -> Option<CloudIdentity> {
        self.places.get(CLOUD).and_then(|identity| serde_json::from_value(identity.clone()).ok())
    }
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "record", rename_all = "snake_case")]
pub enum Record {
    /// Something is about to be asked for.
    Intent(Intent),
    /// It was made.
    Made {
        /// The intent's number.
        seq: u64,
        /// The thing's id.
        id: String,
    },
    /// The cloud refused: nothing was made.
    Refused {
        /// The intent's number.
        seq: u64,
        /// Why.
        reason: String,
    },
    /// The cloud answered with an error of its own: it exists already, or never will.
    Doubtful {
        /// The intent's number.
        seq: u64,
        /// What the cloud said.
        reason: String,
        /// When.
        at: DateTime<Utc>,
    },
    /// Something was found, is used, and must never be deleted.
    Adopted {
        /// The case that uses it.
        scope: String,
        /// Such as `image`.
        kind: String,
        /// Its id.
        id: String,
        /// Its name.
        name: String,
    },
    /// It is gone: deleted, or found to be absent when it could no longer come.
    Gone {
        /// The intent's number.
        seq: u64,
    },
}

/// Something that is about to be asked for, with all that is needed to find it again should no answer come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Intent {
    /// Counts from 0 in a ledger.
    pub seq: u64,
    /// The name of the place that it is made in.
    #[serde(default = "the_cloud")]
    pub place: String,
    /// The case that wants it.
    pub scope: String,
    /// Such as `network`.
    pub kind: String,
    /// The name it will have; may be empty.
    pub name: String,
    /// A text unique in the world, in its name or description.
    pub mark: String,
    /// What it will be in or of, by kind, such as `{"project": id}`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub within: BTreeMap<String, String>,
    /// When.
    pub at: DateTime<Utc>,
}

impl Intent {
    /// An intent of this moment, for a thing whose name is itself unique in the world.
    pub fn named(seq: u64, place: &str, scope: &str, kind: &str, name: impl Into<String>) -> Self {
        let name = name.into();
        Self {
            seq,
            place: place.to_owned(),
            scope: scope.to_owned(),
            kind: kind.to_owned(),
            mark: name.clone(),
            name,
            within: BTreeMap::new(),
            at: Utc::now(),
        }
    }

    /// Whether it is about something in that place, of that case or of any.
    pub fn is_of(&self, place: &str, scope: Option<&str>) -> bool {
        self.place == place && scope.is_none_or(|scope| self.scope == scope)
    }
}

/// The place of intents that do not say which: version 1 knew no other.
fn the_cloud() -> String {
    CLOUD.to_owned()
}
