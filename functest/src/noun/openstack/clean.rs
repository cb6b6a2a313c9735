// SPDX-License-Identifier: Apache-2.0
//! Deleting what dead runs left.

use std::path::PathBuf;
use std::sync::Arc;

use functest_core::event::{CleanUp, CloudIdentity, Leftover, Thing};
use functest_core::exit_code;
use functest_core::ledger::{Book, Entry, Journal, Ledger};
use functest_openstack::clean::Cleaner;
use functest_openstack::connect::ConnectionOptions;
use functest_openstack::{CloudConfig, Connection};
use functest_runner::EventChannel;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::cloud::{is_embedded, is_gone};
use crate::embed::Functest;
use crate::error::Error;
use crate::noun::run::{RunRequest, RunSettings};
use crate::state::StoredRun;

/// What to clean.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CleanRequest {
    /// Runs by name; none is every dead run that the state folder knows.
    pub runs: Vec<String>,
    /// The cloud to reach them by; `None` takes the one that each run names.
    pub cloud: Option<String>,
    /// Only say what would be done.
    pub dry_run: bool,
    /// Settings of the run, each as `run.KEY=VALUE`.
    pub set: Vec<String>,
}

/// What was done about each run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CleanReport {
    /// The version of this document's form.
    pub version: u32,
    /// What the user must be told about the connections, such as that TLS certificates are not verified.
    pub notices: Vec<String>,
    /// Each run that was looked at and may have left something, or was named.
    pub runs: Vec<RunClean>,
}

/// What was done about a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunClean {
    /// The run's id.
    pub run_id: String,
    /// Where its files are.
    pub folder: PathBuf,
    /// What was done.
    #[serde(flatten)]
    pub state: RunCleanState,
}

/// What was done about a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum RunCleanState {
    /// It is alive and cleans up after itself, or is being cleaned by another functest at this moment.
    Live,
    /// It left nothing.
    Clean,
    /// Only looked at: this is what would be deleted.
    WouldDelete {
        /// What.
        things: Vec<Thing>,
    },
    /// Cleaned, as far as the cloud let us.
    Cleaned {
        /// What was deleted.
        deleted: Vec<Thing>,
        /// What could not be deleted, with the reason.
        left: Vec<Leftover>,
    },
    /// It could not be cleaned at all.
    Failed {
        /// Why.
        reason: String,
    },
}

impl CleanReport {
    /// What a process that cleaned ends with.
    pub fn exit_code(&self) -> u8 {
        let done = |run: &RunClean| match &run.state {
            RunCleanState::Cleaned { left, .. } => left.is_empty(),
            RunCleanState::Failed { .. } => false,
            _ => true,
        };
        if self.runs.iter().all(done) { exit_code::OK } else { exit_code::NOT_PASSED }
    }
}

impl Functest {
    /// Deletes what dead runs left. Runs that live are left alone.
    ///
    /// # Errors
    /// When a run that is named does not exist, or the cloud that is named is not described. What goes wrong with one
    /// run is in the report, and the others go on.
    pub(crate) async fn clean(&self, request: &CleanRequest) -> Result<CleanReport, Error> {
        let named = !request.runs.is_empty();
        let runs = if named {
            request.runs.iter().map(|run| self.state.find(run)).collect::<Result<Vec<_>, _>>()?
        } else {
            self.state.runs()?
        };
        if let Some(cloud) = request.cloud.as_deref().filter(|cloud| !is_embedded(cloud)) {
            CloudConfig::find(Some(cloud), self.variables.as_ref())?;
        }
        let settings = self.plan(&RunRequest { set: request.set.clone(), ..RunRequest::default() })?.run_settings;
        let mut report = CleanReport { version: 1, notices: Vec::new(), runs: Vec::new() };
        for run in runs {
            let state = match self.clean_run(&run, request, &settings, &mut report.notices).await {
                Ok(state) => state,
                Err(error) => RunCleanState::Failed { reason: error.to_string() },
            };
            if named || state != RunCleanState::Clean {
                report.runs.push(RunClean { run_id: run.run_id, folder: run.folder, state });
            }
        }
        Ok(report)
    }

    async fn clean_run(
        &self,
        run: &StoredRun,
        request: &CleanRequest,
        settings: &RunSettings,
        notices: &mut Vec<String>,
    ) -> Result<RunCleanState, Error> {
        // A look first, which takes no lock: most runs have left nothing.
        let Some(book) = Book::read(&run.folder)? else { return Ok(RunCleanState::Clean) };
        let at_folder = |source| Error::State { path: run.folder.clone(), source };
        if request.dry_run && Ledger::is_live(&run.folder).map_err(at_folder)? {
            return Ok(RunCleanState::Live);
        }
        // What was made on a sandbox in a functest that is no more went with it.
        if book.open().next().is_none() || is_gone(&book.head.cloud) {
            return Ok(RunCleanState::Clean);
        }
        if request.dry_run {
            return Ok(RunCleanState::WouldDelete { things: book.open().map(Entry::thing).collect() });
        }
        let journal = match Journal::resume(&run.folder) {
            Ok(Some(journal)) => journal,
            Ok(None) => return Ok(RunCleanState::Clean),
            Err(error) if error.is_locked() => return Ok(RunCleanState::Live),
            Err(error) => return Err(error.into()),
        };
        let connection = self.connect_for(&journal.head().cloud, request, settings).await?;
        notices.extend(connection.notices.clone());
        let cleaner = Cleaner {
            rest: connection.rest,
            is_admin: connection.is_admin,
            journal: Arc::new(journal),
            deadline: settings.scaled(settings.clean_deadline),
        };
        let CleanUp { deleted, left } = cleaner.clean(None).await;
        Ok(RunCleanState::Cleaned { deleted, left })
    }

    /// The cloud of a dead run, and no other.
    async fn connect_for(
        &self,
        cloud: &CloudIdentity,
        request: &CleanRequest,
        settings: &RunSettings,
    ) -> Result<Connection, Error> {
        let name = request.cloud.as_deref().or(cloud.name.as_deref());
        let config = CloudConfig::find(name, self.variables.as_ref())?.ok_or(Error::NoCloud)?;
        let events = EventChannel::default();
        let options = ConnectionOptions { policy: settings.policy(), events: events.emitter.clone() };
        let connection = Connection::open(&config, options).await?;
        let found = &connection.identity;
        let same =
            (&found.auth_url, &found.region, &found.project_id) == (&cloud.auth_url, &cloud.region, &cloud.project_id);
        if same {
            return Ok(connection);
        }
        let words = |cloud: &CloudIdentity| {
            let or_none = |text: &Option<String>| text.clone().unwrap_or_else(|| "none".into());
            format!("{} (region {}, project {})", cloud.auth_url, or_none(&cloud.region), or_none(&cloud.project))
        };
        Err(functest_openstack::Error::Config {
            origin: config.origin.clone(),
            message: format!("the run was made on {}, this is {}", words(cloud), words(found)),
        }
        .into())
    }
}
