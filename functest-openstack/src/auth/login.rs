// SPDX-License-Identifier: Apache-2.0
//! One login.

use reqwest::{Client, Method};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::{KeystoneAuth, Token};
use crate::connect::{Credential, Domain, LoginScope, Named};
use crate::error::Error;
use crate::rest::{Observer, Policy, Target, exchange};
use crate::service::Service;

pub(super) async fn log_in(
    auth: &KeystoneAuth,
    client: &Client,
    policy: &Policy,
    observer: &Observer,
) -> Result<Token, Error> {
    let inner = &auth.0;
    let mut url = inner.auth_url.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(["auth", "tokens"]);
    }
    // A token without a project is used as it is: asked about, not exchanged.
    let given = match (&inner.credential, &inner.scope) {
        (Credential::Token(token), None) => Some(token.clone()),
        _ => None,
    };
    let target = Target {
        service: Service::Identity,
        method: if given.is_some() { Method::GET } else { Method::POST },
        route: "/auth/tokens".into(),
        url,
        // A second login only makes a second token.
        repeatable: true,
        deadline: None,
        secret: Some(inner.credential.secret().clone()),
    };
    let prepare = || async {
        let request = client.request(target.method.clone(), target.url.clone());
        Ok(match &given {
            Some(token) => about(request, token),
            None => request.json(&login_body(&inner.credential, inner.scope.as_ref())),
        })
    };
    let refused =
        |message, request| Error::Login { who: auth.who(), auth_url: inner.auth_url.to_string(), message, request };
    let answer = exchange(policy, observer, &target, prepare).await.map_err(|error| match error {
        Error::Answer { message, request, .. } if request.status == Some(401) => refused(message, request),
        // So Keystone answers about a token that it does not know any more.
        Error::Answer { message, request, of_service: true }
            if request.status == Some(404) && matches!(inner.credential, Credential::Token(_)) =>
        {
            refused(format!("it is not valid, or not any more ({message})"), request)
        }
        Error::Answer { message, request, of_service } if request.status == Some(404) => {
            Error::Answer { message: format!("is this Keystone's URL? It says: {message}"), request, of_service }
        }
        other => other,
    })?;
    Token::read(&answer, given)
}

fn about(request: reqwest::RequestBuilder, token: &SecretString) -> reqwest::RequestBuilder {
    let mut value = reqwest::header::HeaderValue::from_str(token.expose_secret())
        .unwrap_or_else(|_| reqwest::header::HeaderValue::from_static("unprintable"));
    value.set_sensitive(true);
    request.header("X-Auth-Token", value.clone()).header("X-Subject-Token", value)
}

fn login_body(credential: &Credential, scope: Option<&LoginScope>) -> Value {
    let identity = match credential {
        Credential::Password { user, password } => {
            let mut user = named(user);
            user["password"] = json!(password.expose_secret());
            json!({"methods": ["password"], "password": {"user": user}})
        }
        Credential::Token(token) => json!({"methods": ["token"], "token": {"id": token.expose_secret()}}),
        Credential::ApplicationCredential { id, secret } => {
            let mut which = match id {
                Ok(id) => json!({"id": id}),
                Err((name, user)) => json!({"name": name, "user": named(user)}),
            };
            which["secret"] = json!(secret.expose_secret());
            json!({"methods": ["application_credential"], "application_credential": which})
        }
    };
    let scope = match scope {
        Some(LoginScope::Project(project)) => json!({"project": named(project)}),
        Some(LoginScope::Domain(Domain::Id(id))) => json!({"domain": {"id": id}}),
        Some(LoginScope::Domain(Domain::Name(name))) => json!({"domain": {"name": name}}),
        Some(LoginScope::System) => json!({"system": {"all": true}}),
        Some(LoginScope::Trust(id)) => json!({"OS-TRUST:trust": {"id": id}}),
        None => return json!({"auth": {"identity": identity}}),
    };
    json!({"auth": {"identity": identity, "scope": scope}})
}

fn named(which: &Named) -> Value {
    match which {
        Named::Id(id) => json!({"id": id}),
        Named::Name { name, domain: Domain::Id(id) } => json!({"name": name, "domain": {"id": id}}),
        Named::Name { name, domain: Domain::Name(domain) } => json!({"name": name, "domain": {"name": domain}}),
    }
}
