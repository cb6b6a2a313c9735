// SPDX-License-Identifier: Apache-2.0
//! Deleting what a case or a dead run made: all of it, and nothing else.

mod deletion;
mod search;

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::Utc;
use functest_core::event::{CleanUp, Leftover, Thing};
use functest_core::ledger::{self, Entry, Journal, State};
use functest_core::stop_point;
use futures::StreamExt;

use self::deletion::{Deletion, delete};
use crate::error::Error;
use crate::resource::{self, Kind, Owns, Project, Resource};
use crate::rest::Rest;

/// Deletions sent at a time.
const AT_A_TIME: usize = 8;
const FIRST_DELAY: Duration = Duration::from_millis(300);
const LONGEST_DELAY: Duration = Duration::from_secs(5);
/// After a server error, a replicated database may show what was made a little later.
const DOUBTFUL_FOR: Duration = Duration::from_secs(5);

/// Deletes what a ledger says was made.
#[derive(Clone, Debug)]
pub struct Cleaner {
    /// With which credential: the given one, which may see every project if it is an administrator's.
    pub rest: Rest,
    /// Whether it is.
    pub is_admin: bool,
    /// What was made.
    pub journal: Arc<Journal>,
    /// For how long deleting is tried again.
    pub deadline: Duration,
}

/// Something that is to be deleted.
#[derive(Clone, Debug)]
struct Doomed {
    kind: &'static Kind,
    id: String,
    name: String,
    /// Whose it is, for what only its user can be asked about.
    user: Option<String>,
    /// Its number in the ledger; none for what was found in a project of the run's.
    seq: Option<u64>,
    /// The case it was made for.
    scope: String,
}

impl Doomed {
    fn thing(&self) -> Thing {
        Thing { kind: self.kind.name.to_owned(), id: self.id.clone(), name: self.name.clone() }
    }

    /// Whether what is in it is the run's too.
    fn has_contents(&self) -> bool {
        self.kind.removal.owns == Owns::Contents
    }

    /// Users and projects go last: without them, what is left in them belongs to nobody.
    fn is_owner(&self) -> bool {
        self.kind.removal.owns != Owns::Nothing
    }
}

/// What is still to be done at one moment.
#[derive(Default)]
struct Work {
    doomed: Vec<Doomed>,
    /// What may or may not exist, with why that is not known yet.
    unknown: Vec<(Entry, String)>,
    /// What this clean-up can never delete, and why.
    hopeless: Vec<(Entry, String)>,
    /// Cases of whose project not everything could be listed, and why.
    unlisted: Vec<(String, String)>,
}

/// What is not gone yet and may go, with the reason why it is not.
type Waiting = Vec<(Doomed, String)>;
/// Ids of what the cloud will not delete, with its reason.
type Refused = BTreeMap<String, String>;

impl Cleaner {
    /// Deletes what was made for `scope` (a case), or everything.
    ///
    /// Goes on while there is something left, the cloud is slow or a service is away, until the deadline. What a lost
    /// request may have made is looked for until it cannot appear any more. Never fails: what could not be deleted is
    /// in the answer, with the reason.
    pub async fn clean(&self, scope: Option<&str>) -> CleanUp {
        let started = Instant::now();
        let mut delay = FIRST_DELAY;
        let mut deleted = Vec::new();
        let mut refused = Refused::new();
        // However short the deadline, everything is tried once, for as long as a deletion may take.
        let until = started + self.deadline.max(self.rest.policy().deletion / 2);
        loop {
            let work = self.survey(scope, until).await;
            let before = deleted.len();
            let waiting = self.delete_all(&work, until, &mut deleted, &mut refused).await;
            let undone = !waiting.is_empty() || !work.unknown.is_empty();
            let moved = deleted.len() > before;
            if !moved && (!undone || started.elapsed() > self.deadline) {
                return CleanUp { deleted, left: left(&waiting, &refused, &work) };
            }
            if moved {
                delay = FIRST_DELAY;
            }
            if undone {
                tokio::time::sleep(delay).await;
                delay = (delay * 3 / 2).min(LONGEST_DELAY);
            }
        }
    }

