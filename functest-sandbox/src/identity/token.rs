// SPDX-License-Identifier: Apache-2.0
//! Logins and tokens.

use chrono::{DateTime, TimeDelta, Utc};
use http::StatusCode;
use serde_json::{Value, json};

use super::{State, Target, catalog};
use crate::api::{Answer, ApiError, Call, Document, Read, Reply, Route};
use crate::cloud::{Cloud, fine_stamp};

pub(super) const ROUTES: &[Route] = &[
    Route::post("/v3/auth/tokens", issue).public(),
    Route::get("/v3/auth/tokens", validate),
    Route::head("/v3/auth/tokens", validate),
    Route::delete("/v3/auth/tokens", revoke),
    Route::get("/v3/auth/projects", projects),
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
    }
}

fn issue(cloud: &mut Cloud, call: &Call) -> Answer {
    let auth = call.object("auth").map_err(|_| invalid("'auth' is a required property"))?;
    let identity = auth.get("identity").ok_or_else(|| invalid("'identity' is a required property"))?;
    let methods: Vec<String> =
        identity.items("methods").iter().filter_map(|method| method.as_str().map(str::to_owned)).collect();
    let Some(method) = methods.first() else { return Err(invalid("'methods' is a required property")) };
    let proof = identity.get(method).ok_or_else(ApiError::unauthorized)?;
    let login = match method.as_str() {
        "password" => by_password(&cloud.identity, proof)?,
        "token" => by_token(cloud, proof)?,
        "application_credential" => by_application_credential(cloud, proof)?,
        _ => return Err(ApiError::unauthorized()),
    };
    let scope = scope(&cloud.identity, &login, auth.get("scope"))?;
    let token = cloud.issue(login, scope, methods)?;
    let body = cloud.identity.describe(&cloud.identity.tokens[&token], !call.query.has("nocatalog"));
    Ok(Reply::created(&body).header("x-subject-token", token))
}

fn invalid(message: &str) -> ApiError {
    ApiError::bad_request(message)
}

/// A user whose proof was good, and what the proof limits the token to.
struct Login {
    user_id: String,
    /// What an application credential is for, and its id and roles.
    application_credential: Option<Document>,
    /// Of the token that was the proof: its chain of audits and its end go on.
    earlier: Option<Token>,
}

fn by_password(state: &State, proof: &Value) -> Result<Login, ApiError> {
    let user = proof.get("user").ok_or_else(|| invalid("'user' is a required property"))?;
    let user_id = find_user(state, user)?.text("id").to_owned();
    let password = user.get("password").ok_or_else(|| invalid("'password' is a required property"))?;
    match state.passwords.get(&user_id) {
        Some(right) if password.as_str() == Some(right) => {
            Ok(Login { user_id, application_credential: None, earlier: None })
        }
        _ => Err(ApiError::unauthorized()),
    }
}

fn by_token(cloud: &mut Cloud, proof: &Value) -> Result<Login, ApiError> {
    let id = proof.text("id");
    super::caller(cloud, id).ok_or_else(ApiError::unauthorized)?;
    let earlier = cloud.identity.tokens.get(id).cloned().ok_or_else(ApiError::unauthorized)?;
    Ok(Login { user_id: earlier.user_id.clone(), application_credential: None, earlier: Some(earlier) })
}

