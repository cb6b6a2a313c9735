// SPDX-License-Identifier: Apache-2.0
//! Running a plan.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::Utc;
use functest_core::environment::NoEnvironment;
use functest_core::event::{CancelLevel, RunHead};
use functest_core::ledger::{Head, Journal};
use functest_core::record::RunRecord;
use functest_core::sink::SinkError;
use functest_core::{Environment, Sink, exit_code, ledger};
use functest_installers::{LogReport, Sut};
use functest_openstack::connect::ConnectionOptions;
use functest_openstack::{CloudEnvironment, Connection};
use functest_results::RunFolder;
use functest_runner::EventChannel;
use functest_sandbox::Sandbox;

use super::plan::Plan;
use crate::cloud::Chosen;
use crate::error::Error;

/// The folder in a run folder that holds the logs of nodes.
const NODE_LOGS: &str = "nodes";

/// A run that has started.
#[derive(Debug)]
pub struct RunHandle {
    run_id: String,
    folder: PathBuf,
    notices: Vec<String>,
    inner: functest_runner::RunHandle,
    /// The cloud, where it is one of ours: it lives until the run has ended.
    sandbox: Option<Sandbox>,
    /// Whose nodes' logs are collected when a case does not pass.
    logs_of: Option<Sut>,
}

/// How a run ended.
#[derive(Debug)]
pub struct RunSummary {
    /// What happened, added up; the same as `run.json`.
    pub record: RunRecord,
    /// Where its files are.
    pub folder: PathBuf,
    /// What a process that ran it ends with.
    pub exit_code: u8,
    /// Why the first sink that failed did.
    pub sink_error: Option<SinkError>,
    /// The nodes' logs, where they were asked for and a case did not pass.
    pub node_logs: Option<LogReport>,
}

impl Plan {
    /// Connects, makes the run folder, and starts. Every event goes to the run folder and to each of `sinks`.
    ///
    /// Must be called on a tokio runtime; the run goes on when the handle is dropped.
    ///
    /// # Errors
    /// When nothing is selected, the cloud is not described, refuses or does not answer, or the folder cannot be made.
    pub async fn start(self, sinks: Vec<Box<dyn Sink>>) -> Result<RunHandle, Error> {
        if let Some(error) = self.nothing_selected() {
            return Err(error);
        }
        let events = EventChannel::default();
        let (connection, sandbox) = self.connect(&events).await?;
        let now = Utc::now();
        let random = uuid::Uuid::new_v4().simple().to_string();
        let run_id = format!("{}-{}", now.format("%Y%m%d-%H%M%S"), &random[..8]);
        let folder = self.functest.state.make_run(&run_id, self.request.run_dir.as_deref())?;
        let run_folder = RunFolder::create(&folder)?;
        let head = self.head(&run_id, connection.as_ref());
        let notices = connection.as_ref().map(|connection| connection.notices.clone()).unwrap_or_default();
        let environment: Arc<dyn Environment> = match connection {
            Some(connection) => Arc::new(self.environment(connection, &run_id, &folder).await?),
            None => Arc::new(NoEnvironment),
        };
        let functest = self.functest.clone();
        let logs_of = self.request.sut.clone().filter(|_| self.request.collect_logs);
        let plan = functest_runner::Plan {
            head,
            tiers: self.tiers,
            jobs: self.request.places(),
            scope: self.scope,
            deadline_factor: self.run_settings.deadline_factor,
        };
        let mut all: Vec<Box<dyn Sink>> = vec![Box::new(run_folder)];
        all.extend(sinks);
        functest.state.point_latest_at(&run_id)?;
        let inner = functest_runner::start(plan, environment, events, all)?;
        Ok(RunHandle { run_id, folder, notices, inner, sandbox, logs_of })
    }

    async fn connect(&self, events: &EventChannel) -> Result<(Option<Connection>, Option<Sandbox>), Error> {
        let found = match (self.request.fetch_credentials, &self.request.sut) {
            (true, Some(sut)) => Some(Chosen { config: self.functest.cloud_of(sut).await?, sandbox: None }),
            (true, None) => return Err(Error::NoInstaller),
            _ => self.functest.choose_cloud(self.request.cloud.as_deref(), &self.request.sandbox).await?,
        };
        let Some(chosen) = found else {
            let someone_does = self.tiers.iter().flat_map(|tier| &tier.cases).any(|case| case.needs.a_cloud());
            return if someone_does { Err(Error::NoCloud) } else { Ok((None, None)) };
        };
        let options = ConnectionOptions { policy: self.run_settings.policy(), events: events.emitter.clone() };
        Ok((Some(Connection::open(&chosen.config, options).await?), chosen.sandbox))
    }

