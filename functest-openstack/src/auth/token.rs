// SPDX-License-Identifier: Apache-2.0
//! A token, with what Keystone says about it.

use std::time::{Duration, Instant};

use chrono::{DateTime, NaiveDateTime, Utc};
use secrecy::SecretString;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::Catalog;
use crate::error::Error;
use crate::rest::Answer;

/// Renewed this long before it expires, so that it does not expire under a request.
const MARGIN: Duration = Duration::from_secs(60);

/// A token that Keystone gave.
#[derive(Clone, Debug)]
pub struct Token {
    pub(super) secret: SecretString,
    /// By our own clock: the cloud's may be wrong.
    renew_at: Instant,
    /// Who it is for.
    pub user: Identity,
    /// For which project; `None` for an unscoped token.
    pub project: Option<Identity>,
    /// With which roles.
    pub roles: Vec<String>,
    /// What the cloud offers.
    pub catalog: Catalog,
    /// Whether a sandbox of functest issued it, and no real cloud.
    pub sandbox: bool,
}

/// A user or a project.
#[derive(Clone, Debug, Deserialize)]
pub struct Identity {
    /// Its id.
    pub id: String,
    /// Its name.
    #[serde(default, deserialize_with = "or_default")]
    pub name: String,
    /// Its domain.
    #[serde(default, deserialize_with = "or_default")]
    pub domain: DomainIdentity,
}

/// A domain.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct DomainIdentity {
    /// Its id; empty where Keystone does not say it.
    #[serde(default, deserialize_with = "or_default")]
    pub id: String,
}

/// A null is missing.
fn or_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// A time; `None` for what is none, or is missing.
fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<DateTime<Utc>>, D::Error> {
    let Ok(Value::String(text)) = Value::deserialize(deserializer) else { return Ok(None) };
    let in_utc = || text.parse::<NaiveDateTime>().map(|time| time.and_utc());
    Ok(text.parse().or_else(|_| in_utc()).ok())
}

/// For how long a token is believed that does not say until when it holds. One that ends earlier is renewed when it is refused.
const USUAL_LIFETIME: Duration = Duration::from_secs(3600);

#[derive(Deserialize)]
struct Body {
    #[serde(default, deserialize_with = "time")]
    issued_at: Option<DateTime<Utc>>,
    #[serde(default, deserialize_with = "time")]
    expires_at: Option<DateTime<Utc>>,
    user: Identity,
    #[serde(default)]
    project: Option<Identity>,
    #[serde(default)]
    roles: Option<Vec<Option<Role>>>,
    #[serde(default)]
    catalog: Option<Catalog>,
}

#[derive(Deserialize)]
struct Role {
    #[serde(default)]
    name: Option<String>,
}

/// How a sandbox's `Server` header begins.
const SANDBOX: &str = "functest-sandbox/";

impl Token {
    /// Reads the answer of a login; `given` is the token that was asked about, when it was not a login.
    pub(super) fn read(answer: &Answer, given: Option<SecretString>) -> Result<Self, Error> {
        let body: Body = answer.read("token")?;
        let secret = given.or_else(|| answer.subject_token.clone().map(SecretString::from));
        let secret = secret.ok_or_else(|| answer.unexpected("no X-Subject-Token in the answer"))?;
        let issued = body.issued_at.unwrap_or_else(Utc::now);
        let lifetime = body.expires_at.map(|expires| (expires - issued).to_std().unwrap_or_default());
        let lifetime = lifetime.unwrap_or(USUAL_LIFETIME);
        Ok(Self {
            secret,
            renew_at: Instant::now() + lifetime.saturating_sub(MARGIN.min(lifetime / 2)),
            user: body.user,
            project: body.project,
            roles: body.roles.into_iter().flatten().flatten().filter_map(|role| role.name).collect(),
            catalog: body.catalog.unwrap_or_default(),
            sandbox: answer.server.as_deref().is_some_and(|server| server.starts_with(SANDBOX)),
        })
    }

    pub(super) fn is_fresh(&self) -> bool {
        Instant::now() < self.renew_at
    }
}
