// SPDX-License-Identifier: Apache-2.0
//! Deleting what dead runs left, wherever it is.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use functest_core::event::{CleanUp, CloudIdentity, Leftover, Thing};
use functest_core::exit_code;
use functest_core::ledger::{Book, CLOUD, Entry, FILE_NAME, Journal, Ledger, ReclaimError, Reclaimer};
use functest_core::record::RunState;
use functest_openstack::clean::Cleaner;
use functest_openstack::connect::ConnectionOptions;
use functest_openstack::{CloudConfig, Connection};
use functest_runner::EventChannel;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::OpenStackVerbs;
use super::chosen::{is_embedded, is_gone};
use crate::embed::Functest;
use crate::error::Error;
use crate::noun::run::RunSettings;
use crate::state::StoredRun;

/// A run of which nothing was heard for that long is taken for dead, wherever its own files are.
const MAY_LIVE_ELSEWHERE: Duration = Duration::from_secs(3600);

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
    /// Clean also copies of runs that may be alive elsewhere.
    pub force: bool,
}

/// What was done about each run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CleanReport {
    /// The version of this document's form.
    pub version: u32,
    /// What the user must be told about the connections, such as that TLS certificates are not verified.
    pub notices: Vec<String>,
    /// Each run that was looked at and may have left something, or was named.
    pub runs: Vec<RunClean>,
}

/// What was done about a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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

impl OpenStackVerbs<'_> {
    /// Deletes what dead runs left. Runs that live are left alone.
    ///
    /// # Errors
    /// When a run that is named does not exist, or the cloud that is named is not described. What goes wrong with one
    /// run is in the report, and the others go on.
    pub async fn clean(&self, request: &CleanRequest) -> Result<CleanReport, Error> {
        let functest = self.functest;
        let named = !request.runs.is_empty();
        let runs = if named {
            request.runs.iter().map(|run| functest.state.find(run)).collect::<Result<Vec<_>, _>>()?
        } else {
            functest.state.runs()?
        };
        if let Some(cloud) = request.cloud.as_deref().filter(|cloud| !is_embedded(cloud)) {
            CloudConfig::find(Some(cloud), functest.variables.as_ref())?;
        }
        let settings = functest.run_settings(&request.set)?;
        let cloud = CloudReclaimer { functest, cloud: request.cloud.as_deref(), settings, notices: Mutex::default() };
        let mut reclaimers: Vec<&dyn Reclaimer> = vec![&cloud];
        reclaimers.extend(functest.reclaimers.iter().map(|reclaimer| reclaimer.as_ref()));
        let mut report = CleanReport { version: 1, notices: Vec::new(), runs: Vec::new() };
        for run in runs {
            report.notices.extend(torn_lines(&run));
            let state = match clean_run(&run, request, &reclaimers).await {
                Ok(state) => state,
                Err(error) => RunCleanState::Failed { reason: error.to_string() },
            };
            if named || state != RunCleanState::Clean {
                report.runs.push(RunClean { run_id: run.run_id, folder: run.folder, state });
            }
        }
        report.notices.extend(cloud.notices.into_inner().unwrap_or_else(PoisonError::into_inner));
        Ok(report)
    }
}

async fn clean_run(
    run: &StoredRun,
    request: &CleanRequest,
    reclaimers: &[&dyn Reclaimer],
) -> Result<RunCleanState, Error> {
    // A look first, which takes no lock: most runs have left nothing.
    let Some(book) = Book::read(&run.folder)? else { return Ok(RunCleanState::Clean) };
    let at_folder = |source| Error::State { path: run.folder.clone(), source };
    if request.dry_run && Ledger::is_live(&run.folder).map_err(at_folder)? {
        return Ok(RunCleanState::Live);
    }
    if let Some(state) = original(run, &book).filter(|_| !request.force) {
        return Ok(state);
    }
    let open: Vec<&Entry> = book.open().filter(|entry| !went_with_its_place(entry, &book, reclaimers)).collect();
    if open.is_empty() {
        return Ok(RunCleanState::Clean);
    }
    if request.dry_run {
        return Ok(RunCleanState::WouldDelete { things: open.into_iter().map(Entry::thing).collect() });
    }
    let journal = match Journal::resume(&run.folder) {
        Ok(Some(journal)) => Arc::new(journal),
        Ok(None) => return Ok(RunCleanState::Clean),
        Err(error) if error.is_locked() => return Ok(RunCleanState::Live),
        Err(error) => return Err(error.into()),
    };
    let places: BTreeSet<&str> = open.iter().map(|entry| entry.intent.place.as_str()).collect();
    Ok(reclaim_all(&places, &journal, reclaimers).await)
}

/// What speaks against cleaning a copy of a run's files: that the run may be alive, where it keeps its own.
fn original(run: &StoredRun, book: &Book) -> Option<RunCleanState> {
    let home = book.head.folder.as_deref().filter(|home| *home != run.folder)?;
    let is_its_home = Book::read(home).is_ok_and(|own| own.is_some_and(|own| own.head.run_id == book.head.run_id));
    if is_its_home {
        return Ledger::is_live(home).unwrap_or(true).then_some(RunCleanState::Live);
    }
    let last = last_sign_of_life(run, book)?;
    let age = (Utc::now() - last).to_std().unwrap_or_default();
    (age < MAY_LIVE_ELSEWHERE).then(|| RunCleanState::Failed {
        reason: format!(
            "this is a copy of a run that wrote to {} and was alive {} s ago, and may still be: clean it there, or wait \
             until it is certainly dead and use --force",
            home.display(),
            age.as_secs()
        ),
    })
}

