// SPDX-License-Identifier: Apache-2.0
//! What Keystone has: nobody but its own modules sees into it.

use std::collections::{BTreeSet, HashMap};

use super::assignment::Assignment;
use super::catalog::CatalogFaults;
use super::password::History;
use super::token::Token;
use crate::api::Document;
use crate::ground::Table;

/// What Keystone has.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub(super) domains: Table<Document>,
    pub(super) projects: Table<Document>,
    pub(super) users: Table<Document>,
    pub(super) groups: Table<Document>,
    pub(super) roles: Table<Document>,
    pub(super) regions: Table<Document>,
    pub(super) services: Table<Document>,
    pub(super) endpoints: Table<Document>,
    /// By their domains' ids.
    pub(super) domain_configs: Table<Document>,
    /// Owned by their users, as are the next three.
    pub(super) application_credentials: Table<Document>,
    pub(super) access_rules: Table<Document>,
    pub(super) credentials: Table<Document>,
    pub(super) trusts: Table<Document>,
    pub(super) endpoint_groups: Table<Document>,
    pub(super) policies: Table<Document>,
    pub(super) consumers: Table<Document>,
    /// Of users and application credentials, by id. Never shown.
    pub(super) passwords: HashMap<String, String>,
    /// By users' ids.
    pub(super) histories: HashMap<String, History>,
    pub(super) assignments: BTreeSet<Assignment>,
    /// A role and one that it implies.
    pub(super) implied_roles: BTreeSet<(String, String)>,
    /// Group and user.
    pub(super) members: BTreeSet<(String, String)>,
    pub(super) tokens: HashMap<String, Token>,
    /// What is wrong with the catalog.
    pub(super) catalog_faults: CatalogFaults,
    /// How often it has changed who has which role.
    pub(super) roles_version: u64,
}

impl State {
    /// Whether there is a project with that id.
    pub(crate) fn has_project(&self, id: &str) -> bool {
        self.projects.contains(id)
    }

    /// Has that be wrong with the catalog, and nothing else.
    pub(crate) fn break_catalog(&mut self, faults: CatalogFaults) {
        self.catalog_faults = faults;
    }

    /// How many there are of each kind.
    pub(super) fn inventory(&self) -> Vec<(&'static str, usize)> {
        vec![
            ("domains", self.domains.len()),
            ("projects", self.projects.len()),
            ("users", self.users.len()),
            ("groups", self.groups.len()),
            ("roles", self.roles.len()),
            ("application_credentials", self.application_credentials.len()),
            ("assignments", self.assignments.len()),
        ]
    }
}
