// SPDX-License-Identifier: Apache-2.0
//! End to end: the `functest` command as a user drives it.
//!
//! The tests are threads of one process. Those that need the devcloud take turns ([`devcloud`]); all others go on beside
//! them, so more threads than cores are worth it (`RUST_TEST_THREADS=8`): most of each test is waiting.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test says what is wrong by ending"
)]

mod bench;
mod command;
mod copies;
mod devcloud;

mod command_line;
mod healthcheck;
mod leftovers;
mod limits;
mod nodes;
mod python;
mod sandbox;
mod scripts;
mod terminal;
mod troubled_clouds;
mod waiting;
