// SPDX-License-Identifier: Apache-2.0
//! What is to be done at one moment of a clean-up, and what stands in its way.

use std::collections::{BTreeMap, HashSet};

use functest_core::event::{Leftover, Thing};
use functest_core::ledger::Entry;

use super::patience::Trouble;
use crate::resource::{Kind, Owns, Removed};

/// Something that is to be deleted.
#[derive(Clone, Debug)]
pub(super) struct Doomed {
    pub(super) kind: &'static Kind,
    pub(super) id: String,
    pub(super) name: String,
    /// What was written on it; none for what was found in a project of the run's.
    pub(super) mark: Option<String>,
    /// Whose it is, for what only its user can be asked about.
    pub(super) user: Option<String>,
    /// Its number in the ledger; none for what was found in a project of the run's.
    pub(super) seq: Option<u64>,
    /// The case it was made for.
    pub(super) scope: String,
}

impl Doomed {
    /// What an entry of the ledger made under this id.
    pub(super) fn of(kind: &'static Kind, id: &str, entry: &Entry) -> Self {
        Self {
            kind,
            id: id.to_owned(),
            name: entry.intent.name.clone(),
            mark: Some(entry.intent.mark.clone()),
            user: entry.intent.within.get("user").cloned(),
            seq: Some(entry.intent.seq),
            scope: entry.intent.scope.clone(),
        }
    }

    pub(super) fn thing(&self) -> Thing {
        Thing { kind: self.kind.name.to_owned(), id: self.id.clone(), name: self.name.clone() }
    }

    /// Whether what is in it is the run's too.
    pub(super) fn has_contents(&self) -> bool {
        self.kind.removal.owns == Owns::Contents
    }

    /// Users and projects go last: without them, what is left in them belongs to nobody.
    pub(super) fn is_owner(&self) -> bool {
        self.kind.removal.owns != Owns::Nothing
    }
}

/// What is not gone yet and may go.
pub(super) struct Waits {
    pub(super) doomed: Doomed,
    /// Why it is not gone.
    pub(super) reason: String,
    /// Whether it waits for something else to go, rather than for the cloud.
    pub(super) is_behind: bool,
}

pub(super) type Waiting = Vec<Waits>;
/// Ids of what the cloud will not delete, with its reason.
pub(super) type Refused = BTreeMap<String, String>;

/// What a clean-up has done so far.
#[derive(Default)]
pub(super) struct Done {
    /// What is gone, in the order in which it went; once more, when it had appeared again.
    pub(super) gone: Vec<Gone>,
    pub(super) refused: Refused,
    /// Ids of what was asked to go, and was still there.
    asked: HashSet<String>,
}

/// Something that is gone.
pub(super) struct Gone {
    pub(super) doomed: Doomed,
    /// Whether that is this clean-up's doing.
    is_ours: bool,
}

impl Done {
    /// Notes that something is gone. What was not there any more went with something else, unless nothing has been deleted yet.
    pub(super) fn gone(&mut self, doomed: Doomed, removed: Removed) {
        let is_ours =
            removed == Removed::Now || self.asked.contains(&doomed.id) || self.gone.iter().any(|gone| gone.is_ours);
        self.gone.push(Gone { doomed, is_ours });
    }

    pub(super) fn still_there(&mut self, waits: &Waits) {
        self.asked.insert(waits.doomed.id.clone());
    }

    /// What this clean-up has deleted, each once, but for what is `doubted`.
    pub(super) fn deleted(&self, doubted: &HashSet<u64>) -> Vec<Thing> {
        let mut seen = HashSet::new();
        let is_sure = |gone: &&Gone| gone.is_ours && gone.doomed.seq.is_none_or(|seq| !doubted.contains(&seq));
        let ours = self.gone.iter().filter(is_sure).map(|gone| gone.doomed.thing());
        ours.filter(|thing| seen.insert((thing.kind.clone(), thing.id.clone()))).collect()
    }
}

/// What is still to be done at one moment.
#[derive(Default)]
pub(super) struct Work {
    pub(super) doomed: Vec<Doomed>,
    /// What may or may not exist, with why that is not known yet.
    pub(super) unknown: Vec<(Entry, String)>,
    /// What this clean-up can never delete, and why.
    pub(super) hopeless: Vec<(Entry, String)>,
    /// Projects of which not everything could be listed.
    pub(super) unlisted: Vec<Unlisted>,
}

/// A project of which not everything could be listed.
pub(super) struct Unlisted {
    pub(super) project: String,
    /// The case it was made for.
    pub(super) scope: String,
    pub(super) why: Trouble,
}

/// Why users and projects must stay.
pub(super) enum Hindrance {
    /// It may pass.
    Passing(String),
    /// It will not.
    Lasting(String),
}

impl Work {
    /// Why the user or project of a case must stay: something of the case is left, or may be.
    pub(super) fn hindrance(&self, owner: &Doomed, waiting: &Waiting, refused: &Refused) -> Option<Hindrance> {
        // A user may have made something in any project of its case.
        let may_hide_its = |unlisted: &&Unlisted| match owner.has_contents() {
            true => unlisted.project == owner.id,
            false => unlisted.scope == owner.scope,
        };
        if let Some(unlisted) = self.unlisted.iter().find(may_hide_its) {
            let words = if owner.has_contents() { "what is in it" } else { "what is in its project" };
            let why = format!("{words} is unknown: {}", unlisted.why);
            return Some(if unlisted.why.is_lasting() { Hindrance::Lasting(why) } else { Hindrance::Passing(why) });
        }
        let is_of_it = |doomed: &&Doomed| doomed.scope == owner.scope && !doomed.is_owner();
        let passing = waiting.iter().any(|waits| is_of_it(&&waits.doomed))
            || self.unknown.iter().any(|(entry, _)| entry.intent.scope == owner.scope);
        if passing {
            return Some(Hindrance::Passing("what belongs to it is not gone yet".into()));
        }
        let lasting = self.doomed.iter().filter(is_of_it).any(|doomed| refused.contains_key(&doomed.id))
            || self.hopeless.iter().any(|(entry, _)| entry.intent.scope == owner.scope);
        if lasting {
            return Some(Hindrance::Lasting("what belongs to it is left".into()));
        }
        // That it is gone is believed when its project has been listed once more.
        let deleted_now = self.doomed.iter().any(|doomed| is_of_it(&doomed));
        deleted_now.then(|| Hindrance::Passing("what belongs to it was deleted a moment ago".into()))
    }

    /// Whether nothing is left to wait for but that something goes which does not go.
    pub(super) fn is_stuck(&self, waiting: &Waiting) -> bool {
        let may_be_listed_yet = self.unlisted.iter().any(|unlisted| !unlisted.why.is_lasting());
        self.unknown.is_empty() && !may_be_listed_yet && waiting.iter().all(|waits| waits.is_behind)
    }

    /// What is left, with the reasons.
    pub(super) fn left(&self, waiting: &Waiting, refused: &Refused) -> Vec<Leftover> {
        let leftover = |thing: Thing, reason: &String| Leftover { thing, reason: reason.clone() };
        let waiting = waiting.iter().map(|waits| leftover(waits.doomed.thing(), &waits.reason));
        let entries = self.unknown.iter().chain(&self.hopeless).map(|(entry, why)| leftover(entry.thing(), why));
        let refused = self.doomed.iter().filter_map(|doomed| Some(leftover(doomed.thing(), refused.get(&doomed.id)?)));
        waiting.chain(entries).chain(refused).collect()
    }
}
