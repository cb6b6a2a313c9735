// SPDX-License-Identifier: Apache-2.0
//! A cloud that is none: Keystone's login, a catalog that leads back to it, and things that can be made, listed and
//! deleted. A test puts an [`Interference`] before all of it.
#![allow(dead_code, unreachable_pub, reason = "each test program uses its part of it")]

mod hanging_up;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use functest_core::event::{ApiCall, CloudIdentity, Emitter, EventBody, Incoming};
use functest_core::ledger::{CLOUD, Head, Journal, VERSION};
use functest_openstack::auth::KeystoneAuth;
use functest_openstack::connect::{CloudConfig, Credential, Domain, LoginScope, Named, Tls};
use functest_openstack::resource::{self, Kind};
use functest_openstack::rest::{Observer, Policy};
use functest_openstack::{Error, Rest, Service};
use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedReceiver;
use url::Url;
use wiremock::matchers::any;
use wiremock::{Match, Mock, MockServer, Request, Respond, ResponseTemplate};

pub use self::hanging_up::HangsUp;

/// What must never be seen.
pub const PASSWORD: &str = "swordfish-password";
/// Every token begins with it.
pub const TOKEN: &str = "swordfish-token";
/// The project that logins are for.
pub const PROJECT: &str = "project-of-the-login";

/// Answers in place of the cloud, or does not.
pub type Interference = Box<dyn Fn(&mut State, &Request) -> Option<ResponseTemplate> + Send + Sync>;

/// What the cloud remembers.
#[derive(Default)]
pub struct State {
    url: String,
    /// The catalog's entries; those of the usual services when empty.
    pub catalog: Vec<Value>,
    /// The roles of every token; an administrator's when `None`.
    pub roles: Option<Value>,
    /// The body of every login, and `null` for each time that Keystone was asked about a token.
    pub logins: Vec<Value>,
    /// Tokens up to this login are not known any more.
    pub revoked: usize,
    /// What exists, by kind.
    pub things: BTreeMap<&'static str, Vec<Value>>,
    /// Kind and id of what was deleted, in order.
    pub deleted: Vec<(&'static str, String)>,
    counts: HashMap<String, usize>,
}

impl State {
    /// How often that was counted before.
    pub fn count(&mut self, what: &str) -> usize {
        let count = self.counts.entry(what.to_owned()).or_default();
        *count += 1;
        *count - 1
    }

    /// Puts something there.
    pub fn add(&mut self, kind: &'static str, thing: Value) {
        self.things.entry(kind).or_default().push(thing);
    }

    /// Takes something away, as if somebody else had deleted it.
    pub fn take_away(&mut self, id: &str) {
        self.things.values_mut().for_each(|things| things.retain(|thing| thing["id"] != id));
    }

    /// The ids of what is there.
    pub fn ids(&self, kind: &str) -> Vec<String> {
        let things = self.things.get(kind).into_iter().flatten();
        things.filter_map(|thing| thing["id"].as_str().map(str::to_owned)).collect()
    }

    fn login(&mut self, request: &Request) -> ResponseTemplate {
        self.logins.push(request.body_json().unwrap_or_default());
        let wanted = self.logins.last().and_then(|body| body.pointer("/auth/scope/project/id")?.as_str());
        let project = wanted.unwrap_or(PROJECT).to_owned();
        let entries = if self.catalog.is_empty() { usual_catalog(&self.url) } else { self.catalog.clone() };
        let roles = self.roles.clone().unwrap_or_else(|| json!([{"id": "r", "name": "admin"}]));
        let token = json!({"token": {
            "issued_at": chrono::Utc::now(),
            "expires_at": chrono::Utc::now() + chrono::TimeDelta::hours(1),
            "user": {"id": "user-of-the-login", "name": "tester", "domain": {"id": "default", "name": "Default"}},
            "project": {"id": project, "name": "tests", "domain": {"id": "default", "name": "Default"}},
            "roles": roles,
            "catalog": entries,
        }});
        ResponseTemplate::new(201)
            .insert_header("X-Subject-Token", format!("{TOKEN}-{}", self.logins.len()))
            .set_body_json(token)
    }

    fn knows_token_of(&self, request: &Request) -> bool {
        let token = request.headers.get("x-auth-token").and_then(|token| token.to_str().ok()).unwrap_or_default();
        let number = token.strip_prefix(TOKEN).and_then(|rest| rest.strip_prefix('-')?.parse::<usize>().ok());
        // A token that somebody else got is good until all are revoked.
        number.map_or(token.starts_with(TOKEN) && self.revoked == 0, |number| number > self.revoked)
    }

