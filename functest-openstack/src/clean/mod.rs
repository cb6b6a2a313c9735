// SPDX-License-Identifier: Apache-2.0
//! Deleting what a case or a dead run made: all of it, and nothing else.

mod deletion;
mod entrance;
mod listed_once;
mod patience;
mod search;
mod sweep;
mod work;

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::Utc;
use functest_core::event::CleanUp;
use functest_core::ledger::{self, Entry, Journal, State};
use functest_core::stop_point;
use futures::StreamExt;

use self::deletion::{Deletion, delete};
use self::patience::{Patience, Trouble};
use self::search::Search;
use self::sweep::Sweep;
use self::work::{Done, Doomed, Hindrance, Unlisted, Waiting, Waits, Work};
use crate::error::Error;
use crate::resource::{self, Kind, Mark, Owns, Project, Resource, User};
use crate::rest::{Heard, Rest};

/// Requests sent at a time.
const AT_A_TIME: usize = 8;
const FIRST_DELAY: Duration = Duration::from_millis(300);
const LONGEST_DELAY: Duration = Duration::from_secs(5);
/// However short deletions are, a request is sent again a few times in this time.
const SHORTEST_PATIENCE: Duration = Duration::from_secs(10);
/// For how long what is in use is tried again once something was refused for good: uses end a little after their users.
const PATIENCE_BEHIND_REFUSED: Duration = Duration::from_secs(5);
/// After a server error, a replicated database may show what was made a little later.
const DOUBTFUL_FOR: Duration = Duration::from_secs(5);

/// Deletes what a ledger says was made.
#[derive(Clone, Debug)]
pub struct Cleaner {
    /// With which credential: the given one, which may see every project if it is an administrator's.
    pub rest: Rest,
    /// Whether it is.
    pub is_admin: bool,
    /// The case's own credential, where there is one: its project can be listed by it when the cloud does not let an
    /// administrator list all.
    pub own: Option<Rest>,
    /// What was made.
    pub journal: Arc<Journal>,
    /// For how long deleting is tried again.
    pub deadline: Duration,
}

impl Cleaner {
    /// Deletes what was made for `scope` (a case), or everything.
    ///
    /// Goes on while there is something left and the cloud is slow, until the deadline; a service that says nothing at all is
    /// given up before. What a lost request may have made is looked for until it cannot appear any more. That a thing is
    /// gone is believed when a list does not show it any more. Never fails: what could not be deleted is in the answer, with
    /// the reason.
    pub async fn clean(&self, scope: Option<&str>) -> CleanUp {
        let heard = Arc::new(Heard::default());
        let noting = |rest: &Rest| rest.observed_by(rest.observer().noting(&heard));
        let own = self.own.as_ref().map(noting);
        let listening = Self { rest: noting(&self.rest), own, ..self.clone() };
        listening.clean_noting(scope, heard).await
    }

    async fn clean_noting(&self, scope: Option<&str>, heard: Arc<Heard>) -> CleanUp {
        let started = Instant::now();
        let mut delay = FIRST_DELAY;
        let mut done = Done::default();
        let deletion = self.rest.policy().deletion;
        // However short the deadline, everything is tried once, for as long as a deletion may take.
        let until = started + self.deadline.max(deletion / 2);
        // A third of what a deletion may take is longer than one deletion is watched.
        let with_silence = (deletion / 3).max(SHORTEST_PATIENCE);
        let patience = Patience::new(until, with_silence, heard);
        let search = Search::new(self, &patience);
        let mut sweep = Sweep::default();
        let mut seen = HashSet::new();
        let mut last_moved = started;
        loop {
            let work = self.survey(scope, &patience, &search).await;
            let before = done.gone.len();
            let waiting = self.delete_all(&work, &patience, &mut done).await;
            let undone = !waiting.is_empty() || !work.unknown.is_empty();
            let gone = || done.gone[before..].iter().map(|gone| &gone.doomed.id);
            gone().for_each(|id| search.once.gone(id));
            // What is deleted again and again is no progress: the cloud says that it is gone, and goes on showing it.
            let moved = gone().filter(|id| seen.insert((*id).clone())).count() > 0;
            if moved {
                delay = FIRST_DELAY;
                last_moved = Instant::now();
                continue;
            }
            // What stands behind something that the cloud will not delete does not get free any more.
            let enough = if done.refused.is_empty() { with_silence } else { PATIENCE_BEHIND_REFUSED };
            let is_stuck = work.is_stuck(&waiting) && last_moved.elapsed() > enough;
            let is_late = started.elapsed() > self.deadline;
            if !undone || is_stuck || is_late {
                sweep.go(&self.journal, scope, &search, &done).await;
                if sweep.is_over(is_late) {
                    let unconfirmed = sweep.unconfirmed(&self.journal, &done).await;
                    let left = work.left(&waiting, &done.refused).into_iter().chain(unconfirmed).collect();
                    return CleanUp { deleted: done.deleted(&sweep.doubts()), left };
                }
            }
            tokio::time::sleep(delay).await;
            delay = (delay * 3 / 2).min(LONGEST_DELAY);
        }
    }

