// SPDX-License-Identifier: Apache-2.0
//! Finding things: by their mark, and by the project they are in.

use functest_core::ledger::{Entry, Intent};
use serde_json::Value;

use super::Cleaner;
use super::entrance::Entrances;
use super::listed_once::ListedOnce;
use super::patience::{Patience, Trouble};
use super::work::Doomed;
use crate::error::Error;
use crate::resource::{Kind, Mark, Owner, Project, Resource};
use crate::rest::{Call, Rest};
use crate::service::Service;

/// How often a list is asked for when what comes is none.
const MOST_TRIES: u32 = 5;
/// How often, when it is refused.
const MOST_REFUSALS: u32 = 3;

/// Looks for things: as an administrator in every project where it may, else from within the project that they are in.
pub(super) struct Search<'a> {
    cleaner: &'a Cleaner,
    patience: &'a Patience,
    pub(super) once: ListedOnce,
    entrances: Entrances,
}

/// One list, asked for in two ways.
struct List<'a> {
    kind: &'static Kind,
    /// Of every project's, where the credential may see them.
    everywhere: Call,
    /// From within a project.
    within: Call,
    /// The project that what is looked for is in, where the run has made one.
    project: Option<&'a str>,
    /// What of it is looked for: the rest may be whatever it is.
    is_wanted: &'a (dyn Fn(&Value) -> bool + Sync),
}

impl<'a> Search<'a> {
    pub(super) fn new(cleaner: &'a Cleaner, patience: &'a Patience) -> Self {
        Self { cleaner, patience, once: ListedOnce::default(), entrances: Entrances::default() }
    }

    /// The ids of what was intended: none, one, or more where a request took effect twice.
    pub(super) async fn find(&self, kind: &'static Kind, intent: &Intent) -> Result<Vec<String>, Trouble> {
        if intent.mark.is_empty() {
            // Everything nameless would be found.
            return Ok(Vec::new());
        }
        if kind.mark == Mark::UserName {
            let search = find_by_user(&self.cleaner.rest, self.cleaner.is_admin, kind, intent);
            return self.patience.ask(kind.service, &intent.mark, search).await;
        }
        let key = kind.mark_key();
        let call = |everywhere: bool| match kind.mark {
            Mark::UnlistedName => kind.list_call(everywhere),
            _ => kind.list_call(everywhere).query(key, &intent.mark),
        };
        let (everywhere, within) = (call(self.cleaner.is_admin), call(false));
        let project = intent.within.get(Project::KIND.name).map(String::as_str);
        let is_wanted = |item: &Value| Kind::text(item, key) == intent.mark;
        let found = self.list(List { kind, everywhere, within, project, is_wanted: &is_wanted }).await?;
        Ok(found.iter().map(|item| kind.id_of(item).to_owned()).collect())
    }

    /// What of a kind is in a project of the run's.
    pub(super) async fn contents(
        &self,
        kind: &'static Kind,
        owner: Owner,
        project: &Doomed,
    ) -> Result<Vec<Doomed>, Trouble> {
        if let Some(shown) = self.once.of(&project.id).filter(|_| owner.looking_makes_one) {
            return Ok(shown);
        }
        let mut shown = self.look_into(kind, owner, project).await?;
        if owner.looking_makes_one {
            // There will be no other look, and one answer may have gone wrong.
            for found in self.look_into(kind, owner, project).await? {
                if shown.iter().all(|known| known.id != found.id) {
                    shown.push(found);
                }
            }
            self.once.keep(&project.id, &shown);
        }
        Ok(shown)
    }

    async fn look_into(&self, kind: &'static Kind, owner: Owner, project: &Doomed) -> Result<Vec<Doomed>, Trouble> {
        let is_wanted = |item: &Value| project.id == Kind::text(item, owner.key);
        let everywhere = kind.list_call(true).query(owner.key, &project.id);
        let list = List {
            kind,
            everywhere: briefly(kind, owner, everywhere),
            within: briefly(kind, owner, kind.list_call(false)),
            project: Some(&project.id),
            is_wanted: &is_wanted,
        };
        let items = match self.list(list).await {
            // A cloud without the service has nothing of it, and neither has a service that knows no such list.
            Err(Trouble::Error(Error::NoService { .. })) => Vec::new(),
            Err(Trouble::Error(error)) if error.is_missing() => Vec::new(),
            listed => listed?,
        };
        let found = items.iter().filter(|item| !goes_by_itself(item)).map(|item| Doomed {
            kind,
            id: kind.id_of(item).to_owned(),
            name: Kind::text(item, "name").to_owned(),
            mark: None,
            user: None,
            seq: None,
            scope: project.scope.clone(),
        });
        Ok(found.collect())
    }

