// SPDX-License-Identifier: Apache-2.0
//! Finding things: by their mark, and by the project they are in.

use functest_core::ledger::Intent;
use serde_json::Value;

use super::Doomed;
use crate::error::Error;
use crate::resource::{Kind, Mark};
use crate::rest::Rest;

/// The id of what was intended, if it exists.
pub(super) async fn find(
    rest: &Rest,
    is_admin: bool,
    kind: &'static Kind,
    intent: &Intent,
) -> Result<Option<String>, Error> {
    if intent.mark.is_empty() {
        // Everything nameless would be found.
        return Ok(None);
    }
    if kind.mark == Mark::UserName {
        return find_by_user(rest, is_admin, kind, intent).await;
    }
    let key = if kind.mark == Mark::Description { "description" } else { "name" };
    let call = kind.list_call(is_admin);
    let call = if kind.mark == Mark::UnlistedName { call } else { call.query(key, &intent.mark) };
    let items = rest.list(call, kind.plural).await?;
    let found = items.iter().find(|item| Kind::text(item, key) == intent.mark);
    Ok(found.map(|item| kind.id_of(item).to_owned()))
}

async fn find_by_user(
    rest: &Rest,
    is_admin: bool,
    kind: &'static Kind,
    intent: &Intent,
) -> Result<Option<String>, Error> {
    let call = kind.get_call(&intent.mark);
    let call = match intent.within.get("user") {
        Some(user) if is_admin => call.query("user_id", user),
        _ => call,
    };
    match rest.send(call).await {
        Ok(_) => Ok(Some(intent.mark.clone())),
        Err(error) if error.status() == Some(404) => Ok(None),
        Err(error) => Err(error),
    }
}

/// What of `kind` is in one of these projects; nothing when the cloud has no such service.
pub(super) async fn contents(rest: &Rest, kind: &'static Kind, projects: &[Doomed]) -> Result<Vec<Doomed>, Error> {
    let Some(owner) = kind.owner else { return Ok(Vec::new()) };
    let mut items = Vec::new();
    let calls: Vec<_> = if owner.filter {
        projects.iter().map(|project| kind.list_call(true).query(owner.key, &project.id)).collect()
    } else {
        vec![kind.list_call(true)]
    };
    for call in calls {
        match rest.list(call, kind.plural).await {
            Ok(more) => items.extend(more),
            Err(Error::NoService { .. }) => return Ok(Vec::new()),
            Err(error) => return Err(error),
        }
    }
    let found = items.iter().filter(|item| !goes_by_itself(item)).filter_map(|item| {
        let project = projects.iter().find(|project| project.id == Kind::text(item, owner.key))?;
        Some(Doomed {
            kind,
            id: kind.id_of(item).to_owned(),
            name: Kind::text(item, "name").to_owned(),
            user: None,
            seq: None,
            scope: project.scope.clone(),
        })
    });
    Ok(found.collect())
}

/// Ports of the cloud's own go with what they serve.
fn goes_by_itself(item: &Value) -> bool {
    Kind::text(item, "device_owner").starts_with("network:")
}
