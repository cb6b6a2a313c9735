// SPDX-License-Identifier: Apache-2.0
//! A project and a user for each case; with a credential that is no administrator's, the given project, one case at a
//! time.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use functest_core::case::{Needs, Resources};
use functest_core::environment::{Environment, EnvironmentError, Lease};
use functest_core::event::CleanUp;
use functest_core::ledger::Journal;
use functest_core::stop_point;
use secrecy::SecretString;
use serde_json::json;

use crate::clean::Cleaner;
use crate::connect::{Connection, Credential, Named};
use crate::error::Error;
use crate::resource::{Project, Resource, Role, User};
use crate::rest::Rest;
use crate::scope::Scope;
use crate::service::Service;

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

/// Makes a [`CaseCloud`] for each case.
#[derive(Clone, Debug)]
pub struct CloudEnvironment {
    connection: Connection,
    journal: Arc<Journal>,
    clean_deadline: Duration,
    services: Vec<Service>,
    role_names: Vec<String>,
}

impl CloudEnvironment {
    /// An environment in the cloud of `connection`. What it makes is written to `journal`; deleting is tried for
    /// `clean_deadline`.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub async fn new(connection: Connection, journal: Arc<Journal>, clean_deadline: Duration) -> Result<Self, Error> {
        let mut services = Vec::new();
        for service in Service::ALL {
            match connection.rest.root(service).await {
                Ok(_) => services.push(service),
                Err(Error::NoService { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        let role_names = ["member", "_member_"].map(str::to_owned).to_vec();
        Ok(Self { connection, journal, clean_deadline, services, role_names })
    }

    /// The role that a case's user gets, in place of `member` (`NEW_USER_ROLE`).
    #[must_use]
    pub fn with_role(mut self, name: &str) -> Self {
        self.role_names.insert(0, name.to_owned());
        self
    }

    fn cleaner(&self) -> Cleaner {
        Cleaner {
            rest: self.connection.rest.clone(),
            is_admin: self.connection.is_admin,
            journal: Arc::clone(&self.journal),
            deadline: self.clean_deadline,
        }
    }

    async fn make(&self, admin: Scope) -> Result<CaseCloud, Error> {
        let token = self.connection.rest.token().await?;
        let domain_id = token.project.as_ref().unwrap_or(&token.user).domain.id.clone();
        let name = admin.unique_name("project");
        let project: Project = admin.create(json!({"name": name, "domain_id": domain_id})).await?;
        // 122 random bits; the beginning is for clouds with rules about kinds of characters.
        let password = SecretString::from(format!("Aa1!{}", uuid::Uuid::new_v4().simple()));
        let name = admin.unique_name("user");
        let secret = secrecy::ExposeSecret::expose_secret(&password);
        let user: User = admin.create(json!({"name": name, "domain_id": domain_id, "password": secret})).await?;
        let names: Vec<&str> = self.role_names.iter().map(String::as_str).collect();
        Role::find(admin.rest(), &names).await?.grant(admin.rest(), &project.id, &user.id).await?;
        let credential = Credential::Password { user: Named::Id(user.id.clone()), password };
        let auth = self.connection.rest.auth().sibling(credential, Some(Named::Id(project.id.clone())));
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

    /// The given project itself.
    async fn given(&self, scope: Scope) -> Result<CaseCloud, Error> {
        let token = self.connection.rest.token().await?;
        let project =
            token.project.as_ref().ok_or_else(|| Error::Internal("the credential names no project".into()))?;
        Ok(CaseCloud {
            user: scope,
            admin: None,
            project_id: project.id.clone(),
            user_id: token.user.id.clone(),
            domain_id: project.domain.id.clone(),
            member_roles: self.role_names.clone(),
        })
    }

    fn base_rest(&self, case_name: &str) -> Rest {
        self.connection.rest.observed_by(self.connection.rest.observer().for_case(case_name))
    }
}

#[async_trait]
impl Environment for CloudEnvironment {
    fn capacity(&self) -> Option<usize> {
        (!self.connection.is_admin).then_some(1)
    }

    fn lacks(&self, needs: &Needs) -> Option<String> {
        if needs.admin && !self.connection.is_admin {
            return Some("it needs an administrator, and the given credential is none".into());
        }
        let required = &self.connection.rest.policy().required_services;
        // A case that needs a required service runs without it too, and fails by that.
        let expected = |service: Service| self.services.contains(&service) || required.contains(&service);
        let missing = needs.services.iter().find(|name| !Service::from_name(name).is_some_and(expected));
        missing.map(|name| format!("the cloud's catalog has no {name} service"))
    }

    async fn open(&self, case_name: &str, needs: &Needs) -> Result<Lease, EnvironmentError> {
        if !needs.a_cloud() {
            return Ok(Lease { case_name: case_name.to_owned(), resources: Resources::default() });
        }
        let scope = Scope::new(self.base_rest(case_name), Arc::clone(&self.journal), case_name);
        let made = if self.connection.is_admin { self.make(scope).await } else { self.given(scope).await };
        match made {
            Ok(cloud) => {
                stop_point::reach("project.opened");
                let mut resources = Resources::default();
                resources.insert(cloud);
                Ok(Lease { case_name: case_name.to_owned(), resources })
            }
            Err(error) => {
                let clean_up = self.cleaner().clean(Some(case_name)).await;
                let message = format!("cannot make a project for the case: {error}");
                Err(EnvironmentError { message, clean_up })
            }
        }
    }

    async fn close(&self, lease: Lease) -> CleanUp {
        if let Some(cloud) = lease.resources.get::<CaseCloud>() {
            cloud.user.settle().await;
        }
        self.cleaner().clean(Some(&lease.case_name)).await
    }
}