    /// What the cloud does when nothing interferes.
    pub fn serve(&mut self, request: &Request) -> ResponseTemplate {
        let path = request.url.path();
        if path == "/identity/v3/auth/tokens" {
            return self.login(request);
        }
        if !self.knows_token_of(request) {
            return error(401, "The request you have made requires authentication.");
        }
        for kind in resource::KINDS.iter().copied() {
            let Some(rest) = path.strip_prefix(root(kind.service)) else { continue };
            if rest == kind.collection || (rest == kind.list && !kind.list.is_empty()) {
                return if request.method.as_str() == "POST" {
                    self.make(kind, request)
                } else {
                    self.list(kind, request)
                };
            }
            let id = rest.strip_prefix(kind.collection).and_then(|rest| rest.strip_prefix('/'));
            if let Some(id) = id.filter(|id| !id.contains('/')) {
                return if request.method.as_str() == "DELETE" { self.delete(kind, id) } else { self.get(kind, id) };
            }
        }
        error(404, "The resource could not be found.")
    }

    /// Makes what the request asks for.
    pub fn make(&mut self, kind: &Kind, request: &Request) -> ResponseTemplate {
        self.make_from(kind, request.body_json().unwrap_or_default())
    }

    /// Makes what a body asks for.
    pub fn make_from(&mut self, kind: &Kind, mut body: Value) -> ResponseTemplate {
        let mut thing = if kind.singular.is_empty() { body } else { body[kind.singular].take() };
        let number = self.count(kind.name);
        thing["id"] =
            if kind.name == "keypair" { thing["name"].clone() } else { json!(format!("{}-{number}", kind.name)) };
        self.add(kind.name, thing.clone());
        ResponseTemplate::new(201).set_body_json(wrapped(kind.singular, thing))
    }

    fn list(&self, kind: &Kind, request: &Request) -> ResponseTemplate {
        let fits = |thing: &&Value| {
            request.url.query_pairs().all(|(key, value)| thing.get(&*key).is_none_or(|own| own == &json!(value)))
        };
        let things: Vec<&Value> = self.things.get(kind.name).into_iter().flatten().filter(fits).collect();
        ResponseTemplate::new(200).set_body_json(json!({kind.plural: things}))
    }

    fn get(&self, kind: &Kind, id: &str) -> ResponseTemplate {
        match self.things.get(kind.name).into_iter().flatten().find(|thing| thing["id"] == id) {
            Some(thing) => ResponseTemplate::new(200).set_body_json(wrapped(kind.singular, thing.clone())),
            None => error(404, "not found"),
        }
    }

    fn delete(&mut self, kind: &Kind, id: &str) -> ResponseTemplate {
        let things = self.things.entry(kind.name).or_default();
        let before = things.len();
        things.retain(|thing| thing["id"] != id);
        if things.len() == before {
            return error(404, "not found");
        }
        self.deleted.push((kind.name, id.to_owned()));
        ResponseTemplate::new(204)
    }
}

fn wrapped(singular: &str, thing: Value) -> Value {
    if singular.is_empty() { thing } else { json!({singular: thing}) }
}

fn root(service: Service) -> &'static str {
    match service {
        Service::Identity => "/identity/v3",
        Service::Image => "/image/v2",
        Service::Compute => "/compute/v2.1",
        Service::Network => "/network/v2.0",
        _ => "/elsewhere",
    }
}

fn usual_catalog(url: &str) -> Vec<Value> {
    ["identity", "image", "compute", "network"].map(|service| entry(service, &format!("{url}/{service}"))).into()
}

/// An entry of a catalog.
pub fn entry(service: &str, url: &str) -> Value {
    json!({"type": service, "name": service, "endpoints": [{"interface": "public", "region": "R", "url": url}]})
}

/// An error as Keystone words it.
pub fn error(status: u16, message: &str) -> ResponseTemplate {
    let body = json!({"error": {"code": status, "message": message, "title": "Error"}});
    ResponseTemplate::new(status).insert_header("X-Openstack-Request-Id", "req-of-the-error").set_body_json(body)
}

/// The cloud.
pub struct FakeCloud {
    server: MockServer,
    state: Arc<Mutex<State>>,
}

struct Answering {
    state: Arc<Mutex<State>>,
    interference: Interference,
}

