// SPDX-License-Identifier: Apache-2.0
//! Logging in at Keystone (identity API v3), as an authentication type of `osauth`'s session.

mod catalog;
mod login;
mod token;

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use functest_core::verdict::FailedRequest;
use osauth::{AuthType, EndpointFilters};
use reqwest::{Client, RequestBuilder};
use secrecy::ExposeSecret;
use tokio::sync::{Mutex, RwLock};
use url::Url;

use crate::connect::{CloudConfig, Credential, LoginScope};
use crate::error::Error;
use crate::rest::{Observer, Policy};
use crate::service::Service;

pub use self::catalog::{Catalog, CatalogEntry, EndpointFilter};
pub use self::token::Token;

/// A login that is renewed when needed, by whoever needs it first. Cheap to clone. Its `Debug` shows no secret.
#[derive(Clone)]
pub struct KeystoneAuth(Arc<Inner>);

struct Inner {
    auth_url: Url,
    credential: Credential,
    scope: Option<LoginScope>,
    filter: EndpointFilter,
    token: RwLock<Option<Arc<Token>>>,
    /// Held while logging in, so that a crowd of expired requests logs in once. When Keystone refused, and how.
    login: Mutex<Option<(Instant, Refusal)>>,
}

/// An [`Error::Login`], to be told to others.
#[derive(Clone)]
struct Refusal {
    message: String,
    request: FailedRequest,
}

/// For how long a refused login is not tried again: Keystone locks users whose password is wrong too often.
const REFUSAL_HOLDS: Duration = Duration::from_secs(30);

impl std::fmt::Debug for KeystoneAuth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "KeystoneAuth({} at {})", self.who(), self.0.auth_url)
    }
}

impl KeystoneAuth {
    /// The login that `config` describes. Nothing is sent yet.
    pub fn new(config: &CloudConfig) -> Self {
        let filter = EndpointFilter {
            region: config.region.clone(),
            interface: config.interface.clone(),
            choices: config.choices.clone(),
        };
        Self::with(config.auth_url.clone(), config.credential.clone(), config.scope.clone(), filter)
    }

    /// Another login at the same Keystone.
    #[must_use]
    pub fn sibling(&self, credential: Credential, scope: Option<LoginScope>) -> Self {
        Self::with(self.0.auth_url.clone(), credential, scope, self.0.filter.clone())
    }

    /// A login of the same user to the project of that id.
    #[must_use]
    pub fn in_project(&self, id: &str) -> Self {
        self.sibling(self.0.credential.clone(), Some(LoginScope::project(id)))
    }

    /// The same login, of which only the endpoints of a region are used.
    #[must_use]
    pub fn in_region(&self, region: &str) -> Self {
        let filter = EndpointFilter { region: Some(region.to_owned()), ..self.0.filter.clone() };
        Self::with(self.0.auth_url.clone(), self.0.credential.clone(), self.0.scope.clone(), filter)
    }

    fn with(auth_url: Url, credential: Credential, scope: Option<LoginScope>, filter: EndpointFilter) -> Self {
        let (token, login) = (RwLock::default(), Mutex::default());
        Self(Arc::new(Inner { auth_url, credential, scope, filter, token, login }))
    }

    /// Keystone's URL.
    pub fn auth_url(&self) -> &Url {
        &self.0.auth_url
    }

    /// Which endpoints of the catalog are meant.
    pub fn filter(&self) -> &EndpointFilter {
        &self.0.filter
    }

    /// Who logs in, in words.
    pub fn who(&self) -> String {
        match &self.0.credential {
            Credential::Password { user, .. } => format!("user `{}`", user.text()),
            Credential::Token(_) => "the given token".into(),
            Credential::ApplicationCredential { id: Ok(id), .. } => format!("application credential {id}"),
            Credential::ApplicationCredential { id: Err((name, _)), .. } => format!("application credential `{name}`"),
        }
    }

