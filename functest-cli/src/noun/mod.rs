// SPDX-License-Identifier: Apache-2.0
//! The nouns: a folder each, with a file for every verb: its flags, the one function of the library that does it, and its
//! answer in words.

pub(crate) mod config;
pub(crate) mod nodes;
pub(crate) mod openstack;
pub(crate) mod report;
pub(crate) mod run;
pub(crate) mod sandbox;
pub(crate) mod sut;
pub(crate) mod testcase;
pub(crate) mod tier;
