// SPDX-License-Identifier: Apache-2.0
//! Keystone.

mod access_rule;
mod application_credential;
mod assignment;
mod caller;
mod catalog;
mod consumer;
mod credential;
mod domain;
mod domain_config;
mod ec2_credential;
mod endpoint;
mod endpoint_group;
mod entity;
mod expiry;
mod grant;
mod group;
mod implied_role;
mod listing;
mod login;
mod password;
mod policy;
mod project;
mod project_tag;
mod region;
mod role;
mod role_assignment;
mod seed;
mod service;
mod token;
mod trust;
mod user;
mod version;

use std::collections::{BTreeSet, HashMap};

use http::StatusCode;
use serde_json::json;

pub(crate) use self::assignment::{Actor, Assignment, Target};
pub(crate) use self::caller::caller;
use self::password::History;
pub(crate) use self::seed::{PASSWORD, REGION};
use self::token::Token;
use crate::api::{Api, ApiError, Call, Document, Paths, Reply};
use crate::ground::Table;
use crate::services::Cloud;

/// The Identity service.
pub(crate) const API: Api<Cloud> = Api {
    service_type: "identity",
    name: "keystone",
    catalog_place: 1,
    version_path: "/v3",
    routes: &[
        version::ROUTES,
        token::ROUTES,
        catalog::ROUTES,
        domain::ROUTES,
        domain_config::ROUTES,
        project::ROUTES,
        project_tag::ROUTES,
        user::ROUTES,
        group::ROUTES,
        role::ROUTES,
        implied_role::ROUTES,
        grant::ROUTES,
        grant::INHERITED_ROUTES,
        role_assignment::ROUTES,
        service::ROUTES,
        endpoint::ROUTES,
        endpoint_group::ROUTES,
        region::ROUTES,
        credential::ROUTES,
        ec2_credential::ROUTES,
        application_credential::ROUTES,
        access_rule::ROUTES,
        trust::ROUTES,
        policy::ROUTES,
        consumer::ROUTES,
    ],
    body_limit: 114_688,
    paths: Paths {
        is_open: |_| true,
        // Flask, which Keystone is made with, answers a HEAD wherever it answers a GET.
        answers_head: true,
        // A token is given back for good.
        giving_back: Some(token::PATH),
        ..Paths::USUAL
    },
    admit: |_| Ok(()),
    refuse,
    finish: |_, reply| reply.headers.push((http::header::VARY, http::HeaderValue::from_static("X-Auth-Token"))),
    seed: seed::seed,
    inventory: |cloud| cloud.identity.inventory(),
};

/// The domain that is always there.
pub(crate) const DEFAULT_DOMAIN: &str = "default";

/// What Keystone has.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) domains: Table<Document>,
    pub(crate) projects: Table<Document>,
    pub(crate) users: Table<Document>,
    pub(crate) groups: Table<Document>,
    pub(crate) roles: Table<Document>,
    pub(crate) regions: Table<Document>,
    pub(crate) services: Table<Document>,
    pub(crate) endpoints: Table<Document>,
    /// By their domains' ids.
    domain_configs: Table<Document>,
    /// Owned by their users, as are the next three.
    pub(crate) application_credentials: Table<Document>,
    access_rules: Table<Document>,
    credentials: Table<Document>,
    trusts: Table<Document>,
    endpoint_groups: Table<Document>,
    policies: Table<Document>,
    consumers: Table<Document>,
    /// Of users and application credentials, by id. Never shown.
    passwords: HashMap<String, String>,
    /// By users' ids.
    histories: HashMap<String, History>,
    pub(crate) assignments: BTreeSet<Assignment>,
    /// A role and one that it implies.
    pub(crate) implied_roles: BTreeSet<(String, String)>,
    /// Group and user.
    pub(crate) members: BTreeSet<(String, String)>,
    tokens: HashMap<String, Token>,
    /// Services that the catalog lists and that are not there, which is a fault.
    pub(crate) phantoms: Vec<String>,
    /// How often it has changed who has which role.
    roles_version: u64,
}

impl State {
    /// How many there are of each kind.
    fn inventory(&self) -> Vec<(&'static str, usize)> {
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

/// Keystone's own shape of a refusal.
fn refuse(call: &Call, error: &ApiError) -> Reply {
    let message = match error.kind {
        ApiError::POLICY => format!("You are not authorized to perform the requested action: {}.", error.message),
        _ => error.message.clone(),
    };
    let body = json!({"error": {"code": error.status.as_u16(), "message": message, "title": error.title()}});
    let reply = Reply::json(error.status, &body);
    match error.status {
        StatusCode::UNAUTHORIZED => reply.header("www-authenticate", challenge(call)),
        _ => reply,
    }
}

/// The refusal of whoever has no valid token: the same from every service, because one middleware gives it.
pub(crate) fn stranger(call: &Call) -> Reply {
    refuse(call, &ApiError::unauthorized())
}

fn challenge(call: &Call) -> String {
    let root = call.base.rsplit_once('/').map_or("", |(root, _)| root);
    format!("Keystone uri=\"{root}/identity\"")
}
