// SPDX-License-Identifier: Apache-2.0
//! Files that belong to what happened.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A file that belongs to a case or a check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Attachment {
    /// What it is, for people.
    pub name: String,
    /// What is in it, such as `text/plain`.
    pub media_type: String,
    /// Where it is: a path relative to the run's folder, with `/` between names.
    pub path: String,
}
