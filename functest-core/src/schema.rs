// SPDX-License-Identifier: Apache-2.0
//! The JSON Schema of every document that a run leaves, and of what is said about a catalogue.

use serde_json::Value;

use crate::event::Event;
use crate::ledger::{Head, Record};
use crate::record::RunRecord;
use crate::selection::Selection;

/// Each document's name, which is its file's name under `docs/schema` too, with its schema.
pub fn documents() -> Vec<(&'static str, Value)> {
    vec![
        ("testcases", crate::catalogue::json_schema()),
        ("event", schemars::schema_for!(Event).to_value()),
        ("run", schemars::schema_for!(RunRecord).to_value()),
        ("ledger-head", schemars::schema_for!(Head).to_value()),
        ("ledger-record", schemars::schema_for!(Record).to_value()),
        ("selection", schemars::schema_for!(Selection).to_value()),
    ]
}
