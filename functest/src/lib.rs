// SPDX-License-Identifier: Apache-2.0
//! Tells whether an OpenStack cloud works, how well, and since when not.
//!
//! This is the API that the command line and every other front end wrap; a Rust project embeds it the same way. A
//! [`Functest`] knows the test cases and the state folder; each verb is one function of it:
//!
//! * [`Functest::plan`]: which cases of a catalogue run on this system under test, and why the others do not. It
//!   connects to nothing. [`Plan::start`] runs it: events out, a [`RunSummary`] at the end.
//! * [`Functest::tiers`], [`Functest::test_case`]: what a catalogue holds.
//! * [`Functest::report`]: a run's report again, also of a run that died.
//! * [`Functest::check`]: connects to a cloud and says what it offers, and what is missing for which case.
//! * [`Functest::clean`]: deletes what dead runs left.
//! * [`Functest::sut`]: the system under test: its nodes, commands and files on them, logs, credentials, versions.
//! * [`Functest::detection_matrix`]: which case notices that a cloud is broken in which way, tried on sandboxes.
//!
//! ```no_run
//! # async fn example() -> Result<(), functest::Error> {
//! use functest::{Functest, RunRequest};
//!
//! let functest = Functest::new();
//! let request = RunRequest { names: vec!["healthcheck".into()], cloud: Some("mycloud".into()), ..Default::default() };
//! let summary = functest.plan(&request)?.start(Vec::new()).await?.join().await?;
//! println!("{:?}: see {}", summary.record.totals, summary.folder.display());
//! # Ok(())
//! # }
//! ```

mod check;
mod clean;
mod cloud;
mod embed;
mod error;
mod info;
mod matrix;
mod nodes;
mod plan;
mod registry;
mod report;
mod request;
mod run;
mod settings;
mod state;
mod sut;

pub use self::check::{CaseReadiness, CheckReport};
pub use self::clean::{CleanReport, CleanRequest, RunClean, RunCleanState};
pub use self::cloud::{SANDBOX, SandboxRequest};
pub use self::embed::Functest;
pub use self::error::Error;
pub use self::info::{CaseInfo, CheckInfo, SettingInfo, TierInfo, TierList};
pub use self::matrix::{Detection, FaultRow, Matrix};
pub use self::nodes::{DetectReport, ExecReport, ExecRequest, NodeExec, NodeList, NodeTransfer, TransferReport};
pub use self::plan::Plan;
pub use self::request::RunRequest;
pub use self::run::{RunHandle, RunSummary};
pub use self::settings::RunSettings;
pub use self::state::{StateFolder, StoredRun};
pub use self::sut::{SutInfo, SutRequest};
pub use functest_results::Format;

/// The vocabulary: what a test case, an event, a verdict is.
pub use functest_core as core;
/// The nodes of the system under test.
pub use functest_installers as installers;
/// The cloud that a test case is given.
pub use functest_openstack as openstack;
/// The cloud to try things on.
pub use functest_sandbox as sandbox;
/// SSH sessions.
pub use functest_ssh as ssh;
