// SPDX-License-Identifier: Apache-2.0
//! An embedded OpenStack to try, develop and break things on.
//!
//! A [`Sandbox`] serves Keystone, Glance, Nova and Neutron on one port of 127.0.0.1, with the behaviour of the real ones
//! as far as `docs/sandbox.md` says. It knows nothing of those who talk to it.

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
