// SPDX-License-Identifier: Apache-2.0
//! Who logs in, by what proof, and for what.

use serde_json::Value;

use super::entity::missing;
use super::token::{Token, expected, invalid};
use super::{State, Target};
use crate::api::{ApiError, Document, Read};
use crate::ground::parse_stamp;
use crate::services::Cloud;

/// A user whose proof was good, and what the proof limits the token to.
#[derive(Default)]
pub(super) struct Login {
    pub(super) user_id: String,
    /// What an application credential is for, and its id and roles.
    pub(super) application_credential: Option<Document>,
    /// Of the token that was the proof: its chain of audits and its end go on.
    pub(super) earlier: Option<Token>,
    /// The trust that the login is by, once it is known what it is for.
    pub(super) trust: Option<Document>,
}

/// Checks every proof that a login comes with; all must be of one user.
pub(super) fn check(cloud: &mut Cloud, identity: &Value, methods: &[String]) -> Result<Login, ApiError> {
    let mut login: Option<Login> = None;
    for method in methods {
        let proof = identity.get(method).ok_or_else(|| expected(&format!("{method} in identity")))?;
        let proven = match method.as_str() {
            "password" => by_password(cloud, proof)?,
            "token" => by_token(cloud, proof)?,
            "application_credential" => by_application_credential(cloud, proof)?,
            _ => return Err(ApiError::unauthorized()),
        };
        login = Some(match login {
            None => proven,
            Some(first) if first.user_id == proven.user_id => Login {
                application_credential: first.application_credential.or(proven.application_credential),
                earlier: first.earlier.or(proven.earlier),
                ..first
            },
            Some(_) => return Err(ApiError::unauthorized()),
        });
    }
    login.ok_or_else(|| invalid("'methods' is a required property"))
}

fn by_password(cloud: &mut Cloud, proof: &Value) -> Result<Login, ApiError> {
    let now = cloud.clock.now();
    let state = &mut cloud.identity;
    let user = proof.get("user").ok_or_else(|| invalid("'user' is a required property"))?;
    let user_id = find_user(state, user)?.text("id").to_owned();
    if user.get("password").is_none() {
        return Err(invalid("'password' is a required property"));
    }
    state.check_password(&user_id, user.text("password"), now)?;
    Ok(Login { user_id, ..Login::default() })
}

fn by_token(cloud: &mut Cloud, proof: &Value) -> Result<Login, ApiError> {
    let id = proof.text("id");
    let unknown = || ApiError::not_found("Could not recognize Fernet token");
    super::caller(cloud, id).ok_or_else(unknown)?;
    let earlier = cloud.identity.tokens.get(id).cloned().ok_or_else(unknown)?;
    if earlier.trust_id.is_some() {
        return Err(ApiError::forbidden("A token by a trust does not prove anything for another token."));
    }
    let credential = earlier.application_credential_id.as_deref();
    let application_credential = credential.and_then(|id| cloud.identity.application_credentials.get(id)).cloned();
    Ok(Login { user_id: earlier.user_id.clone(), application_credential, earlier: Some(earlier), trust: None })
}

fn by_application_credential(cloud: &Cloud, proof: &Value) -> Result<Login, ApiError> {
    let state = &cloud.identity;
    let credential = match proof.text("id") {
        "" => {
            let user = find_user(state, proof.get("user").unwrap_or(&Value::Null))?;
            let mut theirs = state.application_credentials.of(user.text("id"));
            theirs.find(|credential| credential.text("name") == proof.text("name"))
        }
        id => Some(state.application_credentials.get(id).ok_or_else(|| missing("Application Credential", id))?),
    };
    let credential = credential.ok_or_else(ApiError::unauthorized)?;
    let expired = parse_stamp(credential.text("expires_at")).is_some_and(|end| end <= cloud.clock.now());
    let right = state.passwords.get(credential.text("id")).is_some_and(|right| right == proof.text("secret"));
    let user_id = credential.text("user_id").to_owned();
    let enabled = state.users.get(&user_id).is_some_and(|user| user.truth("enabled"));
    if expired || !right || !enabled || state.has_lost_its_roles(credential) {
        return Err(ApiError::unauthorized());
    }
    Ok(Login { user_id, application_credential: Some(credential.clone()), ..Login::default() })
}