    /// Finds out what is there: by the ledger, by looking for lost requests, and by what is in the run's projects.
    async fn survey(&self, scope: Option<&str>, patience: &Patience, search: &Search<'_>) -> Work {
        let mut work = Work::default();
        for entry in self.journal.open_in(ledger::CLOUD, scope) {
            let Some(kind) = resource::kind(&entry.intent.kind) else {
                let why = format!("this functest does not know the kind {}", entry.intent.kind);
                work.hopeless.push((entry, why));
                continue;
            };
            if let Some(why) = self.cannot_judge(kind, &entry).await {
                work.hopeless.push((entry, why));
                continue;
            }
            // Looked at first: what comes after the search must not count as searched for.
            let settled = self.has_settled(&entry);
            match &entry.state {
                State::Made(id) if self.journal.is_adopted(id) => {
                    let why = format!("the cloud gave it the id {id}, which something has that this run only used");
                    work.hopeless.push((entry, why));
                }
                State::Made(id) => work.doomed.push(Doomed::of(kind, id, &entry)),
                State::Unanswered | State::Doubtful { .. } => match search.find(kind, &entry.intent).await {
                    Ok(found) => match found.into_iter().find(|id| !self.journal.is_adopted(id)) {
                        Some(id) => {
                            note(self.journal.made(entry.intent.seq, &id).await);
                            work.doomed.push(Doomed::of(kind, &id, &entry));
                        }
                        None if settled => note(self.journal.gone(entry.intent.seq).await),
                        None => {
                            work.unknown.push((entry, "may exist: its request may still take effect".into()));
                        }
                    },
                    Err(trouble) => {
                        let why = format!("may exist: its answer was lost, and looking for it failed: {trouble}");
                        if trouble.is_lasting() { &mut work.hopeless } else { &mut work.unknown }.push((entry, why));
                    }
                },
                State::Gone => {}
            }
        }
        self.add_contents(&mut work, patience, search).await;
        work
    }

    /// Why the present credential is not told the truth about something: to whom it does not belong, the cloud says that it is
    /// not there.
    async fn cannot_judge(&self, kind: &Kind, entry: &Entry) -> Option<String> {
        if self.is_admin {
            return None;
        }
        if needs_admin(kind, entry) {
            return Some("cannot be judged with this credential: an administrator made it, and it is none".into());
        }
        if kind.mark != Mark::UserName {
            return None;
        }
        let token = self.rest.token().await.ok()?;
        let of_run = self.journal.head().cloud().and_then(|cloud| cloud.user);
        let (owner, is_ours) = match (entry.intent.within.get(User::KIND.name), of_run) {
            (Some(id), name) => (name.unwrap_or_else(|| id.clone()), *id == token.user.id),
            // Ledgers of earlier versions do not say whose it is.
            (None, Some(name)) => (name.clone(), name == token.user.name),
            (None, None) => ("of another name".to_owned(), false),
        };
        let user = &token.user.name;
        (!is_ours)
            .then(|| format!("cannot be judged as user `{user}`: it belongs to user `{owner}`, who has to clean it"))
    }