    async fn environment(
        &self,
        connection: Connection,
        run_id: &str,
        folder: &Path,
    ) -> Result<CloudEnvironment, Error> {
        let head = Head {
            version: ledger::VERSION,
            run_id: run_id.to_owned(),
            cloud: connection.identity.clone(),
            started: Utc::now(),
            settle_seconds: self.run_settings.settle().as_secs_f64(),
        };
        let journal =
            Journal::create(folder, head).map_err(|source| Error::State { path: folder.to_owned(), source })?;
        let clean_deadline = self.run_settings.scaled(self.run_settings.clean_deadline);
        let environment = CloudEnvironment::new(connection, Arc::new(journal), clean_deadline).await?;
        Ok(match &self.run_settings.new_user_role {
            Some(role) => environment.with_role(role),
            None => environment,
        })
    }

    fn head(&self, run_id: &str, connection: Option<&Connection>) -> RunHead {
        let variable = |name: &str| (self.functest.variables)(name).filter(|value| !value.is_empty());
        let told = |wanted: &str| {
            let found = self.request.told.iter().find(|(name, _)| name == wanted);
            found.map(|(_, value)| value.clone())
        };
        let notices = connection.map(|connection| connection.notices.clone()).unwrap_or_default();
        RunHead {
            run_id: run_id.to_owned(),
            functest: env!("CARGO_PKG_VERSION").to_owned(),
            catalogue: self.selection.catalogue.clone(),
            cloud: connection.map(|connection| connection.identity.clone()),
            facts: self.selection.facts.clone(),
            node_name: variable("NODE_NAME").or_else(|| told("NODE_NAME")),
            build_tag: variable("BUILD_TAG"),
            jobs: self.request.places(),
            notices: notices.into_iter().chain(self.warnings.iter().cloned()).collect(),
            cases: self.selection.cases.clone(),
            settings: self.settings.clone(),
        }
    }
}

impl RunHandle {
    /// The run's id.
    pub fn run_id(&self) -> &str {
        &self.run_id
    }

    /// Where its files are.
    pub fn folder(&self) -> &std::path::Path {
        &self.folder
    }

    /// What the user must be told about the connection, such as that TLS certificates are not verified.
    pub fn notices(&self) -> &[String] {
        &self.notices
    }

    /// Asks the run to stop: first to end and clean up, then to leave the clean-up to [`Functest::clean`].
    ///
    /// [`Functest::clean`]: crate::OpenStackVerbs::clean
    pub fn cancel(&self, level: CancelLevel) {
        self.inner.cancel(level);
    }

    /// A way to ask the run to stop while somebody else waits for its end.
    pub fn canceller(&self) -> impl Fn(CancelLevel) + Clone + Send + Sync + 'static {
        self.inner.canceller()
    }

    /// Waits for the end of the run.
    ///
    /// # Errors
    /// When the runner itself failed.
    pub async fn join(self) -> Result<RunSummary, Error> {
        let outcome = self.inner.join().await;
        drop(self.sandbox);
        let outcome = outcome?;
        let node_logs = match &self.logs_of {
            Some(sut) if outcome.exit_code != exit_code::OK => Some(collect(sut, &self.folder.join(NODE_LOGS)).await),
            _ => None,
        };
        Ok(RunSummary {
            record: outcome.record,
            folder: self.folder,
            exit_code: outcome.exit_code,
            sink_error: outcome.sink_error,
            node_logs,
        })
    }
}

/// The logs of all nodes. That they cannot be had changes nothing about the run: it is said.
async fn collect(sut: &Sut, folder: &Path) -> LogReport {
    let collected = async { sut.collect_logs(sut.list().await?.to_vec(), folder).await };
    collected.await.unwrap_or_else(|error| LogReport { collected: Vec::new(), problems: vec![error.to_string()] })
}
