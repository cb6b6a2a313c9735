// SPDX-License-Identifier: Apache-2.0
//! Which things belong to which, so that nobody walks over all of them.

use std::collections::{BTreeSet, HashMap};

/// Ids under keys.
#[derive(Debug, Default)]
pub(super) struct Index(HashMap<String, BTreeSet<String>>);

impl Index {
    pub(super) fn add(&mut self, key: &str, id: &str) {
        if !key.is_empty() {
            self.0.entry(key.to_owned()).or_default().insert(id.to_owned());
        }
    }

    pub(super) fn remove(&mut self, key: &str, id: &str) {
        if let Some(ids) = self.0.get_mut(key) {
            ids.remove(id);
            if ids.is_empty() {
                self.0.remove(key);
            }
        }
    }

    /// What is under the key, by id.
    pub(super) fn get<'a>(&'a self, key: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        self.0.get(key).into_iter().flatten().map(String::as_str)
    }

    /// The same, to keep while the cloud changes.
    pub(super) fn ids(&self, key: &str) -> Vec<String> {
        self.get(key).map(str::to_owned).collect()
    }
}
