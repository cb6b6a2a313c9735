// SPDX-License-Identifier: Apache-2.0
//! What Glance has: nobody but its own modules sees into it.

use std::collections::{BTreeMap, HashMap};

use super::metadef;
use crate::api::{Content, Document, Upload};
use crate::ground::Table;

/// What Glance has.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub(super) images: Table<Document>,
    /// What is in the images, by their ids.
    pub(super) contents: HashMap<String, Content>,
    /// What was uploaded for images, and not imported yet.
    pub(super) staged: HashMap<String, Upload>,
    /// Whom images are shared with, by image and project.
    pub(super) members: BTreeMap<(String, String), Document>,
    /// By their names.
    pub(super) namespaces: Table<metadef::Namespace>,
}

impl State {
    /// How many there are of each kind.
    pub(super) fn inventory(&self) -> Vec<(&'static str, usize)> {
        vec![("images", self.images.len()), ("contents", self.contents.len())]
    }
}
