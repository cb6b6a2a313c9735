// SPDX-License-Identifier: Apache-2.0
//! Running a plan.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use functest_core::event::{CancelLevel, RunHead};
use functest_core::ledger::{CLOUD, Head, Journal};
use functest_core::record::RunRecord;
use functest_core::{Installer, Sink, exit_code, ledger};
use functest_installers::{LogReport, Sut};
use functest_openstack::Connection;
use functest_openstack::connect::ConnectionOptions;
use functest_results::RunFolder;
use functest_runner::{CancelHandle, EventChannel, EventStream, SinkTrouble};
use serde_json::{Value, json};

use super::no_cloud::NoCloud;
use super::plan::Plan;
use super::providers::Site;
use crate::error::Error;
use crate::noun::openstack::Chosen;
use crate::noun::sandbox::{Embedded, SandboxRequest};

/// The folder in a run folder that holds the logs of nodes.
const NODE_LOGS: &str = "nodes";

/// The cloud, or why there is none.
type Reached = Result<Connection, NoCloud>;

/// A run that has started.
#[derive(Debug)]
pub struct RunHandle {
    run_id: String,
    folder: PathBuf,
    notices: Vec<String>,
    inner: functest_runner::RunHandle,
    /// The cloud, where it is one of ours: it lives until the run has ended.
    sandbox: Option<Embedded>,
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
    /// What went wrong with sinks.
    pub sink_troubles: Vec<SinkTrouble>,
    /// The nodes' logs, where they were asked for and a case did not pass.
    pub node_logs: Option<LogReport>,
}

impl Plan {
    /// Connects, makes the run folder, and starts. Every event goes to the run folder and to each of `sinks`. Where the cloud
    /// refuses or does not answer, each case that needs it is errored.
    ///
    /// Must be called on a tokio runtime; the run goes on when the handle is dropped.
    ///
    /// # Errors
    /// When nothing is selected, the cloud is not described, or the folder cannot be made.
    pub async fn start(self, sinks: Vec<Box<dyn Sink>>) -> Result<RunHandle, Error> {
        if let Some(error) = self.nothing_selected() {
            return Err(error);
        }
        let events = EventChannel::default();
        let (cloud, sandbox) = self.connect(&events).await?;
        let connection = cloud.as_ref().and_then(|cloud| cloud.as_ref().ok());
        let now = Utc::now();
        let run_id = new_run_id(now);
        let folder = self.functest.state.make_run(&run_id, self.request.run_dir.as_deref())?;
        let run_folder = RunFolder::create(&folder)?;
        let like = sandbox.as_ref().map(Embedded::request);
        let notices = match &cloud {
            Some(Ok(connection)) => connection.notices.clone(),
            Some(Err(no_cloud)) => vec![no_cloud.reason().to_owned()],
            None => Vec::new(),
        };
        let head = self.head(&run_id, connection, &notices, like);
        let journal = self.journal(&run_id, now, &folder, connection)?;
        let sut = self.told.sut.clone();
        let site =
            Site { folder: &folder, journal: Arc::clone(&journal), cloud, sut: sut.as_ref(), reach: &self.request.sut };
        let providers = self.functest.providers(&self.run_settings, site).await?;
        let plan = functest_runner::Plan {
            head,
            tiers: self.tiers,
            jobs: self.request.at_a_time(),
            attempts: self.run_settings.attempts,
            scope: self.scope,
            deadline_factor: self.run_settings.deadline_factor,
        };
        let mut all: Vec<Box<dyn Sink>> = vec![Box::new(run_folder)];
        all.extend(sinks);
        let configured = self.functest.config.sinks().map(|said| said.value).unwrap_or_default();
        all.extend(configured.into_iter().zip(1..).map(|(sink, number)| sink.sink(&folder, number)));
        self.functest.state.point_latest_at(&run_id)?;
        let inner = functest_runner::start(plan, providers, events, all)?;
        let logs_of = sut.filter(|_| self.request.collect_logs);
        Ok(RunHandle { run_id, folder, notices, inner, sandbox, logs_of })
    }

    /// Connects, where a case needs a cloud. That it does not let us in is a verdict about the cloud.
    async fn connect(&self, events: &EventChannel) -> Result<(Option<Reached>, Option<Embedded>), Error> {
        let chosen = match self.chosen().await {
            Ok(Some(chosen)) => chosen,
            Ok(None) => {
                return if self.needs_a_cloud() { Err(Error::NoCloud) } else { Ok((None, None)) };
            }
            Err(error) => return Ok((Some(Err(NoCloud::of(error)?)), None)),
        };
        let options = ConnectionOptions { policy: self.run_settings.policy(), events: events.emitter.clone() };
        let reached = match Connection::open(&chosen.config, options).await {
            Ok(connection) => Ok(connection),
            Err(error) => Err(NoCloud::of(error.into())?),
        };
        Ok((Some(reached), chosen.sandbox))
    }