impl Respond for Answering {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let mut state = lock(&self.state);
        let interfered = (self.interference)(&mut state, request);
        interfered.unwrap_or_else(|| state.serve(request))
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl FakeCloud {
    /// A cloud without a flaw.
    pub async fn start() -> Self {
        Self::with(|_, _| None).await
    }

    /// A cloud in which `interference` is asked first.
    pub async fn with(
        interference: impl Fn(&mut State, &Request) -> Option<ResponseTemplate> + Send + Sync + 'static,
    ) -> Self {
        let server = MockServer::start().await;
        let state = Arc::new(Mutex::new(State { url: server.uri(), ..State::default() }));
        let interference = Box::new(interference);
        Mock::given(any()).respond_with(Answering { state: Arc::clone(&state), interference }).mount(&server).await;
        Self { server, state }
    }

    /// Its root.
    pub fn url(&self) -> String {
        self.server.uri()
    }

    /// What it remembers.
    pub fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// The same, for another thread.
    pub fn shared_state(&self) -> Arc<Mutex<State>> {
        Arc::clone(&self.state)
    }

    /// Every request of that method whose path ends so.
    pub async fn requests(&self, method: &str, path: &str) -> Vec<Request> {
        let mut requests = self.server.received_requests().await.unwrap();
        let wanted = wiremock::matchers::method(method);
        requests.retain(|request| wanted.matches(request) && request.url.path().ends_with(path));
        requests
    }

    /// Every request.
    pub async fn server_requests(&self) -> Vec<Request> {
        self.server.received_requests().await.unwrap()
    }

    /// How to log in here.
    pub fn config(&self, credential: Credential, project: Option<Named>) -> CloudConfig {
        CloudConfig {
            name: Some("fake".into()),
            origin: "a test".into(),
            auth_url: format!("{}/identity/v3", self.url()).parse().unwrap(),
            credential,
            scope: project.map(LoginScope::Project),
            region: Some("R".into()),
            interface: "public".into(),
            choices: BTreeMap::new(),
            tls: Tls::verified(),
            endpoints: BTreeMap::new(),
            warnings: Vec::new(),
        }
    }

    /// A login with a password, and what is heard of its requests.
    pub async fn log_in(&self) -> (Rest, Heard) {
        self.try_log_in(password(), Some(by_id(PROJECT)), patient(), BTreeMap::new()).await.unwrap()
    }

    /// A login in which a service is elsewhere.
    pub async fn log_in_with(&self, service: &str, url: Url) -> (Rest, Heard) {
        let endpoints = BTreeMap::from([(service.to_owned(), url)]);
        self.try_log_in(password(), Some(by_id(PROJECT)), patient(), endpoints).await.unwrap()
    }

    /// Any login.
    pub async fn try_log_in(
        &self,
        credential: Credential,
        project: Option<Named>,
        policy: Policy,
        endpoints: BTreeMap<String, Url>,
    ) -> Result<(Rest, Heard), Error> {
        let (events, heard) = Emitter::channel();
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let auth = KeystoneAuth::new(&self.config(credential, project));
        let rest = Rest::log_in(client, auth, endpoints, policy, Observer::new(events, Some("a-case".into()))).await?;
        Ok((rest, Heard(heard)))
    }
}

/// The events of requests.
pub struct Heard(UnboundedReceiver<Incoming>);

impl Heard {
    /// Every request since the last look, logins left out.
    pub fn calls(&mut self) -> Vec<ApiCall> {
        let mut calls = self.all();
        calls.retain(|call| call.route != "/auth/tokens");
        calls
    }

    /// Every request since the last look.
    pub fn all(&mut self) -> Vec<ApiCall> {
        std::iter::from_fn(|| self.0.try_recv().ok())
            .filter_map(|incoming| match incoming {
                Incoming::Event(_, EventBody::ApiCall { case_name, call }) => {
                    assert_eq!(case_name.as_deref(), Some("a-case"));
                    Some(call)
                }
                _ => None,
            })
            .collect()
    }
}

/// A user's password.
pub fn password() -> Credential {
    let user = Named::Name { name: "tester".into(), domain: Domain::Name("Default".into()) };
    Credential::Password { user, password: PASSWORD.to_owned().into() }
}

/// Something by its id.
pub fn by_id(id: &str) -> Named {
    Named::Id(id.to_owned())
}

/// Long deadlines, short pauses.
pub fn patient() -> Policy {
    Policy {
        connect: Duration::from_secs(60),
        request: Duration::from_secs(120),
        repetitions: 3,
        first_delay: Duration::from_millis(1),
        ..Policy::default()
    }
}

/// A port at which nobody listens.
pub fn refusing() -> Url {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap()).parse().unwrap()
}

/// A ledger in `folder` in which requests settle after so many seconds.
pub fn journal(folder: &std::path::Path, settle_seconds: f64) -> Arc<Journal> {
    journal_with(folder, settle_seconds, CloudIdentity::default())
}

/// A ledger in `folder` of a run of that user.
pub fn journal_of(folder: &std::path::Path, user: &str) -> Arc<Journal> {
    journal_with(folder, 0.0, CloudIdentity { user: Some(user.to_owned()), ..CloudIdentity::default() })
}

fn journal_with(folder: &std::path::Path, settle_seconds: f64, cloud: CloudIdentity) -> Arc<Journal> {
    let head = Head {
        version: VERSION,
        run_id: "20260101-abcdef".into(),
        places: BTreeMap::from([(CLOUD.to_owned(), serde_json::to_value(cloud).unwrap())]),
        started: chrono::Utc::now(),
        settle_seconds,
        folder: None,
    };
    Arc::new(Journal::create(folder, head).unwrap())
}