fn by_application_credential(cloud: &Cloud, proof: &Value) -> Result<Login, ApiError> {
    let state = &cloud.identity;
    let credential = match proof.text("id") {
        "" => {
            let user = find_user(state, proof.get("user").unwrap_or(&Value::Null))?;
            let mut theirs = state.application_credentials.of(user.text("id"));
            theirs.find(|credential| credential.text("name") == proof.text("name"))
        }
        id => state.application_credentials.get(id),
    };
    let credential = credential.ok_or_else(ApiError::unauthorized)?;
    let expired = match credential.get("expires_at").and_then(Value::as_str) {
        Some(end) => *end < *cloud.clock.now().format("%Y-%m-%dT%H:%M:%S%.6f").to_string(),
        None => false,
    };
    let right = state.passwords.get(credential.text("id")).is_some_and(|right| right == proof.text("secret"));
    if expired || !right {
        return Err(ApiError::unauthorized());
    }
    let user_id = credential.text("user_id").to_owned();
    Ok(Login { user_id, application_credential: Some(credential.clone()), earlier: None })
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
fn scope(state: &State, login: &Login, asked: Option<&Value>) -> Result<Option<Target>, ApiError> {
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

impl Cloud {
    fn issue(&mut self, login: Login, scope: Option<Target>, methods: Vec<String>) -> Result<String, ApiError> {
        let state = &self.identity;
        let mut role_ids = scope.as_ref().map(|target| state.roles_of(&login.user_id, target)).unwrap_or_default();
        if let Some(credential) = &login.application_credential {
            let theirs = credential.items("roles").iter().map(|role| role.text("id").to_owned());
            let theirs = state.with_implied(theirs);
            role_ids.retain(|id| theirs.contains(id));
        }
        if scope.is_some() && role_ids.is_empty() {
            return Err(ApiError::unauthorized());
        }
        let name = |id: String| state.roles.get(&id).map(|role| (id.clone(), role.text("name").to_owned()));
        let roles = role_ids.into_iter().filter_map(name).collect();
        let now = self.clock.now();
        let mut audit_ids = vec![self.random.word(22)];
        audit_ids.extend(login.earlier.as_ref().and_then(|token| token.audit_ids.last().cloned()));
        let mut all_methods = methods;
        for method in login.earlier.iter().flat_map(|token| &token.methods) {
            if !all_methods.contains(method) {
                all_methods.push(method.clone());
            }
        }
        let token = Token {
            project_id: match &scope {
                Some(Target::Project(id)) => Some(id.clone()),
                _ => None,
            },
            domain_id: match &scope {
                Some(Target::Domain(id)) => Some(id.clone()),
                _ => None,
            },
            system: scope == Some(Target::System),
            user_id: login.user_id,
            roles,
            methods: all_methods,
            application_credential_id: login.application_credential.map(|credential| credential.text("id").to_owned()),
            audit_ids,
            issued: now,
            expires: login.earlier.map_or(now + LIFETIME, |token| token.expires),
        };
        let id = format!("gAAAAA{}", self.random.word(177));
        let tokens = &mut self.identity.tokens;
        // What has expired is of no use to anybody; looked at only now and then, because it takes a walk.
        if tokens.len().is_power_of_two() {
            tokens.retain(|_, token| token.expires > now);
        }
        tokens.insert(id.clone(), token);
        Ok(id)
    }
}

impl State {
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
    let subject = call.header("x-subject-token").ok_or_else(|| ApiError::not_found("The subject token is missing."))?;
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
    let theirs: Vec<Value> = state
        .projects
        .values()
        .filter(|project| project.truth("enabled"))
        .filter(|project| !state.roles_of(user_id, &Target::Project(project.text("id").to_owned())).is_empty())
        .map(|project| with_self_link(call, "projects", project))
        .collect();
    Ok(listed(call, "projects", theirs))
}

fn domains(cloud: &mut Cloud, call: &Call) -> Answer {
    let user_id = &call.caller()?.user_id;
    let state = &cloud.identity;
    let theirs: Vec<Value> = state
        .domains
        .values()
        .filter(|domain| domain.truth("enabled"))
        .filter(|domain| !state.roles_of(user_id, &Target::Domain(domain.text("id").to_owned())).is_empty())
        .map(|domain| with_self_link(call, "domains", domain))
        .collect();
    Ok(listed(call, "domains", theirs))
}

fn with_self_link(call: &Call, collection: &str, item: &Document) -> Value {
    let mut item = item.clone();
    let url = format!("{}/v3/{collection}/{}", call.base, item.text("id"));
    item.insert("links".into(), json!({ "self": url }));
    Value::Object(item)
}

fn listed(call: &Call, collection: &str, items: Vec<Value>) -> Reply {
    let links = json!({"next": null, "self": format!("{}{}", call.base, call.path), "previous": null});
    Reply::json(StatusCode::OK, &json!({collection: items, "links": links}))
}
