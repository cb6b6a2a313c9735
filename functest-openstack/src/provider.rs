// SPDX-License-Identifier: Apache-2.0
//! A project and a user for each case; with a credential that is no administrator's, the given project, one case at a
//! time.

use std::collections::BTreeSet;
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use functest_core::case::Resources;
use functest_core::event::{CleanUp, Leftover};
use functest_core::ledger::{CLOUD, Journal};
use functest_core::need::Requirement;
use functest_core::provider::{ForCase, Offer, Provider, ProviderError};
use functest_core::stop_point;
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::sync::{Mutex, OnceCell, OwnedMutexGuard};

use crate::clean::Cleaner;
use crate::connect::{Connection, Credential, LoginScope, Named};
use crate::error::Error;
use crate::resource::{Kind, Project, Resource, Role, User};
use crate::rest::{Call, Rest};
use crate::scope::Scope;
use crate::service::Service;

/// Whether a cloud does not let anybody make projects or users: its policy forbids it, its identities are kept elsewhere, or what
/// stands before Keystone lets nobody write.
fn is_refused_for_good(error: &Error) -> bool {
    let is_forbidden = matches!(error.status(), Some(403 | 405 | 501));
    error.is_lasting() || is_forbidden || !error.is_silence() && error.status() == Some(404)
}

