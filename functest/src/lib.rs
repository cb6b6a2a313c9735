// SPDX-License-Identifier: Apache-2.0
//! Tells whether an OpenStack cloud works, how well, and since when not.
//!
//! This is the API that the command line and every other front end wrap; a Rust project embeds it the same way. A
//! [`Functest`] knows the test cases and the state folder. What it does is found by noun and verb ([`VERBS`]); what a verb
//! is asked and what it answers are documents with a schema ([`schema`]):
//!
//! * [`Functest::plan`]: which cases of a catalogue run on this system under test, and why the others do not. It
//!   connects to nothing. [`Plan::start`] runs it: events out, a [`RunSummary`] at the end. ([`Functest::run`] has the
//!   rest of what there is to do about runs.)
//! * [`Functest::tier`], [`Functest::testcase`]: what a catalogue holds.
//! * [`Functest::report`]: a run's report again, also of a run that died.
//! * [`Functest::openstack`]: what a cloud offers, and what is missing for which case; deletes what dead runs left.
//! * [`Functest::sut`]: the system under test: what was deployed, by what, its credentials, versions.
//! * [`Functest::nodes`]: its nodes: commands and files on them, logs, services.
//! * [`Functest::sandbox`]: clouds of our own; which case notices that a cloud is broken in which way.
//!
//! [`Error::kind`] says what went wrong to programs: it gives the exit code and the HTTP status alike.
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

mod config;
mod embed;
mod error;
mod noun;
pub mod schema;
mod secret_file;
mod state;
mod verbs;

pub use self::config::{Config, DEFAULT_CONFIG};
pub use self::embed::Functest;
pub use self::error::{Error, ErrorKind, Problem};
pub use self::noun::config::{ConfigFileInfo, ConfigList, ConfigValue, ConfigVerbs};
pub use self::noun::nodes::{
    CollectLogsRequest, CollectedLogs, DetectReport, DetectRequest, ExecReport, ExecRequest, GetRequest, LogsReport,
    LogsRequest, NodeExec, NodeList, NodeListRequest, NodeServiceLog, NodeServiceReport, NodeServiceRequest,
    NodeShowRequest, NodeTransfer, NodesListener, NodesProgress, NodesVerbs, PodYaml, PutRequest, ServiceVerb,
    SshRequest, TransferReport,
};
pub use self::noun::openstack::SANDBOX;
pub use self::noun::openstack::{
    CaseReadiness, CheckReport, CheckRequest, CleanReport, CleanRequest, OpenStackVerbs, RunClean, RunCleanState,
};
pub use self::noun::report::{Report, ReportFile, ReportRequest, ReportVerbs, WriteReportRequest};
pub use self::noun::run::{Plan, RunHandle, RunRequest, RunSettings, RunSummary, RunVerbs};
pub use self::noun::sandbox::SandboxRequest;
#[cfg(feature = "sandbox")]
pub use self::noun::sandbox::{
    Detection, FaultRow, Matrix, MatrixRequest, SandboxAddress, SandboxVerbs, ServeRequest, ServedSandbox,
};
pub use self::noun::sut::{CredentialsFile, CredentialsRequest, SutInfo, SutInfoRequest, SutRequest, SutVerbs};
pub use self::noun::testcase::{
    CaseInfo, CheckInfo, SettingInfo, TestCaseList, TestCaseListRequest, TestCaseShowRequest, TestCaseVerbs,
};
pub use self::noun::tier::{CatalogueRequest, TierInfo, TierList, TierListRequest, TierShowRequest, TierVerbs};
pub use self::state::{StateFolder, StoredRun};
pub use self::verbs::VERBS;
pub use functest_results::{Format, is_standard_output};
pub use functest_runner::{CancelHandle, EventStream, SinkTrouble};

/// The vocabulary: what a test case, an event, a verdict is.
pub use functest_core as core;
/// Drivers of foreign test tools.
pub use functest_drivers as drivers;
/// The nodes of the system under test.
pub use functest_installers as installers;
/// The cloud that a test case is given.
pub use functest_openstack as openstack;
/// The cloud to try things on.
#[cfg(feature = "sandbox")]
pub use functest_sandbox as sandbox;
/// SSH sessions.
pub use functest_ssh as ssh;
