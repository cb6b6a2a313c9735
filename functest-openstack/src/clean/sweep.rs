// SPDX-License-Identifier: Apache-2.0
//! A last look before it is said that nothing is left: what is said to be gone may be there all the same, because it was not the
//! cloud that said so, or because a request took effect twice.

use std::collections::{BTreeMap, HashMap, HashSet};

use functest_core::event::Leftover;
use functest_core::ledger::{CLOUD, Entry, Journal};
use futures::StreamExt;

use super::patience::Trouble;
use super::search::Search;
use super::work::Done;
use super::{AT_A_TIME, note};
use crate::resource::{self, Kind, Mark, Project, Resource};

/// How often something is looked for in vain.
const MOST_TRIES: u32 = 4;

/// What the last looks have shown.
#[derive(Default)]
pub(super) struct Sweep {
    /// Numbers of what no list shows.
    confirmed: HashSet<u64>,
    /// What no list could confirm at the last look, by number.
    doubted: BTreeMap<u64, Doubt>,
    /// How often something was looked for in vain, by number.
    tries: HashMap<u64, u32>,
    /// Whether the last look has shown something.
    has_found: bool,
}

/// Why it could not.
struct Doubt {
    reason: String,
    is_lasting: bool,
}

impl Sweep {
    /// Looks for all that is said to be gone and was not looked for yet. What shows is in the ledger again.
    pub(super) async fn go(&mut self, journal: &Journal, scope: Option<&str>, search: &Search<'_>, done: &Done) {
        let deleted_now: HashSet<u64> = done.gone.iter().filter_map(|gone| gone.doomed.seq).collect();
        let gone = journal.gone_in(CLOUD, scope);
        let unseen = gone.iter().filter(|entry| !self.confirmed.contains(&entry.intent.seq));
        let groups = groups(unseen, &deleted_now);
        let given_project = journal.head().cloud().and_then(|cloud| cloud.project_id);
        let looks = groups.into_iter().map(|(kind, entries)| {
            let given_project = given_project.as_deref();
            async move {
                let shown = search.shown(kind, &entries, given_project).await;
                (entries, shown)
            }
        });
        let looks: Vec<_> =
            futures::stream::iter(looks.collect::<Vec<_>>()).buffer_unordered(AT_A_TIME).collect().await;
        self.doubted.clear();
        self.has_found = false;
        for (entries, shown) in looks {
            let numbers = entries.iter().map(|entry| entry.intent.seq);
            match shown {
                Ok(shown) => {
                    self.confirmed.extend(numbers);
                    for (seq, id) in shown.into_iter().filter(|(_, id)| !journal.is_adopted(id)) {
                        self.confirmed.remove(&seq);
                        self.has_found = true;
                        note(journal.made(seq, &id).await);
                    }
                }
                // Where nobody may list it, the service's word about each is all that there is.
                Err(Trouble::Error(error)) if error.is_lasting() || error.is_missing() => {
                    self.confirmed.extend(numbers)
                }
                Err(trouble) => {
                    let reason = format!("said to be gone, which no list could confirm: {trouble}");
                    for seq in numbers {
                        if self.has_had_enough(seq, deleted_now.contains(&seq), &trouble) {
                            self.confirmed.insert(seq);
                        } else {
                            let doubt = Doubt { reason: reason.clone(), is_lasting: trouble.is_lasting() };
                            self.doubted.insert(seq, doubt);
                        }
                    }
                }
            }
        }
    }

    /// Whether something is not looked for any more: the case itself has seen it go, or the service has said so of it, and goes on
    /// saying that it cannot list it. That nothing is heard of a service confirms nothing that was deleted now.
    fn has_had_enough(&mut self, seq: u64, is_deleted_now: bool, trouble: &Trouble) -> bool {
        let tries = self.tries.entry(seq).or_default();
        *tries += 1;
        let is_enough = trouble.is_lasting() || *tries >= MOST_TRIES;
        is_enough && (!is_deleted_now || trouble.is_said())
    }

    /// Whether another look would show no more.
    pub(super) fn is_over(&self, is_late: bool) -> bool {
        !self.has_found && (is_late || self.doubted.values().all(|doubt| doubt.is_lasting))
    }

    /// Numbers of what no list could confirm.
    pub(super) fn doubts(&self) -> HashSet<u64> {
        self.doubted.keys().copied().collect()
    }

    /// What is said to be gone and could not be confirmed. It stays in the ledger, to be looked for by the next clean-up.
    pub(super) async fn unconfirmed(&self, journal: &Journal, done: &Done) -> Vec<Leftover> {
        let mut left = Vec::new();
        for (seq, Doubt { reason, .. }) in &self.doubted {
            // What the case itself has seen go was looked for beside all that.
            let Some(gone) = done.gone.iter().rev().find(|gone| gone.doomed.seq == Some(*seq)) else { continue };
            note(journal.doubtful(*seq, reason).await);
            left.push(Leftover { thing: gone.doomed.thing(), reason: reason.clone() });
        }
        left
    }
}

/// What is looked for together: all of a kind that a case has deleted itself, and each on its own that was deleted now.
fn groups<'a>(
    entries: impl Iterator<Item = &'a Entry>,
    deleted_now: &HashSet<u64>,
) -> Vec<(&'static Kind, Vec<&'a Entry>)> {
    let mut alone = Vec::new();
    let mut together: BTreeMap<&str, (&'static Kind, Vec<&Entry>)> = BTreeMap::new();
    for entry in entries {
        let Some(kind) = resource::kind(&entry.intent.kind) else { continue };
        let is_in_own_project = entry.intent.within.contains_key(Project::KIND.name);
        match kind.owner.filter(|_| is_in_own_project) {
            // It is in no list of its project that was asked for since.
            Some(owner) if owner.looking_makes_one => {
                alone.push((kind, vec![entry]));
                continue;
            }
            // It has been listed since with all that is in its project.
            Some(_) => continue,
            None => {}
        }
        if deleted_now.contains(&entry.intent.seq) {
            alone.push((kind, vec![entry]));
        } else if kind.mark != Mark::UserName {
            // A user cannot have two key pairs of a name.
            together.entry(kind.name).or_insert_with(|| (kind, Vec::new())).1.push(entry);
        }
    }
    alone.into_iter().chain(together.into_values()).collect()
}