    /// The present token; a new one when there is none, or when it expires within a minute.
    ///
    /// # Errors
    /// When Keystone does not answer, or refuses.
    pub async fn token(&self, client: &Client, policy: &Policy, observer: &Observer) -> Result<Arc<Token>, Error> {
        if let Some(token) = self.present().await {
            return Ok(token);
        }
        let mut refusal = self.0.login.lock().await;
        match self.present().await {
            Some(token) => Ok(token),
            None => self.log_in(client, policy, observer, &mut refusal).await,
        }
    }

    /// Replaces a token that the cloud refused with `refusal`, unless somebody has done so already.
    ///
    /// # Errors
    /// [`Error::TokenRefused`] when there is nothing but that token to log in with; else as [`KeystoneAuth::token`].
    pub(crate) async fn renew(
        &self,
        client: &Client,
        policy: &Policy,
        observer: &Observer,
        refused: &Arc<Token>,
        refusal: FailedRequest,
    ) -> Result<Arc<Token>, Error> {
        if matches!(self.0.credential, Credential::Token(_)) {
            return Err(Error::TokenRefused(refusal));
        }
        let mut refusal = self.0.login.lock().await;
        match self.present().await.filter(|token| !Arc::ptr_eq(token, refused)) {
            Some(newer) => Ok(newer),
            None => self.log_in(client, policy, observer, &mut refusal).await,
        }
    }

    async fn present(&self) -> Option<Arc<Token>> {
        self.0.token.read().await.clone().filter(|token| token.is_fresh())
    }

    async fn log_in(
        &self,
        client: &Client,
        policy: &Policy,
        observer: &Observer,
        refusal: &mut Option<(Instant, Refusal)>,
    ) -> Result<Arc<Token>, Error> {
        if let Some((_, refusal)) = refusal.as_ref().filter(|(when, _)| when.elapsed() < REFUSAL_HOLDS) {
            let Refusal { message, request } = refusal.clone();
            return Err(Error::Login { who: self.who(), auth_url: self.0.auth_url.to_string(), message, request });
        }
        let token = login::log_in(self, client, policy, observer).await.inspect_err(|error| {
            if let Error::Login { message, request, .. } = error {
                *refusal = Some((Instant::now(), Refusal { message: message.clone(), request: request.clone() }));
            }
        })?;
        let token = Arc::new(token);
        *self.0.token.write().await = Some(Arc::clone(&token));
        Ok(token)
    }
}

/// The session's view. Our own requests go through `Rest`, which keeps the token fresh with better errors; this is
/// what makes the `openstack` crate's typed calls work on the same login.
#[async_trait]
impl AuthType for KeystoneAuth {
    async fn authenticate(&self, client: &Client, request: RequestBuilder) -> Result<RequestBuilder, osauth::Error> {
        let token = self.token(client, &Policy::default(), &Observer::nobody()).await.map_err(to_osauth)?;
        Ok(request.header("X-Auth-Token", token.secret.expose_secret()))
    }

    async fn get_endpoint(
        &self,
        client: &Client,
        service_type: &str,
        _filters: &EndpointFilters,
    ) -> Result<Url, osauth::Error> {
        let token = self.token(client, &Policy::default(), &Observer::nobody()).await.map_err(to_osauth)?;
        let unknown = || osauth::Error::new(osauth::ErrorKind::EndpointNotFound, service_type);
        let service = Service::from_name(service_type).ok_or_else(unknown)?;
        token.catalog.endpoint(service, self.filter()).map_err(|_| unknown())
    }

    async fn refresh(&self, client: &Client) -> Result<(), osauth::Error> {
        self.token(client, &Policy::default(), &Observer::nobody()).await.map(drop).map_err(to_osauth)
    }
}

fn to_osauth(error: Error) -> osauth::Error {
    osauth::Error::new(osauth::ErrorKind::AuthenticationFailed, error.to_string())
}