    /// Everything in a project that the run made is the run's: default groups, DHCP ports, what a check made by other
    /// means.
    async fn add_contents(&self, work: &mut Work, patience: &Patience, search: &Search<'_>) {
        let projects = self.own_projects(work, patience).await;
        let mut known: HashSet<String> = work.doomed.iter().map(|doomed| doomed.id.clone()).collect();
        let owned = resource::KINDS.iter().copied().filter_map(|kind| Some((kind, kind.owner?)));
        for (kind, owner) in owned {
            let lists = projects.iter().map(|project| async move {
                let contents = search.contents(kind, owner, project).await;
                (project, contents)
            });
            let mut ended = futures::stream::iter(lists.collect::<Vec<_>>()).buffered(AT_A_TIME);
            while let Some((project, contents)) = ended.next().await {
                match contents {
                    Ok(contents) => {
                        let new =
                            |found: &Doomed| !self.journal.is_adopted(&found.id) && known.insert(found.id.clone());
                        work.doomed.extend(contents.into_iter().filter(new));
                    }
                    Err(why) => {
                        let (project, scope) = (project.id.clone(), project.scope.clone());
                        work.unlisted.push(Unlisted { project, scope, why });
                    }
                }
            }
        }
    }

    /// The projects that are certainly the run's: what is in another one is none of its business.
    async fn own_projects(&self, work: &mut Work, patience: &Patience) -> Vec<Doomed> {
        let mut own = Vec::new();
        for project in work.doomed.iter().filter(|doomed| doomed.has_contents()).cloned().collect::<Vec<_>>() {
            let mark = project.mark.as_deref().unwrap_or_default();
            let what = format!("whose {}", project.id);
            let look = resource::look(&self.rest, project.kind, &project.id, mark);
            match patience.ask(project.kind.service, &what, look).await {
                Ok(()) => own.push(project),
                // What is left in one that somebody has deleted is found by its id all the same.
                Err(Trouble::Error(error)) if error.is_missing() => own.push(project),
                // Its deletion looks once more, and says so.
                Err(Trouble::Error(Error::NotOurs { .. })) => {}
                Err(why) => work.unlisted.push(Unlisted { project: project.id, scope: project.scope, why }),
            }
        }
        own
    }

    /// Deletes in order; returns what has to be tried again, with the reason.
    async fn delete_all(&self, work: &Work, patience: &Patience, done: &mut Done) -> Waiting {
        let mut waiting = Waiting::new();
        for kind in resource::KINDS {
            let mut now = work.doomed.clone();
            now.retain(|doomed| doomed.kind.name == kind.name && !done.refused.contains_key(&doomed.id));
            if now.first().is_some_and(Doomed::is_owner) {
                now.retain(|owner| match work.hindrance(owner, &waiting, &done.refused) {
                    None => true,
                    Some(Hindrance::Passing(reason)) => {
                        waiting.push(Waits { doomed: owner.clone(), reason, is_behind: true });
                        false
                    }
                    Some(Hindrance::Lasting(reason)) => {
                        done.refused.insert(owner.id.clone(), reason);
                        false
                    }
                });
            }
            let deletions = now.into_iter().map(|doomed| async move {
                let deletion = delete(&self.rest, self.is_admin, &doomed, patience).await;
                (doomed, deletion)
            });
            let mut ended = futures::stream::iter(deletions).buffer_unordered(AT_A_TIME);
            while let Some((doomed, deletion)) = ended.next().await {
                match deletion {
                    Deletion::Done(removed) => {
                        if let Some(seq) = doomed.seq {
                            note(self.journal.gone(seq).await);
                        }
                        done.gone(doomed, removed);
                        stop_point::reach("clean.midway");
                    }
                    Deletion::TryAgain(reason) => waiting.push(Waits { doomed, reason, is_behind: false }),
                    Deletion::InTheWay(reason) => waiting.push(Waits { doomed, reason, is_behind: true }),
                    Deletion::Refused(reason) => drop(done.refused.insert(doomed.id, reason)),
                    Deletion::NotOurs(reason) => {
                        // Its own id is not known, then: it is looked for by its mark.
                        if let Some(seq) = doomed.seq {
                            note(self.journal.doubtful(seq, &reason).await);
                        }
                        waiting.push(Waits { doomed, reason, is_behind: false });
                    }
                }
            }
        }
        waiting.iter().for_each(|waits| done.still_there(waits));
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

/// Whether only an administrator could have made it: it owns others, or is in something that does and that the run made.
fn needs_admin(kind: &Kind, entry: &Entry) -> bool {
    kind.removal.owns != Owns::Nothing || entry.intent.within.contains_key(Project::KIND.name)
}