/// When a run that has not ended, as far as its files know, last did something.
fn last_sign_of_life(run: &StoredRun, book: &Book) -> Option<DateTime<Utc>> {
    let asked = book.entries.values().map(|entry| entry.intent.at).max().unwrap_or(book.head.started);
    match functest_results::read(&run.folder) {
        Ok(record) if record.state != RunState::Unfinished => None,
        Ok(record) => Some(asked.max(record.started + Duration::from_millis(record.duration_ms))),
        Err(_) => Some(asked),
    }
}

/// What the user must be told about a ledger that a full or broken disk has torn.
fn torn_lines(run: &StoredRun) -> Option<String> {
    let book = Book::read(&run.folder).ok()??;
    let lines: Vec<String> = book.torn.iter().map(usize::to_string).collect();
    let ledger = run.folder.join(FILE_NAME);
    let words = "what stood there is not known, and may be left in the cloud";
    (!lines.is_empty()).then(|| format!("{}: line {} cannot be read: {words}", ledger.display(), lines.join(", ")))
}

/// What was made on a sandbox in a functest that is no more went with it.
fn went_with_its_place(entry: &Entry, book: &Book, reclaimers: &[&dyn Reclaimer]) -> bool {
    let place = entry.intent.place.as_str();
    let identity = book.head.places.get(place).unwrap_or(&Value::Null);
    find(reclaimers, place).is_some_and(|reclaimer| reclaimer.is_gone(identity))
}

fn find<'a>(reclaimers: &[&'a dyn Reclaimer], place: &str) -> Option<&'a dyn Reclaimer> {
    reclaimers.iter().copied().find(|reclaimer| reclaimer.place() == place)
}

/// Cleans one place after the other. One that cannot be reached does not keep the others from being cleaned.
async fn reclaim_all(places: &BTreeSet<&str>, journal: &Arc<Journal>, reclaimers: &[&dyn Reclaimer]) -> RunCleanState {
    let mut total = CleanUp::default();
    let mut unreached = Vec::new();
    for place in places {
        let reclaimed = match find(reclaimers, place) {
            Some(reclaimer) => reclaimer.reclaim(journal).await.map_err(|error| error.to_string()),
            None => Err(format!(
                "this functest does not know the place `{place}`: it has to be cleaned by the program that made the run"
            )),
        };
        match reclaimed {
            Ok(clean_up) => total.add(clean_up),
            Err(reason) => {
                let entries = journal.open_in(place, None);
                total.left.extend(entries.iter().map(|e| Leftover { thing: e.thing(), reason: reason.clone() }));
                unreached.push(reason);
            }
        }
    }
    if unreached.len() == places.len() {
        return RunCleanState::Failed { reason: unreached.join("; ") };
    }
    RunCleanState::Cleaned { deleted: total.deleted, left: total.left }
}

/// Reclaims what runs left in their clouds.
struct CloudReclaimer<'a> {
    functest: &'a Functest,
    /// The cloud to reach them by; `None` takes the one that each run names.
    cloud: Option<&'a str>,
    settings: RunSettings,
    /// What the user must be told about the connections.
    notices: Mutex<Vec<String>>,
}

#[async_trait]
impl Reclaimer for CloudReclaimer<'_> {
    fn place(&self) -> &str {
        CLOUD
    }

    fn is_gone(&self, identity: &Value) -> bool {
        serde_json::from_value(identity.clone()).is_ok_and(|cloud: CloudIdentity| is_gone(&cloud))
    }

    async fn reclaim(&self, journal: &Arc<Journal>) -> Result<CleanUp, ReclaimError> {
        let nowhere = || ReclaimError::new("the ledger does not say in which cloud the run was");
        let cloud = journal.head().cloud().ok_or_else(nowhere)?;
        let connection = self.connect(&cloud).await.map_err(ReclaimError::new)?;
        self.notices.lock().unwrap_or_else(PoisonError::into_inner).extend(connection.notices.iter().cloned());
        let cleaner = Cleaner {
            rest: connection.rest,
            is_admin: connection.is_admin,
            own: None,
            journal: Arc::clone(journal),
            deadline: self.settings.scaled(self.settings.clean_deadline),
        };
        Ok(cleaner.clean(None).await)
    }
}

impl CloudReclaimer<'_> {
    /// The cloud of a dead run, and no other.
    async fn connect(&self, cloud: &CloudIdentity) -> Result<Connection, Error> {
        let name = self.cloud.or(cloud.name.as_deref());
        let config = CloudConfig::find(name, self.functest.variables.as_ref())?.ok_or(Error::NoCloud)?;
        let events = EventChannel::default();
        let options = ConnectionOptions { policy: self.settings.policy(), events: events.emitter.clone() };
        let connection = Connection::open_patiently(&config, options).await?;
        let found = &connection.identity;
        let is_same =
            (&found.auth_url, &found.region, &found.project_id) == (&cloud.auth_url, &cloud.region, &cloud.project_id);
        if is_same {
            return Ok(connection);
        }
        let message = format!("the run was made on {}, this is {}", in_words(cloud), in_words(found));
        Err(functest_openstack::Error::Config { origin: config.origin.clone(), message }.into())
    }
}

fn in_words(cloud: &CloudIdentity) -> String {
    let or_none = |text: &Option<String>| text.clone().unwrap_or_else(|| "none".into());
    format!("{} (region {}, project {})", cloud.auth_url, or_none(&cloud.region), or_none(&cloud.project))
}