    /// Which of these, all of a kind and said to be gone, a list shows all the same: their numbers, with the ids. It is asked for
    /// once for all of them where that is possible: what is in the given project, and what has no project.
    pub(super) async fn shown(
        &self,
        kind: &'static Kind,
        gone: &[&Entry],
        given_project: Option<&str>,
    ) -> Result<Vec<(u64, String)>, Trouble> {
        let everywhere = match (kind.owner, given_project) {
            _ if gone.len() < 2 => None,
            (Some(owner), Some(project)) => {
                let call = kind.list_call(self.cleaner.is_admin).query(owner.key, project);
                Some(briefly(kind, owner, call))
            }
            _ => (kind.mark == Mark::UnlistedName).then(|| kind.list_call(self.cleaner.is_admin)),
        };
        let mut shown = Vec::new();
        let Some(everywhere) = everywhere else {
            for entry in gone {
                let found = self.find(kind, &entry.intent).await?;
                shown.extend(found.into_iter().map(|id| (entry.intent.seq, id)));
            }
            return Ok(shown);
        };
        let key = kind.mark_key();
        let of_item = |item: &Value| gone.iter().find(|entry| is_marked(item, key, &entry.intent.mark));
        let is_wanted = |item: &Value| of_item(item).is_some();
        let list = List { kind, everywhere, within: kind.list_call(false), project: None, is_wanted: &is_wanted };
        for item in self.list(list).await? {
            shown.extend(of_item(&item).map(|entry| (entry.intent.seq, kind.id_of(&item).to_owned())));
        }
        Ok(shown)
    }

    async fn list(&self, list: List<'_>) -> Result<Vec<Value>, Trouble> {
        let ask = async |rest: &Rest, call: &Call| {
            let items = items(rest, call, list.kind, list.is_wanted);
            self.patience.ask(list.kind.service, &format!("{call:?}"), items).await
        };
        let listed = ask(&self.cleaner.rest, &list.everywhere).await;
        match &listed {
            Err(Trouble::Error(error)) if error.is_lasting() && !matches!(error, Error::NoService { .. }) => {}
            _ => return listed,
        }
        match self.inside(list.project).await {
            Some(rest) => ask(&rest, &list.within).await,
            None => listed,
        }
    }

    /// A credential that is in the project: it sees what is there where an administrator may not see every project's.
    async fn inside(&self, project: Option<&str>) -> Option<Rest> {
        match (&self.cleaner.own, project) {
            _ if !self.cleaner.is_admin => None,
            (_, None) => Some(self.cleaner.rest.clone()),
            (Some(own), Some(_)) => Some(own.clone()),
            (None, Some(project)) => self.entrances.enter_once(&self.cleaner.rest, project).await,
        }
    }
}

fn is_marked(item: &Value, key: &str, mark: &str) -> bool {
    !mark.is_empty() && Kind::text(item, key) == mark
}

/// Neutron is asked for what is looked at alone: a security group has its rules with it otherwise, and there may be thousands.
fn briefly(kind: &Kind, owner: Owner, call: Call) -> Call {
    if kind.service != Service::Network {
        return call;
    }
    let fields = ["id", "name", "description", "device_owner", owner.key];
    fields.iter().fold(call, |call, field| call.query("fields", field))
}

async fn find_by_user(rest: &Rest, is_admin: bool, kind: &'static Kind, intent: &Intent) -> Result<Vec<String>, Error> {
    let call = kind.get_call(&intent.mark);
    let call = match intent.within.get("user") {
        Some(user) if is_admin => call.query("user_id", user),
        _ => call,
    };
    match rest.send(call).await {
        Ok(_) => Ok(vec![intent.mark.clone()]),
        Err(error) if error.is_missing() => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// A list, asked for again at once where what came was no list: all of many lists must come for a clean-up to go on.
async fn items(
    rest: &Rest,
    call: &Call,
    kind: &'static Kind,
    is_wanted: &(dyn Fn(&Value) -> bool + Sync),
) -> Result<Vec<Value>, Error> {
    let mut tries = 1;
    let with_id = |item: Value| if is_wanted(&item) { kind.with_id(item).map(Some) } else { Ok(None) };
    loop {
        match rest.list_of(call.clone(), kind.plural, with_id).await {
            Err(Error::Unexpected { .. }) if tries < MOST_TRIES => tries += 1,
            Err(error @ Error::Answer { .. }) if error.is_lasting() && tries < MOST_REFUSALS => tries += 1,
            listed => return listed,
        }
    }
}

/// Ports of the cloud's own go with what they serve.
fn goes_by_itself(item: &Value) -> bool {
    Kind::text(item, "device_owner").starts_with("network:")
}
