// SPDX-License-Identifier: Apache-2.0
//! Logins and tokens.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::listing::{linked, listed};
use super::login::{self, Login};
use super::{State, Target, catalog};
use crate::api::{Answer, ApiError, Call, Document, Read, Reply, Route};
use crate::ground::fine_stamp;
use crate::services::Cloud;

/// Where tokens are issued, looked at and given back.
pub(super) const PATH: &str = "/v3/auth/tokens";

pub(super) const ROUTES: &[Route<Cloud>] = &[
    Route::post(PATH, issue).public(),
    Route::get(PATH, validate),
    Route::delete(PATH, revoke),
    Route::get("/v3/auth/projects", projects),
    Route::get("/v3/auth/system", system),
    Route::get("/v3/auth/domains", domains),
];

/// How long a token lasts.
const LIFETIME: TimeDelta = TimeDelta::hours(1);

/// A token.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub(super) user_id: String,
    pub(super) project_id: Option<String>,
    pub(super) domain_id: Option<String>,
    pub(super) system: bool,
    /// Ids and names.
    pub(super) roles: Vec<(String, String)>,
    pub(super) methods: Vec<String>,
    pub(super) application_credential_id: Option<String>,
    pub(super) trust_id: Option<String>,
    /// When its roles were looked at last, by the count of their changes.
    pub(super) roles_version: u64,
    pub(super) audit_ids: Vec<String>,
    pub(super) issued: DateTime<Utc>,
    pub(super) expires: DateTime<Utc>,
}

impl Token {
    /// Whether its user, and what it is for, are still there and enabled.
    pub(super) fn is_still_good(&self, state: &State) -> bool {
        let enabled = |item: Option<&Document>| item.is_some_and(|item| item.truth("enabled"));
        let project = |id: &String| {
            let project = state.projects.get(id);
            enabled(project) && enabled(project.and_then(|project| state.domains.get(project.text("domain_id"))))
        };
        enabled(state.users.get(&self.user_id))
            && self.project_id.as_ref().is_none_or(project)
            && self.domain_id.as_ref().is_none_or(|id| enabled(state.domains.get(id)))
            && self.application_credential_id.as_ref().is_none_or(|id| state.application_credentials.contains(id))
            && self.trust_id.as_ref().is_none_or(|id| state.trusts.contains(id))
    }

    /// What it is for.
    fn target(&self) -> Option<Target> {
        match (&self.project_id, &self.domain_id) {
            (Some(id), _) => Some(Target::Project(id.clone())),
            (_, Some(id)) => Some(Target::Domain(id.clone())),
            _ => self.system.then_some(Target::System),
        }
    }
}

fn issue(cloud: &mut Cloud, call: &Call) -> Answer {
    let auth = match call.json().map_err(|_| expected("valid JSON in request body"))? {
        Value::Object(mut body) => body.remove("auth"),
        _ => None,
    };
    let Some(Value::Object(auth)) = auth else { return Err(expected("auth in request body")) };
    let identity = auth.get("identity").ok_or_else(|| invalid("'identity' is a required property"))?;
    let mut methods: Vec<String> = Vec::new();
    for method in identity.items("methods").iter().filter_map(Value::as_str) {
        // Saying one twice is no second proof, nor a second check of a password.
        if !methods.iter().any(|other| other == method) {
            methods.push(method.to_owned());
        }
    }
    let mut login = login::check(cloud, identity, &methods)?;
    let scope = login::scope(cloud, &mut login, auth.get("scope"))?;
    let token = keep(cloud, login, scope, methods)?;
    let body = cloud.identity.describe(&cloud.identity.tokens[&token], !call.query.has("nocatalog"));
    Ok(Reply::created(&body).header("x-subject-token", token))
}

/// What a login lacks.
pub(super) fn expected(what: &str) -> ApiError {
    ApiError::bad_request(format!(
        "Expecting to find {what}. The server could not comply with the request since it is either malformed or \
         otherwise incorrect. The client is assumed to be in error."
    ))
}

pub(super) fn invalid(message: &str) -> ApiError {
    ApiError::bad_request(message)
}