/// An enabled user by id, or by name and domain.
fn find_user<'s>(state: &'s State, user: &Value) -> Result<&'s Document, ApiError> {
    let found = match user.text("id") {
        "" => {
            let domain = find_domain(state, user.get("domain"))?;
            let name = user.text("name");
            state.users.of(domain.text("id")).find(|user| user.text("name").eq_ignore_ascii_case(name))
        }
        id => state.users.get(id),
    };
    let found = found.filter(|user| user.truth("enabled")).ok_or_else(ApiError::unauthorized)?;
    let domain = state.domains.get(found.text("domain_id")).is_some_and(|domain| domain.truth("enabled"));
    if domain { Ok(found) } else { Err(ApiError::unauthorized()) }
}

fn find_domain<'s>(state: &'s State, domain: Option<&Value>) -> Result<&'s Document, ApiError> {
    let Some(domain) = domain else { return Err(ApiError::unauthorized()) };
    let found = match domain.text("id") {
        "" => state.domains.values().find(|found| found.text("name").eq_ignore_ascii_case(domain.text("name"))),
        id => state.domains.get(id),
    };
    found.filter(|domain| domain.truth("enabled")).ok_or_else(ApiError::unauthorized)
}

/// What the token is for; `None` for nothing.
pub(super) fn scope(cloud: &Cloud, login: &mut Login, asked: Option<&Value>) -> Result<Option<Target>, ApiError> {
    let state = &cloud.identity;
    if let Some(credential) = &login.application_credential {
        return Ok(Some(Target::Project(credential.text("project_id").to_owned())));
    }
    let asked = match asked {
        None | Some(Value::Null) => {
            let user = state.users.get(&login.user_id);
            let default = user.map_or("", |user| user.text("default_project_id"));
            let target = Target::Project(default.to_owned());
            let usable = state.projects.get(default).is_some_and(|project| project.truth("enabled"));
            return Ok((usable && !state.roles_of(&login.user_id, &target).is_empty()).then_some(target));
        }
        Some(Value::String(word)) if word == "unscoped" => return Ok(None),
        Some(asked) => asked,
    };
    if let Some(trust) = asked.get("OS-TRUST:trust") {
        return by_trust(cloud, login, trust.text("id")).map(Some);
    }
    if asked.get("system").is_some() {
        return Ok(Some(Target::System));
    }
    if let Some(domain) = asked.get("domain") {
        return Ok(Some(Target::Domain(find_domain(state, Some(domain))?.text("id").to_owned())));
    }
    let Some(project) = asked.get("project") else {
        return Err(invalid("scope must name a project, a domain or the system"));
    };
    let found = match project.text("id") {
        "" => {
            let domain = find_domain(state, project.get("domain"))?;
            let mut there = state.projects.of(domain.text("id"));
            there.find(|found| found.text("name").eq_ignore_ascii_case(project.text("name")))
        }
        id => state.projects.get(id),
    };
    let found = found.filter(|project| project.truth("enabled")).ok_or_else(ApiError::unauthorized)?;
    Ok(Some(Target::Project(found.text("id").to_owned())))
}

/// What a trust is for, if it is one in which the login's user is trusted.
fn by_trust(cloud: &Cloud, login: &mut Login, id: &str) -> Result<Target, ApiError> {
    let state = &cloud.identity;
    let trust = state.usable_trust(id, cloud.clock.now()).ok_or_else(ApiError::unauthorized)?;
    let enabled = |id: &str| state.users.get(id).is_some_and(|user| user.truth("enabled"));
    if trust.text("trustee_user_id") != login.user_id || !enabled(trust.text("trustor_user_id")) {
        return Err(ApiError::forbidden("User is not a trustee."));
    }
    login.trust = Some(trust.clone());
    Ok(Target::Project(trust.text("project_id").to_owned()))
}
