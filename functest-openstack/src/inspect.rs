// SPDX-License-Identifier: Apache-2.0
//! What a cloud offers, for `functest openstack check`.

use reqwest::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use crate::connect::Connection;
use crate::error::Error;
use crate::rest::{Target, exchange};
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
    /// Why it does not answer.
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

impl Connection {
    /// Asks every service that functest knows for its versions.
    ///
    /// # Errors
    /// When the login does not hold any more.
    pub async fn inspect(&self) -> Result<CloudReport, Error> {
        let token = self.rest.token().await?;
        let mut services = Vec::new();
        for entry in &token.catalog.entries {
            let service = Service::from_name(&entry.service_type);
            let url = match service {
                Some(service) => self.rest.root(service).await.ok(),
                None => None,
            };
            let asked = match (service, url.as_ref().and_then(|url| url.parse().ok())) {
                (Some(service), Some(url)) => self.versions(service, &url).await,
                _ => Ok(None),
            };
            let (versions, problem) = match asked {
                Ok(versions) => (versions, None),
                Err(error) => (None, Some(error.to_string())),
            };
            services.push(ServiceReport {
                service_type: entry.service_type.clone(),
                name: entry.name.clone().unwrap_or_default(),
                url,
                versions,
                problem,
            });
        }
        Ok(CloudReport { services, roles: token.roles.clone(), is_admin: self.is_admin })
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