    /// Finds out what is there: by the ledger, by looking for lost requests, and by what is in the run's projects.
    async fn survey(&self, scope: Option<&str>, until: Instant) -> Work {
        let mut work = Work::default();
        for entry in self.journal.open_in(ledger::CLOUD, scope) {
            let Some(kind) = resource::kind(&entry.intent.kind) else {
                let why = format!("this functest does not know the kind {}", entry.intent.kind);
                work.hopeless.push((entry, why));
                continue;
            };
            if !self.is_admin && needs_admin(kind, &entry) {
                // To anybody else the cloud says that it is not there.
                work.hopeless.push((entry, "an administrator made it, and the credential is none".into()));
                continue;
            }
            // Looked at first: what comes after the search must not count as searched for.
            let settled = self.has_settled(&entry);
            match &entry.state {
                State::Made(id) => work.doomed.push(doomed(kind, id, &entry)),
                State::Unanswered | State::Doubtful { .. } => {
                    match in_time(until, search::find(&self.rest, self.is_admin, kind, &entry.intent)).await {
                        Ok(Some(id)) if !self.journal.is_adopted(&id) => {
                            note(self.journal.made(entry.intent.seq, &id).await);
                            work.doomed.push(doomed(kind, &id, &entry));
                        }
                        Ok(_) if settled => note(self.journal.gone(entry.intent.seq).await),
                        Ok(_) => work.unknown.push((entry, "its request may still take effect".into())),
                        Err(reason) => work.unknown.push((entry, reason)),
                    }
                }
                State::Gone => {}
            }
        }
        self.add_contents(&mut work, until).await;
        work
    }

    /// Everything in a project that the run made is the run's: default groups, DHCP ports, what a check made by other
    /// means.
    async fn add_contents(&self, work: &mut Work, until: Instant) {
        let mut known: HashSet<String> = work.doomed.iter().map(|doomed| doomed.id.clone()).collect();
        let projects: Vec<Doomed> = work.doomed.iter().filter(|doomed| doomed.has_contents()).cloned().collect();
        for kind in resource::KINDS.iter().copied().filter(|_| !projects.is_empty()) {
            let contents = match in_time(until, search::contents(&self.rest, kind, &projects)).await {
                Ok(contents) => contents,
                Err(error) => {
                    let unlisted =
                        |project: &Doomed| (project.scope.clone(), format!("what is in it is unknown: {error}"));
                    work.unlisted.extend(projects.iter().map(unlisted));
                    continue;
                }
            };
            for found in contents {
                if !self.journal.is_adopted(&found.id) && known.insert(found.id.clone()) {
                    work.doomed.push(found);
                }
            }
        }
    }

    /// Deletes in order; returns what has to be tried again, with the reason.
    async fn delete_all(
        &self,
        work: &Work,
        until: Instant,
        deleted: &mut Vec<Thing>,
        refused: &mut Refused,
    ) -> Waiting {
        let mut waiting = Waiting::new();
        for kind in resource::KINDS {
            let mut now = work.doomed.clone();
            now.retain(|doomed| doomed.kind.name == kind.name && !refused.contains_key(&doomed.id));
            if now.first().is_some_and(Doomed::is_owner) {
                now.retain(|owner| match work.hindrance(owner, &waiting, refused) {
                    None => true,
                    Some(Hindrance::Passing(reason)) => {
                        waiting.push((owner.clone(), reason));
                        false
                    }
                    Some(Hindrance::Lasting) => {
                        refused.insert(owner.id.clone(), "what belongs to it is left".into());
                        false
                    }
                });
            }
            let deletions = now.into_iter().map(|doomed| async move {
                let deletion = delete(&self.rest, self.is_admin, &doomed, until).await;
                (doomed, deletion)
            });
            let mut ended = futures::stream::iter(deletions).buffer_unordered(AT_A_TIME);
            while let Some((doomed, deletion)) = ended.next().await {
                match deletion {
                    Deletion::Done => {
                        if let Some(seq) = doomed.seq {
                            note(self.journal.gone(seq).await);
                        }
                        deleted.push(doomed.thing());
                        stop_point::reach("clean.midway");
                    }
                    Deletion::TryAgain(reason) => waiting.push((doomed, reason)),
                    Deletion::Refused(reason) => drop(refused.insert(doomed.id, reason)),
                }
            }
        }
        waiting
    }

