// SPDX-License-Identifier: Apache-2.0
//! The one path that every request takes.

mod answer;
mod call;
mod exchange;
mod handshake;
mod list;
mod observer;
mod policy;
mod proxy;

use std::collections::BTreeMap;
use std::sync::Arc;

use url::Url;

use crate::auth::{KeystoneAuth, Token};
use crate::error::Error;
use crate::service::{Endpoint, Service};

pub use self::answer::Answer;
pub use self::call::{Body, Call};
pub use self::observer::Observer;
pub use self::policy::Policy;

pub(crate) use self::exchange::{Target, exchange};
pub(crate) use self::observer::Heard;
pub(crate) use self::proxy::is_this_machine;

/// Sends requests to a cloud on behalf of one credential. Cheap to clone.
#[derive(Clone)]
pub struct Rest {
    shared: Arc<Shared>,
    observer: Observer,
}

struct Shared {
    session: osauth::Session,
    auth: KeystoneAuth,
    endpoints: BTreeMap<String, Url>,
    policy: Policy,
}

impl std::fmt::Debug for Rest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Rest({})", self.shared.auth.auth_url())
    }
}

impl Rest {
    /// Logs in with `auth`.
    ///
    /// # Errors
    /// When Keystone does not answer, or refuses.
    pub async fn log_in(
        client: reqwest::Client,
        auth: KeystoneAuth,
        endpoints: BTreeMap<String, Url>,
        policy: Policy,
        observer: Observer,
    ) -> Result<Self, Error> {
        auth.token(&client, &policy, &observer).await?;
        // The session asks for a login of its own; the token is there already.
        let session = osauth::Session::new_with_client(client, auth.clone())
            .await
            .map_err(|e| Error::Internal(format!("cannot open a session: {e}")))?;
        Ok(Self { shared: Arc::new(Shared { session, auth, endpoints, policy }), observer })
    }

    /// The same connection, with its calls reported to `observer`.
    pub fn observed_by(&self, observer: Observer) -> Self {
        Self { shared: Arc::clone(&self.shared), observer }
    }

    /// The session, for requests that go their own way.
    pub fn session(&self) -> osauth::Session {
        self.shared.session.clone()
    }

    /// The typed calls of the `openstack` crate on this login. What they make is in no ledger, and they repeat nothing:
    /// they are for looking at things.
    pub fn typed(&self) -> openstack::Cloud {
        openstack::Cloud::from(self.session())
    }

    /// Who hears of the requests.
    pub fn observer(&self) -> &Observer {
        &self.observer
    }

    /// How requests are repeated and how long they may take.
    pub fn policy(&self) -> &Policy {
        &self.shared.policy
    }

    /// The present token: who is logged in, with which roles, and the catalog.
    ///
    /// # Errors
    /// When it had to be renewed and could not.
    pub async fn token(&self) -> Result<Arc<Token>, Error> {
        self.shared.auth.token(self.client(), &self.shared.policy, &self.observer).await
    }

    /// A login of another user or project at the same cloud.
    ///
    /// # Errors
    /// When Keystone does not answer, or refuses.
    pub async fn log_in_as(&self, auth: KeystoneAuth, observer: Observer) -> Result<Self, Error> {
        Self::log_in(self.client().clone(), auth, self.shared.endpoints.clone(), self.shared.policy.clone(), observer)
            .await
    }

    /// How this connection logs in.
    pub fn auth(&self) -> &KeystoneAuth {
        &self.shared.auth
    }

    /// The URL that the service's routes are appended to.
    ///
    /// # Errors
    /// [`Error::NoService`] when the catalog does not have it.
    pub async fn root(&self, service: Service) -> Result<String, Error> {
        let names = [&[service.name()], service.aliases()].concat();
        if let Some(url) = names.iter().find_map(|name| self.shared.endpoints.get(*name)) {
            return Ok(service.root(url));
        }
        let token = self.token().await?;
        let endpoint = match token.catalog.endpoint(service, self.shared.auth.filter()) {
            // The service that let us in is there, in whichever region the catalog lists it.
            Err(_) if service == Service::Identity => Ok(self.shared.auth.auth_url().clone()),
            endpoint => endpoint,
        };
        endpoint.map(|url| service.root(&url)).map_err(|error| match error {
            Error::NoService { service: name, detail, .. } => {
                let required = self.shared.policy.required_services.contains(&service);
                Error::NoService { service: name, detail, required }
            }
            other => other,
        })
    }

    fn client(&self) -> &reqwest::Client {
        self.shared.session.client().inner()
    }

    /// Sends `call` and returns the cloud's answer, if it is no error.
    ///
    /// A call that is safe to repeat is repeated with back-off while the cloud is away; any call is, when it certainly
    /// did not arrive. When the cloud does not know the token any more, functest logs in again, once.
    ///
    /// # Errors
    /// When the cloud answers with an error, or does not answer.
    pub async fn send(&self, call: Call) -> Result<Answer, Error> {
        let root = self.root(call.service).await?;
        let target = call.target(&root)?;
        let token = self.token().await?;
        match self.try_send(&call, &target).await {
            Err(Error::Answer { request, .. }) if request.status == Some(401) => {
                let shared = &self.shared;
                shared.auth.renew(self.client(), &shared.policy, &self.observer, &token, request).await?;
                self.try_send(&call, &target).await
            }
            result => result,
        }
    }

    /// Sends `call` with a token of the caller's own, as it is: to see what the cloud says to it.
    ///
    /// # Errors
    /// As [`Rest::send`]; there is no new login.
    pub async fn send_with_token(&self, token: &str, call: Call) -> Result<Answer, Error> {
        let target = call.target(&self.root(call.service).await?)?;
        let prepare = || async { Ok(call.request(self.client(), &target).await?.header("X-Auth-Token", token)) };
        exchange(&self.shared.policy, &self.observer, &target, prepare).await
    }

    async fn try_send(&self, call: &Call, target: &Target) -> Result<Answer, Error> {
        let client = self.client();
        let prepare = || async {
            // Renews a token that is about to expire, with errors of our own, before the session looks at it.
            self.token().await?;
            let request = call.request(client, target).await?;
            let authenticated = self.shared.session.auth_type().authenticate(client, request).await;
            authenticated.map_err(|e| Error::Internal(format!("cannot authenticate a request: {e}")))
        };
        exchange(&self.shared.policy, &self.observer, target, prepare).await
    }
}
