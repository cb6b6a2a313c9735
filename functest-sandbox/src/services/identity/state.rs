// SPDX-License-Identifier: Apache-2.0
//! What Keystone has: nobody but its own modules sees into it.

use std::collections::{BTreeSet, HashMap};

use super::assignment::Assignment;
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
    /// Services that the catalog lists and that are not there, which is a fault.
    pub(super) phantoms: Vec<String>,
    /// How often it has changed who has which role.
    pub(super) roles_version: u64,
}

impl State {
    /// Whether there is a project with that id.
    pub(crate) fn has_project(&self, id: &str) -> bool {
        self.projects.contains(id)
    }

    /// Has the catalog list these services, and no others that are not there.
    pub(crate) fn list_phantoms<'s>(&mut self, services: impl Iterator<Item = &'s str>) {
        self.phantoms = services.map(str::to_owned).collect();
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