/// Makes the token that a login gets, and remembers it.
fn keep(cloud: &mut Cloud, login: Login, scope: Option<Target>, methods: Vec<String>) -> Result<String, ApiError> {
    let now = cloud.clock.now();
    let shorter = cloud.faults.token_lifetime().and_then(|short| TimeDelta::from_std(short).ok());
    let lifetime = shorter.unwrap_or(LIFETIME);
    let mut audit_ids = vec![cloud.random.word(22)];
    audit_ids.extend(login.earlier.as_ref().and_then(|token| token.audit_ids.last().cloned()));
    let mut all_methods = methods;
    for method in login.earlier.iter().flat_map(|token| &token.methods) {
        if !all_methods.contains(method) {
            all_methods.push(method.clone());
        }
    }
    let impersonated = login.trust.as_ref().filter(|trust| trust.truth("impersonation"));
    let user_id = impersonated.map_or(login.user_id, |trust| trust.text("trustor_user_id").to_owned());
    let mut token = Token {
        project_id: match &scope {
            Some(Target::Project(id)) => Some(id.clone()),
            _ => None,
        },
        domain_id: match &scope {
            Some(Target::Domain(id)) => Some(id.clone()),
            _ => None,
        },
        system: scope == Some(Target::System),
        user_id,
        roles: Vec::new(),
        roles_version: cloud.identity.roles_version,
        trust_id: login.trust.map(|trust| trust.text("id").to_owned()),
        methods: all_methods,
        application_credential_id: login.application_credential.map(|credential| credential.text("id").to_owned()),
        audit_ids,
        issued: now,
        expires: login.earlier.map_or(now + lifetime, |token| token.expires),
    };
    token.roles = cloud.identity.roles_by(&token);
    if (scope.is_some() && token.roles.is_empty()) || !token.is_still_good(&cloud.identity) {
        return Err(ApiError::unauthorized());
    }
    if let Some(trust) = &token.trust_id {
        cloud.identity.use_trust(trust);
    }
    let id = format!("gAAAAA{}", cloud.random.word(177));
    let tokens = &mut cloud.identity.tokens;
    // What has expired is of no use to anybody; looked at only now and then, because it takes a walk.
    if tokens.len().is_power_of_two() {
        tokens.retain(|_, token| token.expires > now);
    }
    tokens.insert(id.clone(), token);
    Ok(id)
}

impl State {
    /// The ids and names of the roles that a token gives now.
    pub(super) fn roles_by(&self, token: &Token) -> Vec<(String, String)> {
        let Some(target) = token.target() else { return Vec::new() };
        let trust = token.trust_id.as_deref().and_then(|id| self.trusts.get(id));
        let holder = trust.map_or(token.user_id.as_str(), |trust| trust.text("trustor_user_id"));
        let credential = token.application_credential_id.as_deref();
        let credential = credential.and_then(|id| self.application_credentials.get(id));
        let mut ids = self.roles_of(holder, &target);
        for limit in trust.into_iter().chain(credential) {
            let limit = self.with_implied(limit.items("roles").iter().map(|role| role.text("id").to_owned()));
            ids.retain(|id| limit.contains(id));
        }
        let named = |id: String| self.roles.get(&id).map(|role| (id.clone(), role.text("name").to_owned()));
        ids.into_iter().filter_map(named).collect()
    }

    /// Looks again at what roles a token gives, if that may have changed. False when it gives none any more.
    pub(super) fn still_gives_roles(&mut self, id: &str) -> bool {
        let Some(token) = self.tokens.get(id) else { return false };
        if token.roles_version == self.roles_version {
            return token.target().is_none() || !token.roles.is_empty();
        }
        let roles = self.roles_by(token);
        let version = self.roles_version;
        let Some(token) = self.tokens.get_mut(id) else { return false };
        token.roles = roles;
        token.roles_version = version;
        token.target().is_none() || !token.roles.is_empty()
    }

    /// Ends all tokens of a user.
    pub(super) fn forget_tokens(&mut self, user_id: &str) {
        self.tokens.retain(|_, token| token.user_id != user_id);
    }

