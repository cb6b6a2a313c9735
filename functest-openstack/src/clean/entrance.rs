// SPDX-License-Identifier: Apache-2.0
//! Logins to projects that a run has left behind: a cloud may not let an administrator list what is in every project, and whoever
//! made it there is gone with the run.

use std::collections::BTreeMap;

use tokio::sync::Mutex;

use crate::error::Error;
use crate::resource::Role;
use crate::rest::Rest;

/// Logins by project; none where there cannot be one.
#[derive(Default)]
pub(super) struct Entrances(Mutex<BTreeMap<String, Option<Rest>>>);

impl Entrances {
    /// A login to a project, tried once.
    pub(super) async fn enter_once(&self, rest: &Rest, project: &str) -> Option<Rest> {
        let mut known = self.0.lock().await;
        if let Some(entered) = known.get(project) {
            return entered.clone();
        }
        let entered = enter(rest, project).await;
        let entered = entered.inspect_err(|error| tracing::debug!("cannot log in to project {project}: {error}")).ok();
        known.insert(project.to_owned(), entered.clone());
        entered
    }
}

/// Gives the administrator a role in the project, which ends with it, and logs in there.
async fn enter(rest: &Rest, project: &str) -> Result<Rest, Error> {
    let token = rest.token().await?;
    let roles: Vec<&str> = ["admin"].into_iter().chain(token.roles.iter().map(String::as_str)).collect();
    Role::find(rest, &roles).await?.grant(rest, project, &token.user.id).await?;
    let inside = rest.log_in_as(rest.auth().in_project(project), rest.observer().clone()).await?;
    match &inside.token().await?.project {
        Some(there) if there.id == project => Ok(inside),
        // An application credential is for its own project, whatever it is asked for.
        _ => Err(Error::Internal("the credential is for its own project alone".into())),
    }
}
