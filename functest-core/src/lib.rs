// SPDX-License-Identifier: Apache-2.0
//! The vocabulary of functest.
//!
//! What a test case, a tier, a run and a verdict are, how a catalogue is read and its cases selected, who makes cases of its
//! entries and what they are given, and what is written down while they run. Nothing here opens a connection, starts a
//! process or prints.
//!
//! The road data takes: [`catalogue`] + facts + request -> [`selection`] -> [`driver`]s and [`provider`]s -> run ->
//! [`event`]s -> [`record`]s.

pub mod case;
pub mod catalogue;
pub mod criteria;
pub mod driver;
pub mod event;
pub mod exit_code;
pub mod ledger;
pub mod need;
pub mod pattern;
pub mod provider;
pub mod record;
pub mod scenario;
pub mod schema;
pub mod selection;
pub mod service;
pub mod settings;
pub mod sink;
pub mod stop_point;
pub mod suggest;
pub mod sut;
pub mod tier;
pub mod variables;
pub mod verdict;
pub mod words;

pub use self::case::{Ctx, TestCase};
pub use self::driver::Driver;
pub use self::provider::Provider;
pub use self::scenario::Scenario;
pub use self::sink::Sink;
pub use self::sut::Installer;
pub use self::tier::Tier;
