// SPDX-License-Identifier: Apache-2.0
//! What a cloud offers, for `functest openstack check`.

use reqwest::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use crate::connect::Connection;
use crate::error::Error;
use crate::rest::{Call, Target, exchange};
use crate::service::{self, Service};

/// A service of the catalog.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ServiceReport {
    /// Its type in the catalog.
    pub service_type: String,
    /// Its name in the catalog.
    pub name: String,
    /// Where functest sends requests; `None` when it has no use for the service, or there is no such endpoint.
    pub url: Option<String>,
    /// The versions it says it speaks.
    pub versions: Option<String>,
    /// Why it cannot be used: it does not answer, or refuses what every case begins with.
    pub problem: Option<String>,
}

/// What a cloud offers, and to whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CloudReport {
    /// Every service of the catalog.
    pub services: Vec<ServiceReport>,
    /// The roles of the credential.
    pub roles: Vec<String>,
    /// Whether the credential is an administrator's.
    pub is_admin: bool,
}

impl ServiceReport {
    /// Whether functest has a use for it.
    pub fn is_used(&self) -> bool {
        Service::from_name(&self.service_type).is_some()
    }
}

impl CloudReport {
    /// Why that service cannot be used, where it is one of the catalog's.
    pub fn problem_of(&self, service: Service) -> Option<&str> {
        let of_type = |report: &&ServiceReport| Service::from_name(&report.service_type) == Some(service);
        self.services.iter().filter(of_type).find_map(|report| report.problem.as_deref())
    }
}

impl Connection {
    /// Asks every service that functest knows for its versions, and for a list, as cases will do.
    ///
    /// # Errors
    /// When the login does not hold any more.
    pub async fn inspect(&self) -> Result<CloudReport, Error> {
        let token = self.rest.token().await?;
        let mut services = Vec::new();
        for entry in &token.catalog.entries {
            services.push(self.report(&entry.service_type, entry.name.as_deref()).await);
        }
        for service in Service::ALL {
            let is_listed = services.iter().any(|report| Service::from_name(&report.service_type) == Some(service));
            if !is_listed && self.is_expected(service).await {
                services.push(self.report(service.name(), None).await);
            }
        }
        Ok(CloudReport { services, roles: token.roles.clone(), is_admin: self.is_admin })
    }

    /// Whether a service that is not in the catalog is named by the user, or has to be there.
    async fn is_expected(&self, service: Service) -> bool {
        match self.rest.root(service).await {
            Ok(_) => true,
            Err(error) => matches!(error, Error::NoService { required: true, .. }),
        }
    }

    async fn report(&self, service_type: &str, name: Option<&str>) -> ServiceReport {
        let mut report = ServiceReport {
            service_type: service_type.to_owned(),
            name: name.unwrap_or_default().to_owned(),
            url: None,
            versions: None,
            problem: None,
        };
        let Some(service) = Service::from_name(service_type) else { return report };
        match self.rest.root(service).await {
            Ok(url) => {
                (report.versions, report.problem) = self.look_at(service, &url).await;
                report.url = Some(url);
            }
            Err(Error::NoService { required: false, .. }) => {}
            Err(error) => report.problem = Some(error.to_string()),
        }
        report
    }

    /// The versions of a service, and why it cannot be used.
    async fn look_at(&self, service: Service, root: &str) -> (Option<String>, Option<String>) {
        let versions = match root.parse() {
            Ok(root) => self.versions(service, &root).await,
            Err(_) => Ok(None),
        };
        match versions {
            Ok(versions) => (versions, self.list_something(service).await.err().map(|error| error.to_string())),
            Err(error) => (None, Some(error.to_string())),
        }
    }

    /// Asks for a list at the URL that cases use, with the token that they use. That a service tells its versions says nothing
    /// about that.
    async fn list_something(&self, service: Service) -> Result<(), Error> {
        let Some((route, key)) = list_for_everybody(service) else { return Ok(()) };
        let answer = self.rest.send(Call::get(service, route, &[]).query("limit", "1")).await?;
        if answer.json()?.get(key).is_some_and(Value::is_array) {
            return Ok(());
        }
        Err(answer.unexpected(format!("no list `{key}` in the answer")))
    }

    async fn versions(&self, service: Service, root: &Url) -> Result<Option<String>, Error> {
        let target = Target {
            service,
            method: Method::GET,
            route: "/".into(),
            url: service::versions_url(root),
            repeatable: true,
            deadline: None,
            secret: None,
        };
        let session = self.rest.session();
        // Nobody needs a token to ask for versions.
        let prepare = || async { Ok(session.client().inner().get(target.url.clone())) };
        let answer = match exchange(self.rest.policy(), self.rest.observer(), &target, prepare).await {
            Ok(answer) => answer,
            // It answers; that it has no page of versions is its own business.
            Err(error) if matches!(error.status(), Some(300..=499)) => return Ok(None),
            Err(error) => return Err(error),
        };
        Ok(answer.json().ok().as_ref().and_then(version_in))
    }
}

/// A list of the service that any user of a project may see, and its key. Placement's are for administrators.
fn list_for_everybody(service: Service) -> Option<(&'static str, &'static str)> {
    match service {
        Service::Identity => Some(("/auth/projects", "projects")),
        Service::Image => Some(("/images", "images")),
        Service::Compute => Some(("/servers", "servers")),
        Service::Network => Some(("/networks", "networks")),
        Service::BlockStorage => Some(("/volumes", "volumes")),
        Service::Orchestration => Some(("/stacks", "stacks")),
        _ => None,
    }
}

/// The version that a version document speaks of, with its range of microversions.
fn version_in(document: &Value) -> Option<String> {
    let version = match document {
        Value::Object(map) if map.get("id").is_some_and(Value::is_string) => Some(document),
        Value::Object(map) => return map.values().find_map(version_in),
        Value::Array(versions) => versions.iter().find(|v| v["status"] == "CURRENT").or_else(|| versions.last()),
        _ => None,
    }?;
    let text = |key: &str| version.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
    let id = text("id")?;
    let newest = text("version").or_else(|| text("max_version"));
    Some(match (text("min_version"), newest) {
        (Some(oldest), Some(newest)) => format!("{id} ({oldest} - {newest})"),
        _ => id.to_owned(),
    })
}
