// SPDX-License-Identifier: Apache-2.0
//! What is where in the folder of a run.

/// The file of a run folder that all the others can be made of: one event in JSON a line.
pub const EVENTS_FILE: &str = "events.jsonl";

/// The folder in a run folder that holds a log for each case that started.
pub const LOGS_FOLDER: &str = "logs";
