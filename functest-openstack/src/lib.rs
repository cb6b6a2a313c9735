// SPDX-License-Identifier: Apache-2.0
//! OpenStack for functest.
//!
//! * [`connect`]: which cloud, from `clouds.yaml`, an openrc file or `OS_*` variables.
//! * [`auth`]: Keystone logins, as an authentication type of `osauth`'s session.
//! * [`rest`]: the one path that every request takes: deadline, repetition, one new login, pages, request ids, timing.
//! * [`resource`]: the kinds of things in a cloud; a kind is a small file of data.
//! * [`scope`]: making things on behalf of a case, with every intent in the ledger first.
//! * [`clean`]: deleting what a case or a dead run made.
//! * [`provider`]: a project and a user for each case.
//! * [`inspect`]: what a cloud offers.

pub mod auth;
pub mod clean;
pub mod connect;
pub mod error;
pub mod inspect;
pub mod provider;
pub mod resource;
pub mod rest;
pub mod scope;
pub mod service;
pub mod wait;

pub use self::connect::{CloudConfig, Connection};
pub use self::error::Error;
pub use self::provider::{CaseCloud, CloudProvider};
pub use self::rest::Rest;
pub use self::scope::Scope;
pub use self::service::Service;

/// The moments at which a test can have this process killed; see [`functest_core::stop_point`].
pub const STOP_POINTS: [&str; 10] = [
    "project.opened",
    "intent.synced",
    "request.sent",
    "answer.received",
    "id.written",
    "upload.midway",
    "server.booting",
    "delete.sent",
    "delete.answered",
    "clean.midway",
];
