// SPDX-License-Identifier: Apache-2.0
//! OpenStack for functest.
//!
//! * [`connect`]: which cloud, from `clouds.yaml`, an openrc file or `OS_*` variables.
//! * [`auth`]: Keystone logins, as an authentication type of `osauth`'s session.
//! * [`rest`]: the one path that every request takes: deadline, repetition, one new login, pages, request ids, timing.
//! * [`resource`]: the kinds of things in a cloud; a kind is a small file of data.
//! * [`scope`]: making things on behalf of a case, with every intent in the ledger first.
//! * [`clean`]: deleting what a case or a dead run made.
//! * [`environment`]: a project and a user for each case.

pub mod auth;
pub mod clean;
pub mod connect;
pub mod environment;
pub mod error;
pub mod inspect;
pub mod resource;
pub mod rest;
pub mod scope;
pub mod service;
pub mod wait;

pub use self::connect::{CloudConfig, Connection};
pub use self::environment::{CaseCloud, CloudEnvironment};
pub use self::error::Error;
pub use self::rest::Rest;
pub use self::scope::Scope;
pub use self::service::Service;
