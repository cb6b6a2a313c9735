// SPDX-License-Identifier: Apache-2.0
//! Finding things: by their mark, and by the project they are in.

use functest_core::ledger::Intent;
use serde_json::Value;

use super::work::Doomed;
use crate::error::Error;
use crate::resource::{Kind, Mark, Owner};
use crate::rest::{Call, Rest};

/// How often a list is asked for when what comes is none.
const MOST_TRIES: u32 = 5;
/// How often, when it is refused.
const MOST_REFUSALS: u32 = 3;

/// The ids of what was intended: none, one, or more where a request took effect twice.
pub(super) async fn find(
    rest: &Rest,
    is_admin: bool,
    kind: &'static Kind,
    intent: &Intent,
) -> Result<Vec<String>, Error> {
    if intent.mark.is_empty() {
        // Everything nameless would be found.
        return Ok(Vec::new());
    }
    if kind.mark == Mark::UserName {
        return find_by_user(rest, is_admin, kind, intent).await;
    }
    let key = kind.mark_key();
    let call = kind.list_call(is_admin);
    let call = if kind.mark == Mark::UnlistedName { call } else { call.query(key, &intent.mark) };
    let items = list(rest, &call, kind, &|_| true).await?;
    let found = items.iter().filter(|item| Kind::text(item, key) == intent.mark);
    Ok(found.map(|item| kind.id_of(item).to_owned()).collect())
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

/// A call for what of `kind` is in a project.
pub(super) fn call_for(kind: &'static Kind, owner: Owner, project: &Doomed) -> Call {
    kind.list_call(true).query(owner.key, &project.id)
}

/// What of `kind` such a call shows.
pub(super) async fn contents(
    rest: &Rest,
    kind: &'static Kind,
    owner: Owner,
    call: &Call,
    project: &Doomed,
) -> Result<Vec<Doomed>, Error> {
    let is_in_it = |item: &Value| project.id == Kind::text(item, owner.key);
    let items = list(rest, call, kind, &is_in_it).await?;
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

/// A list, asked for again at once where what came was no list: all of many lists must come for a clean-up to go on.
async fn list(
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
