// SPDX-License-Identifier: Apache-2.0
//! The nouns: a folder each, with a file for every verb. What a front end asks and what it is told are data: each request
//! and each answer is a document with a schema ([`crate::schema`]).
//!
//! They stand below this module, and not at the top, because `functest::openstack` and `functest::sandbox` are the crates
//! of those names.

pub(crate) mod config;
pub(crate) mod nodes;
pub(crate) mod openstack;
pub(crate) mod report;
pub(crate) mod run;
pub(crate) mod sandbox;
pub(crate) mod sut;
pub(crate) mod testcase;
pub(crate) mod tier;
