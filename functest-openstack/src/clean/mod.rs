// SPDX-License-Identifier: Apache-2.0
//! Deleting what a case or a dead run made: all of it, and nothing else.

mod deletion;
mod search;

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::Utc;
use functest_core::event::{CleanUp, Leftover, Thing};
use functest_core::ledger::{Entry, Journal, State};
use functest_core::stop_point;
use futures::StreamExt;

use self::deletion::{Deletion, delete};
use crate::resource::{self, Kind};
use crate::rest::Rest;

/// Deletions sent at a time.
const AT_A_TIME: usize = 8;
const FIRST_DELAY: Duration = Duration::from_millis(300);
const LONGEST_DELAY: Duration = Duration::from_secs(5);

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
}

impl Doomed {
    fn thing(&self) -> Thing {
        Thing { kind: self.kind.name.to_owned(), id: self.id.clone(), name: self.name.clone() }
    }

    /// Users and projects go last: without them, what is left in them belongs to nobody.
    fn is_owner(&self) -> bool {
        matches!(self.kind.name, "user" | "project")
    }
}

/// What is still to be done at one moment.
#[derive(Default)]
struct Work {
    doomed: Vec<Doomed>,
    /// What may or may not exist, with why that is not known yet.
    unknown: Vec<(Entry, String)>,
}

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
        let mut refused: BTreeMap<String, String> = BTreeMap::new();
        loop {
            let mut work = self.survey(scope).await;
            work.doomed.retain(|doomed| !refused.contains_key(&doomed.id));
            let before = deleted.len();
            let waiting = self.delete_all(&work, &mut deleted, &mut refused).await;
            let undone = !waiting.is_empty() || !work.unknown.is_empty();
            let moved = deleted.len() > before;
            if !moved && (!undone || started.elapsed() > self.deadline) {
                let left = self.left(scope, &waiting, &refused, &work).await;
                return CleanUp { deleted, left };
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
    async fn survey(&self, scope: Option<&str>) -> Work {
        let mut work = Work::default();
        for entry in self.journal.open(scope) {
            let Some(kind) = resource::kind(&entry.intent.kind) else {
                let why = format!("this functest does not know the kind {}", entry.intent.kind);
                work.unknown.push((entry, why));
                continue;
            };
            match &entry.state {
                State::Made(id) => work.doomed.push(doomed(kind, id, &entry)),
                State::Unanswered => match search::find(&self.rest, self.is_admin, kind, &entry.intent).await {
                    Ok(Some(id)) => {
                        self.note(self.journal.made(entry.intent.seq, &id).await);
                        work.doomed.push(doomed(kind, &id, &entry));
                    }
                    Ok(None) if self.has_settled(&entry) => self.note(self.journal.gone(entry.intent.seq).await),
                    Ok(None) => work.unknown.push((entry, "its request may still take effect".into())),
                    Err(error) => work.unknown.push((entry, error.to_string())),
                },
                State::Gone => {}
            }
        }
        self.add_contents(&mut work).await;
        work
    }

    /// Everything in a project that the run made is the run's: default groups, DHCP ports, what a check made by other
    /// means.
    async fn add_contents(&self, work: &mut Work) {
        let mut known: HashSet<String> = work.doomed.iter().map(|doomed| doomed.id.clone()).collect();
        let projects: Vec<String> =
            work.doomed.iter().filter(|d| d.kind.name == "project").map(|d| d.id.clone()).collect();
        for kind in resource::KINDS.iter().copied().filter(|_| !projects.is_empty()) {
            for found in search::contents(&self.rest, kind, &projects).await {
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
        deleted: &mut Vec<Thing>,
        refused: &mut BTreeMap<String, String>,
    ) -> Vec<(Doomed, String)> {
        let mut waiting = Vec::new();
        for kind in resource::KINDS {
            let now: Vec<Doomed> = work.doomed.iter().filter(|doomed| doomed.kind.name == kind.name).cloned().collect();
            let blocked = !waiting.is_empty() || !work.unknown.is_empty() || !refused.is_empty();
            if now.first().is_some_and(|doomed| doomed.is_owner()) && blocked {
                let reason = "what belongs to it is not gone yet";
                waiting.extend(now.into_iter().map(|doomed| (doomed, reason.to_owned())));
                continue;
            }
            let deletions = now.into_iter().map(|doomed| async move {
                let deletion = delete(&self.rest, self.is_admin, &doomed).await;
                (doomed, deletion)
            });
            let mut ended = futures::stream::iter(deletions).buffer_unordered(AT_A_TIME);
            while let Some((doomed, deletion)) = ended.next().await {
                match deletion {
                    Deletion::Done => {
                        if let Some(seq) = doomed.seq {
                            self.note(self.journal.gone(seq).await);
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

    async fn left(
        &self,
        scope: Option<&str>,
        waiting: &[(Doomed, String)],
        refused: &BTreeMap<String, String>,
        work: &Work,
    ) -> Vec<Leftover> {
        let mut left: Vec<Leftover> = waiting
            .iter()
            .map(|(doomed, reason)| Leftover { thing: doomed.thing(), reason: reason.clone() })
            .chain(work.unknown.iter().map(|(entry, why)| Leftover { thing: thing_of(entry), reason: why.clone() }))
            .collect();
        if !refused.is_empty() {
            let again = self.survey(scope).await;
            left.extend(again.doomed.iter().filter_map(|doomed| {
                let reason = refused.get(&doomed.id)?.clone();
                Some(Leftover { thing: doomed.thing(), reason })
            }));
        }
        left
    }

    /// Whether a request that was sent when the intent was written can no longer take effect.
    fn has_settled(&self, entry: &Entry) -> bool {
        let age = Utc::now() - entry.intent.at;
        age.to_std().is_ok_and(|age| age.as_secs_f64() > self.journal.head().settle_seconds)
    }

    /// The deed is done whether or not it could be written down; the next clean-up finds that out by itself.
    #[allow(clippy::unused_self, reason = "reads as what the cleaner does with a result")]
    fn note(&self, written: std::io::Result<()>) {
        if let Err(error) = written {
            tracing::warn!("cannot write the ledger: {error}");
        }
    }
}

fn doomed(kind: &'static Kind, id: &str, entry: &Entry) -> Doomed {
    Doomed {
        kind,
        id: id.to_owned(),
        name: entry.intent.name.clone(),
        user: entry.intent.within.get("user").cloned(),
        seq: Some(entry.intent.seq),
    }
}

fn thing_of(entry: &Entry) -> Thing {
    let id = match &entry.state {
        State::Made(id) => id.clone(),
        _ => String::new(),
    };
    Thing { kind: entry.intent.kind.clone(), id, name: entry.intent.name.clone() }
}
