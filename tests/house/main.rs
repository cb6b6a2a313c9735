// SPDX-License-Identifier: Apache-2.0
//! How the house is built: which crate may use which, and that the modules of a crate do not use each other in a circle.
//! The compiler minds neither; whoever wants to read, test or replace a part does.
//!
//! The sandbox has more rules of its own: `functest-sandbox/tests/direction.rs`, whose reader of Rust this here uses, too.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says what is wrong by ending")]

mod circle;
mod crates;
mod modules;
#[path = "../../functest-sandbox/tests/direction/paths.rs"]
mod paths;
#[path = "../../functest-sandbox/tests/direction/words.rs"]
mod words;

/// The top of the repository.
fn repository() -> &'static std::path::Path {
    std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}