    /// Whether a request that was sent when the intent was written can no longer take effect.
    fn has_settled(&self, entry: &Entry) -> bool {
        let (since, settles) = match entry.state {
            State::Doubtful { since } => (since, DOUBTFUL_FOR),
            _ => (entry.intent.at, Duration::from_secs_f64(self.journal.head().settle_seconds.clamp(0.0, 86_400.0))),
        };
        (Utc::now() - since).to_std().is_ok_and(|age| age > settles)
    }
}

/// The deed is done whether or not it could be written down; the next clean-up finds that out by itself.
fn note(written: std::io::Result<()>) {
    if let Err(error) = written {
        tracing::warn!("cannot write the ledger: {error}");
    }
}

/// What `search` finds before `until`, or why it finds nothing.
async fn in_time<T>(until: Instant, search: impl Future<Output = Result<T, Error>>) -> Result<T, String> {
    match tokio::time::timeout_at(until.into(), search).await {
        Ok(found) => found.map_err(|error| error.to_string()),
        Err(_) => Err("the cloud did not answer in time".into()),
    }
}

/// Why users and projects must stay.
enum Hindrance {
    /// It may pass.
    Passing(String),
    /// It will not.
    Lasting,
}

impl Work {
    /// Why the user or project of a case must stay: something of the case is left, or may be.
    fn hindrance(&self, owner: &Doomed, waiting: &Waiting, refused: &Refused) -> Option<Hindrance> {
        if let Some((_, why)) = self.unlisted.iter().find(|(scope, _)| *scope == owner.scope) {
            return Some(Hindrance::Passing(why.clone()));
        }
        let passing = waiting.iter().any(|(doomed, _)| doomed.scope == owner.scope)
            || self.unknown.iter().any(|(entry, _)| entry.intent.scope == owner.scope);
        if passing {
            return Some(Hindrance::Passing("what belongs to it is not gone yet".into()));
        }
        let lasting = self.doomed.iter().any(|doomed| doomed.scope == owner.scope && refused.contains_key(&doomed.id))
            || self.hopeless.iter().any(|(entry, _)| entry.intent.scope == owner.scope);
        lasting.then_some(Hindrance::Lasting)
    }
}

fn left(waiting: &Waiting, refused: &Refused, work: &Work) -> Vec<Leftover> {
    let leftover = |thing: Thing, reason: &String| Leftover { thing, reason: reason.clone() };
    let waiting = waiting.iter().map(|(doomed, reason)| leftover(doomed.thing(), reason));
    let entries = work.unknown.iter().chain(&work.hopeless).map(|(entry, why)| leftover(entry.thing(), why));
    let refused = work.doomed.iter().filter_map(|doomed| Some(leftover(doomed.thing(), refused.get(&doomed.id)?)));
    waiting.chain(entries).chain(refused).collect()
}

/// Whether only an administrator could have made it: it owns others, or is in something that does and that the run made.
fn needs_admin(kind: &Kind, entry: &Entry) -> bool {
    kind.removal.owns != Owns::Nothing || entry.intent.within.contains_key(Project::KIND.name)
}

fn doomed(kind: &'static Kind, id: &str, entry: &Entry) -> Doomed {
    Doomed {
        kind,
        id: id.to_owned(),
        name: entry.intent.name.clone(),
        user: entry.intent.within.get("user").cloned(),
        seq: Some(entry.intent.seq),
        scope: entry.intent.scope.clone(),
    }
}
