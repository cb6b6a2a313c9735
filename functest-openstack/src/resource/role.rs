// SPDX-License-Identifier: Apache-2.0
//! Roles and their grants (Keystone). functest makes no roles; a grant ends with its project or its user.

use reqwest::Method;
use serde::Deserialize;
use serde_json::Value;

use crate::error::Error;
use crate::rest::{Call, Rest};
use crate::service::Service;

/// A role.
#[derive(Clone, Debug, Deserialize)]
pub struct Role {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
}

const GRANT: &str = "/projects/{project}/users/{user}/roles/{role}";

impl Role {
    /// The first role of these names that the cloud has, whatever their case.
    ///
    /// # Errors
    /// As [`Rest::list`]; [`Error::Internal`] when there is none.
    pub async fn find(rest: &Rest, names: &[&str]) -> Result<Self, Error> {
        let roles = rest.list(Call::get(Service::Identity, "/roles", &[]), "roles").await?;
        let roles: Vec<Self> = roles.into_iter().filter_map(|role: Value| serde_json::from_value(role).ok()).collect();
        let find = |name: &&str| roles.iter().find(|role| role.name.eq_ignore_ascii_case(name));
        names.iter().find_map(find).cloned().ok_or_else(|| {
            let known: Vec<&str> = roles.iter().map(|role| role.name.as_str()).collect();
            Error::Internal(format!("the cloud has no role {}; it has {}", names.join(" or "), known.join(", ")))
        })
    }

    /// Gives the role to a user in a project.
    ///
    /// # Errors
    /// As [`Rest::send`].
    pub async fn grant(&self, rest: &Rest, project: &str, user: &str) -> Result<(), Error> {
        let call = Call::new(Service::Identity, Method::PUT, GRANT, &[project, user, &self.id]);
        rest.send(call).await.map(drop)
    }

    /// Whether a user has the role in a project.
    ///
    /// # Errors
    /// As [`Rest::send`].
    pub async fn is_granted(&self, rest: &Rest, project: &str, user: &str) -> Result<bool, Error> {
        let call = Call::new(Service::Identity, Method::HEAD, GRANT, &[project, user, &self.id]);
        match rest.send(call).await {
            Ok(_) => Ok(true),
            Err(error) if error.is_missing() => Ok(false),
            Err(error) => Err(error),
        }
    }
}