    fn describe(&self, token: &Token, with_catalog: bool) -> Value {
        let domain =
            |id: &str| json!({"id": id, "name": self.domains.get(id).map_or("", |domain| domain.text("name"))});
        let user = self.users.get(&token.user_id).cloned().unwrap_or_default();
        let mut body = json!({
            "methods": token.methods,
            "user": {
                "domain": domain(user.text("domain_id")), "id": token.user_id, "name": user.text("name"),
                "password_expires_at": user.get("password_expires_at").cloned().unwrap_or(Value::Null),
            },
            "audit_ids": token.audit_ids,
            "expires_at": fine_stamp(token.expires),
            "issued_at": fine_stamp(token.issued),
        });
        if let Some(project) = token.project_id.as_deref().and_then(|id| self.projects.get(id)) {
            body["project"] =
                json!({"domain": domain(project.text("domain_id")), "id": project["id"], "name": project["name"]});
            body["is_domain"] = project["is_domain"].clone();
        }
        if let Some(id) = &token.domain_id {
            body["domain"] = domain(id);
        }
        if token.system {
            body["system"] = json!({"all": true});
        }
        if let Some(credential) =
            token.application_credential_id.as_deref().and_then(|id| self.application_credentials.get(id))
        {
            let restricted = !credential.truth("unrestricted");
            body["application_credential"] =
                json!({"id": credential["id"], "name": credential["name"], "restricted": restricted});
        }
        if let Some(trust) = token.trust_id.as_deref().and_then(|id| self.trusts.get(id)) {
            body["OS-TRUST:trust"] = json!({
                "id": trust["id"], "trustor_user": {"id": trust["trustor_user_id"]},
                "trustee_user": {"id": trust["trustee_user_id"]}, "impersonation": trust["impersonation"],
            });
        }
        let scoped = token.project_id.is_some() || token.domain_id.is_some() || token.system;
        if scoped {
            body["roles"] = token.roles.iter().map(|(id, name)| json!({"id": id, "name": name})).collect();
        }
        if scoped && with_catalog {
            body["catalog"] = catalog::catalog(self, token.project_id.as_deref());
        }
        json!({ "token": body })
    }
}

/// The token that the caller asks about: his own, or an administrator any.
fn subject(cloud: &mut Cloud, call: &Call) -> Result<String, ApiError> {
    let subject = call.header("x-subject-token").ok_or_else(|| ApiError::not_found("No token in the request"))?;
    let unknown = || ApiError::not_found("Could not recognize Fernet token");
    let theirs = super::caller(cloud, subject).ok_or_else(unknown)?;
    let caller = call.caller()?;
    if !caller.is_admin && caller.token_id != subject && caller.user_id != theirs.user_id {
        return Err(ApiError::policy("identity:validate_token"));
    }
    Ok(subject.to_owned())
}

fn validate(cloud: &mut Cloud, call: &Call) -> Answer {
    let id = subject(cloud, call)?;
    let body = cloud.identity.describe(&cloud.identity.tokens[&id], !call.query.has("nocatalog"));
    Ok(Reply::ok(&body).header("x-subject-token", id))
}

fn revoke(cloud: &mut Cloud, call: &Call) -> Answer {
    let id = subject(cloud, call)?;
    cloud.identity.tokens.remove(&id);
    Ok(Reply::no_content())
}

/// What the caller could get a token for.
fn projects(cloud: &mut Cloud, call: &Call) -> Answer {
    let user_id = &call.caller()?.user_id;
    let state = &cloud.identity;
    let theirs = state.projects_of(user_id).into_iter().filter(|project| project.truth("enabled"));
    Ok(listed(call, "projects", theirs.map(|project| linked(call, "projects", project)).collect()))
}

fn domains(cloud: &mut Cloud, call: &Call) -> Answer {
    let user_id = &call.caller()?.user_id;
    let state = &cloud.identity;
    let theirs: Vec<Value> = state
        .domains
        .values()
        .filter(|domain| domain.truth("enabled"))
        .filter(|domain| !state.roles_of(user_id, &Target::Domain(domain.text("id").to_owned())).is_empty())
        .map(|domain| linked(call, "domains", domain))
        .collect();
    Ok(listed(call, "domains", theirs))
}

fn system(cloud: &mut Cloud, call: &Call) -> Answer {
    let all = !cloud.identity.roles_of(&call.caller()?.user_id, &Target::System).is_empty();
    let system = if all { vec![json!({"all": true})] } else { Vec::new() };
    Ok(listed(call, "system", system))
}
