// SPDX-License-Identifier: Apache-2.0
//! What is told while a verb works on nodes.

use std::fmt;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;

use super::exec::NodeExec;

/// What is told while a verb works on nodes.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
#[serde(tag = "progress", rename_all = "snake_case")]
#[non_exhaustive]
pub enum NodesProgress<'a> {
    /// It is known which nodes are meant, and the work on them begins.
    Began {
        /// How many they are.
        nodes: usize,
    },
    /// A command has ended on a node, or could not be run there.
    Ended(&'a NodeExec),
    /// Files are moved.
    Moved {
        /// How many bytes of one node's files, so far.
        bytes: u64,
    },
}

type Listen = dyn Fn(NodesProgress<'_>) + Send + Sync;

/// Who is told of progress. Clones tell the same one.
#[derive(Clone, Default)]
pub struct NodesListener(Option<Arc<Listen>>);

impl NodesListener {
    /// Tells `listener`, which is called wherever the work is done at that moment and therefore must not block.
    pub fn new(listener: impl Fn(NodesProgress<'_>) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(listener)))
    }

    /// Tells nobody.
    pub fn nobody() -> Self {
        Self(None)
    }

    pub(super) fn tell(&self, progress: NodesProgress<'_>) {
        if let Some(listener) = &self.0 {
            listener(progress);
        }
    }
}

impl fmt::Debug for NodesListener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NodesListener").field("somebody", &self.0.is_some()).finish()
    }
}
