// SPDX-License-Identifier: Apache-2.0
//! What Nova has: nobody but its own modules sees into it.

use super::server::Server;
use crate::api::Document;
use crate::ground::Table;

/// What Nova has.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub(super) flavors: Table<Document>,
    /// Owned by users; by user and name.
    pub(super) keypairs: Table<Document>,
    pub(super) servers: Table<Server>,
    pub(super) server_groups: Table<Document>,
    pub(super) aggregates: Table<Document>,
    /// What projects' quotas are where they are not the defaults.
    pub(super) quotas: Table<Document>,
    pub(super) hosts: Table<Document>,
}

impl State {
    /// How many there are of each kind.
    pub(super) fn inventory(&self) -> Vec<(&'static str, usize)> {
        vec![
            ("flavors", self.flavors.len()),
            ("keypairs", self.keypairs.len()),
            ("servers", self.servers.len()),
            ("server_groups", self.server_groups.len()),
            ("aggregates", self.aggregates.len()),
            ("compute quotas", self.quotas.len()),
        ]
    }
}
