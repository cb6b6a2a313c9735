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
mod state;
mod token;
mod trust;
mod user;
mod version;

use http::StatusCode;
use serde_json::json;

use self::assignment::{Actor, Assignment, Target};
pub(crate) use self::caller::caller;
pub(crate) use self::catalog::CatalogFaults;
pub(crate) use self::seed::{PASSWORD, REGION};
pub(crate) use self::state::State;
use crate::api::{Api, ApiError, Call, Paths, Reply};
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
