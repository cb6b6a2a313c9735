// SPDX-License-Identifier: Apache-2.0
//! What lists have shown that make what is looked for: to look again after it was deleted would bring it back.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::work::Doomed;

/// What is in a project, by its id, as far as it is not gone.
#[derive(Debug, Default)]
pub(super) struct ListedOnce(Mutex<BTreeMap<String, Vec<Doomed>>>);

impl ListedOnce {
    /// What a list showed of that project; `None` when it was not asked for yet.
    pub(super) fn of(&self, project: &str) -> Option<Vec<Doomed>> {
        self.lock().get(project).cloned()
    }

    /// Keeps what a list has shown.
    pub(super) fn keep(&self, project: &str, shown: &[Doomed]) {
        self.lock().insert(project.to_owned(), shown.to_vec());
    }

    /// Takes out what was deleted.
    pub(super) fn gone(&self, id: &str) {
        self.lock().values_mut().for_each(|shown| shown.retain(|doomed| doomed.id != id));
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Vec<Doomed>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