fn lock<T>(mutex: &std::sync::Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What it may take to write an answer down that has come in.
const WRITING_DOWN: Duration = Duration::from_secs(10);

/// What a case is given of a cloud. Look it up with `ctx.get::<CaseCloud>()`.
#[derive(Clone, Debug)]
pub struct CaseCloud {
    /// Makes things as the case's user, in the case's project.
    pub user: Scope,
    /// Makes things as an administrator; `None` when the given credential is none.
    pub admin: Option<Scope>,
    /// The case's project.
    pub project_id: String,
    /// The case's user.
    pub user_id: String,
    /// The domain that both are in.
    pub domain_id: String,
    /// The role of its user there, by name: the first of these that the cloud has.
    pub member_roles: Vec<String>,
}

/// What a cloud offers to cases. It meets requirements, and makes nothing: for whoever only wants to know.
#[derive(Clone, Debug)]
pub struct CloudOffers {
    connection: Connection,
    services: Vec<Service>,
    /// The aliases of Neutron's extensions, asked for once, when a case first needs one.
    extensions: Arc<OnceCell<Vec<String>>>,
}

/// Makes a [`CaseCloud`] for each case.
#[derive(Clone, Debug)]
pub struct CloudProvider {
    offers: CloudOffers,
    journal: Arc<Journal>,
    clean_deadline: Duration,
    role_names: Vec<String>,
    /// Whether cases work in the given project, though an administrator could make them one.
    in_given_project: bool,
    /// Held by the one case that works there.
    turn: Arc<Mutex<()>>,
    /// Numbers of what was said to be left of a case.
    left: Arc<std::sync::Mutex<BTreeSet<u64>>>,
}

/// That it is a case's turn to work in the given project. It is taken away when the case is closed, whoever still holds what the
/// case was given.
struct Turn(std::sync::Mutex<Option<OwnedMutexGuard<()>>>);

/// What is made for a case before it is handed over: its requests go on when the opening is given up.
struct Opening(Scope);

impl CloudOffers {
    /// What the cloud of `connection` offers.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub async fn new(connection: Connection) -> Result<Self, Error> {
        let mut services = Vec::new();
        for service in Service::ALL {
            match connection.rest.root(service).await {
                Ok(_) => services.push(service),
                Err(Error::NoService { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(Self { connection, services, extensions: Arc::default() })
    }

    async fn answer(&self, requirement: &Requirement) -> Offer {
        match requirement {
            Requirement::Cloud => Offer::Met,
            Requirement::Admin if self.connection.is_admin => Offer::Met,
            Requirement::Admin => {
                Offer::Lacking("it needs an administrator, and the given credential is not one's".into())
            }
            Requirement::Service { service } => self.offers_service(*service),
            Requirement::Extension { service, alias } => self.offers_extension(*service, alias).await,
            _ => Offer::NotMine,
        }
    }

    fn offers_service(&self, service: Service) -> Offer {
        let required = &self.connection.rest.policy().required_services;
        // A case that needs a required service runs without it too, and fails by that.
        if self.services.contains(&service) || required.contains(&service) {
            return Offer::Met;
        }
        Offer::Lacking(format!("it needs the {service} service, and the cloud's catalog has none"))
    }

    async fn offers_extension(&self, service: Service, alias: &str) -> Offer {
        if service != Service::Network {
            return Offer::Lacking(format!("it needs an extension of the {service} service, which lists none"));
        }
        match self.extensions.get_or_try_init(|| self.list_extensions()).await {
            Ok(aliases) if aliases.iter().any(|known| known == alias) => Offer::Met,
            Ok(_) => Offer::Lacking(format!("it needs Neutron's extension `{alias}`, which this cloud does not list")),
            // Whether it is there is not known: the case runs into whatever is wrong with Neutron, and says so.
            Err(_) => Offer::Met,
        }
    }

    async fn list_extensions(&self) -> Result<Vec<String>, Error> {
        let call = Call::get(Service::Network, "/extensions", &[]);
        let extensions = self.connection.rest.list(call, "extensions").await?;
        Ok(extensions.iter().map(|extension| Kind::text(extension, "alias").to_owned()).collect())
    }
}

#[async_trait]
impl Provider for CloudOffers {
    fn name(&self) -> &str {
        "cloud"
    }

    async fn offers(&self, requirement: &Requirement) -> Offer {
        self.answer(requirement).await
    }

    async fn open(&self, _case: ForCase<'_>, _resources: &mut Resources) -> Result<(), ProviderError> {
        Err(ProviderError::new("the cloud is only looked at here"))
    }
}

impl CloudProvider {
    /// A provider of the cloud that offers this. What it makes is written to `journal`; deleting is tried for
    /// `clean_deadline`.
    pub fn new(offers: CloudOffers, journal: Arc<Journal>, clean_deadline: Duration) -> Self {
        let role_names = ["member", "_member_"].map(str::to_owned).to_vec();
        Self {
            offers,
            journal,
            clean_deadline,
            role_names,
            in_given_project: false,
            turn: Arc::default(),
            left: Arc::default(),
        }
    }

    /// The role that a case's user gets, in place of `member` (`NEW_USER_ROLE`).
    #[must_use]
    pub fn with_role(mut self, name: &str) -> Self {
        self.role_names.insert(0, name.to_owned());
        self
    }

    /// Lets cases work in the given project, one at a time, also where an administrator could make a project for each.
    #[must_use]
    pub fn in_given_project(mut self) -> Self {
        self.in_given_project = true;
        self
    }

    fn cleaner(&self, own: Option<Rest>) -> Cleaner {
        Cleaner {
            rest: self.offers.connection.rest.clone(),
            is_admin: self.offers.connection.is_admin,
            own,
            journal: Arc::clone(&self.journal),
            deadline: self.clean_deadline,
        }
    }

    async fn make(&self, admin: Scope) -> Result<CaseCloud, Error> {
        let token = self.offers.connection.rest.token().await?;
        let domain_id = token.project.as_ref().unwrap_or(&token.user).domain.id.clone();
        let name = admin.unique_name("project");
        let in_domain = |mut attributes: Value| {
            // Without a word about it, it is the domain of the token.
            if !domain_id.is_empty() {
                attributes["domain_id"] = json!(domain_id);
            }
            attributes
        };
        let project: Project = admin.create(in_domain(json!({"name": name}))).await?;
        // 122 random bits; the beginning is for clouds with rules about kinds of characters.
        let password = SecretString::from(format!("Aa1!{}", uuid::Uuid::new_v4().simple()));
        let name = admin.unique_name("user");
        let secret = secrecy::ExposeSecret::expose_secret(&password);
        let user: User = admin.create(in_domain(json!({"name": name, "password": secret}))).await?;
        let names: Vec<&str> = self.role_names.iter().map(String::as_str).collect();
        Role::find(admin.rest(), &names).await?.grant(admin.rest(), &project.id, &user.id).await?;
        let credential = Credential::Password { user: Named::Id(user.id.clone()), password };
        let auth = self.offers.connection.rest.auth().sibling(credential, Some(LoginScope::project(&project.id)));
        let observer = admin.rest().observer().clone();
        let rest = admin.rest().log_in_as(auth, observer).await?;
        let within = [(Project::KIND.name, project.id.as_str()), (User::KIND.name, user.id.as_str())];
        Ok(CaseCloud {
            user: admin.with(rest, &within),
            admin: Some(admin),
            project_id: project.id.clone(),
            user_id: user.id.clone(),
            domain_id,
            member_roles: self.role_names.clone(),
        })
    }

    /// A project and a user of its own for the case, where the cloud makes them; else the given project.
    async fn cloud_for(&self, scope: Scope, resources: &mut Resources) -> Result<CaseCloud, Error> {
        let is_admin = self.offers.connection.is_admin;
        if is_admin && !self.in_given_project {
            match self.make(scope.clone()).await {
                Err(error) if is_refused_for_good(&error) => {
                    let message =
                        format!("the case works in the given project, because it cannot have one of its own: {error}");
                    scope.rest().observer().warn(message);
                    let turn = Arc::clone(&self.turn).lock_owned().await;
                    resources.insert(Turn(std::sync::Mutex::new(Some(turn))));
                    return self.given(scope, None).await;
                }
                made => return made,
            }
        }
        let admin = is_admin.then(|| scope.clone());
        self.given(scope, admin).await
    }

    /// The given project itself.
    async fn given(&self, scope: Scope, admin: Option<Scope>) -> Result<CaseCloud, Error> {
        let token = self.offers.connection.rest.token().await?;
        let project =
            token.project.as_ref().ok_or_else(|| Error::Internal("the credential names no project".into()))?;
        Ok(CaseCloud {
            user: scope,
            admin,
            project_id: project.id.clone(),
            user_id: token.user.id.clone(),
            domain_id: project.domain.id.clone(),
            member_roles: self.role_names.clone(),
        })
    }

    fn base_rest(&self, case_name: &str) -> Rest {
        self.offers.connection.rest.observed_by(self.offers.connection.rest.observer().for_case(case_name))
    }
}

#[async_trait]
impl Provider for CloudProvider {
    fn name(&self) -> &str {
        "cloud"
    }

    fn capacity(&self) -> Option<usize> {
        (!self.offers.connection.is_admin || self.in_given_project).then_some(1)
    }

    async fn offers(&self, requirement: &Requirement) -> Offer {
        self.offers.answer(requirement).await
    }

    async fn open(&self, case: ForCase<'_>, resources: &mut Resources) -> Result<(), ProviderError> {
        if !case.needs.a_cloud() {
            return Ok(());
        }
        let scope = Scope::new(self.base_rest(case.case_name), Arc::clone(&self.journal), case.case_name);
        resources.insert(Opening(scope.clone()));
        match self.cloud_for(scope, resources).await {
            Ok(cloud) => {
                stop_point::reach("project.opened");
                resources.insert(cloud);
                Ok(())
            }
            Err(error) => Err(ProviderError::new(format!("cannot make a project for the case: {error}"))),
        }
    }

    async fn close(&self, case_name: &str, resources: &Resources) -> CleanUp {
        let cloud = resources.get::<CaseCloud>();
        if let Some(opening) = resources.get::<Opening>() {
            // Where a case blocks its threads, an answer that is awaited on one of them does not come in.
            let longest = self.offers.connection.rest.policy().request + WRITING_DOWN;
            let _ = tokio::time::timeout(longest, opening.0.settle()).await;
        }
        let own = cloud.map(|cloud| cloud.user.rest().clone());
        let clean_up = self.cleaner(own).clean(Some(case_name)).await;
        let open = self.journal.open_in(CLOUD, Some(case_name));
        lock(&self.left).extend(open.iter().map(|entry| entry.intent.seq));
        if let Some(turn) = resources.get::<Turn>() {
            drop(lock(&turn.0).take());
        }
        clean_up
    }

    /// What was said to be left of a case has had its time. What else is open was written down after the case's clean-up, or its
    /// clean-up was given up in the middle.
    async fn end(&self) -> CleanUp {
        let mut total = CleanUp::default();
        let open = self.journal.open_in(CLOUD, None);
        let unsaid = open.iter().filter(|entry| !lock(&self.left).contains(&entry.intent.seq));
        let cases: BTreeSet<&str> = unsaid.map(|entry| entry.intent.scope.as_str()).collect();
        for case in cases {
            total.add(self.cleaner(None).clean(Some(case)).await);
        }
        total
    }

    fn left(&self, case_name: &str) -> Vec<Leftover> {
        let run_id = &self.journal.head().run_id;
        let reason = format!("its clean-up was given up; `functest openstack clean {run_id}` finishes it");
        let open = self.journal.open_in(CLOUD, Some(case_name));
        open.iter().map(|entry| Leftover { thing: entry.thing(), reason: reason.clone() }).collect()
    }
}
