// SPDX-License-Identifier: Apache-2.0
//! An embedded OpenStack to try, develop and break things on.
//!
//! A [`Sandbox`] serves Keystone, Glance, Nova and Neutron on one port of 127.0.0.1, with the behaviour of the real ones
//! as far as `docs/sandbox.md` says. It knows nothing of those who talk to it.
//!
//! Its parts, each of which uses only those before it, as `tests/direction.rs` sees to:
//!
//! * `ground`: tables, a clock, chance, an agenda. It knows no service.
//! * `api`: routes, calls and answers, for any services and any world that they work on.
//! * `fault`: what is broken on demand, and when it strikes. `options`: what may be chosen.
//! * `services`: the services, in the order in which they ask each other, and the cloud that they make up.
//! * `shared`, `http_server`, `ssh_server`: the cloud under its lock, and what serves it and the guests in it.
//! * `sandbox`: all of it, started.

mod api;
mod fault;
mod ground;
mod http_server;
mod options;
mod sandbox;
mod services;
mod shared;
mod ssh_server;

pub use self::fault::{Distribution, Fault, FaultFile, FaultFileError, Happens, Lie, Rule};
pub use self::options::Options;
pub use self::sandbox::{Login, Sandbox, StartError};