    /// The cloud that the request names.
    async fn chosen(&self) -> Result<Option<Chosen>, Error> {
        match (self.request.fetch_credentials, &self.told.sut) {
            (true, Some(sut)) => {
                let config = self.functest.cloud_of(sut, &sut.home().name()).await?;
                Ok(Some(Chosen { config, sandbox: None }))
            }
            (true, None) => {
                let installer = self.functest.installer.as_deref().ok_or(Error::NoInstaller)?;
                Ok(Some(Chosen { config: self.functest.cloud_of(installer, "own").await?, sandbox: None }))
            }
            _ => self.functest.choose_cloud(self.request.cloud.as_deref(), &self.request.sandbox).await,
        }
    }

    /// The ledger of the run. Every run has one: whatever can be given to a case may leave something behind.
    fn journal(
        &self,
        run_id: &str,
        started: DateTime<Utc>,
        folder: &Path,
        connection: Option<&Connection>,
    ) -> Result<Arc<Journal>, Error> {
        let head = Head {
            version: ledger::VERSION,
            run_id: run_id.to_owned(),
            places: self.places(connection),
            started,
            settle_seconds: self.run_settings.settle().as_secs_f64(),
            folder: None,
        };
        let journal = Journal::create(folder, head);
        Ok(Arc::new(journal.map_err(|source| Error::State { path: folder.to_owned(), source })?))
    }

    fn places(&self, connection: Option<&Connection>) -> BTreeMap<String, Value> {
        let mut places = BTreeMap::new();
        if let Some(connection) = connection {
            places.insert(CLOUD.to_owned(), json!(connection.identity));
        }
        if let Some(sut) = &self.told.sut {
            places.insert("nodes".to_owned(), json!({"installer": sut.name(), "at": sut.home().name()}));
        }
        if let (None, Some(installer)) = (&self.told.sut, &self.functest.installer) {
            places.insert("nodes".to_owned(), json!({"installer": installer.name()}));
        }
        for reclaimer in &self.functest.reclaimers {
            places.insert(reclaimer.place().to_owned(), reclaimer.identity());
        }
        places
    }

    fn head(
        &self,
        run_id: &str,
        connection: Option<&Connection>,
        notices: &[String],
        sandbox: Option<&SandboxRequest>,
    ) -> RunHead {
        RunHead {
            run_id: run_id.to_owned(),
            functest: env!("CARGO_PKG_VERSION").to_owned(),
            catalogue: self.selection.catalogue.clone(),
            cloud: connection.map(|connection| connection.identity.clone()),
            facts: self.selection.facts.clone(),
            node_name: self.node_name.clone(),
            build_tag: self.build_tag.clone(),
            jobs: self.request.at_a_time(),
            notices: notices.iter().chain(&self.warnings).cloned().collect(),
            cases: self.selection.cases.clone(),
            settings: self.settings.clone(),
            request: Some(self.request.to_record(sandbox, &self.typed_secrets)),
            command: self.typed_secrets.hide_in_command(&self.request.command),
        }
    }
}

/// Unique, and in order of time.
fn new_run_id(now: DateTime<Utc>) -> String {
    let random = uuid::Uuid::new_v4().simple().to_string();
    format!("{}-{}", now.format("%Y%m%d-%H%M%S"), &random[..8])
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
    pub fn cancel_handle(&self) -> CancelHandle {
        self.inner.cancel_handle()
    }

    /// The run's events, from the first one on. They are given away once.
    pub fn events(&mut self) -> Option<EventStream> {
        self.inner.events()
    }

    /// Waits for the end of the run.
    ///
    /// # Errors
    /// When the runner itself failed.
    pub async fn join(self) -> Result<RunSummary, Error> {
        let outcome = self.inner.join().await;
        if let Some(sandbox) = self.sandbox {
            sandbox.end();
        }
        let outcome = outcome?;
        let node_logs = match &self.logs_of {
            Some(sut) if outcome.exit_code != exit_code::OK => Some(collect(sut, &self.folder.join(NODE_LOGS)).await),
            _ => None,
        };
        Ok(RunSummary {
            record: outcome.record,
            folder: self.folder,
            exit_code: outcome.exit_code,
            sink_troubles: outcome.sink_troubles,
            node_logs,
        })
    }
}

/// The logs of all nodes. That they cannot be had changes nothing about the run: it is said.
async fn collect(sut: &Sut, folder: &Path) -> LogReport {
    let collected = async { sut.collect_logs(sut.list().await?.to_vec(), folder).await };
    collected.await.unwrap_or_else(|error| LogReport { collected: Vec::new(), problems: vec![error.to_string()] })
}
