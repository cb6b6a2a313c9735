// SPDX-License-Identifier: Apache-2.0
//! The vocabulary of functest.
//!
//! What a test case, a tier, a run and a verdict are, how a catalogue is read and its cases selected, and what is
//! written down while they run. Nothing here opens a connection, starts a process or prints.
//!
//! The road data takes: [`catalogue`] + facts + request -> [`selection`] -> run -> [`event`]s -> [`record`]s.

pub mod case;
pub mod catalogue;
pub mod criteria;
pub mod environment;
pub mod event;
pub mod exit_code;
pub mod ledger;
pub mod pattern;
pub mod record;
pub mod scenario;
pub mod selection;
pub mod settings;
pub mod sink;
pub mod stop_point;
pub mod suggest;
pub mod sut;
pub mod tier;
pub mod verdict;
pub mod words;

pub use self::case::{CaseFactory, Ctx, TestCase};
pub use self::environment::Environment;
pub use self::scenario::Scenario;
pub use self::sink::Sink;
pub use self::sut::Installer;
pub use self::tier::Tier;
