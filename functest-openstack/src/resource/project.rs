// SPDX-License-Identifier: Apache-2.0
//! Projects (Keystone).

use serde::Deserialize;

use super::{Kind, Mark, Owns, Removal, Resource, id_and_name};
use crate::error::Error;
use crate::rest::{Answer, Call, Rest};
use crate::service::Service;

/// A project.
#[derive(Clone, Debug, Deserialize)]
pub struct Project {
    /// Its id.
    pub id: String,
    /// Its name, unique in its domain.
    pub name: String,
    /// Its domain.
    #[serde(default)]
    pub domain_id: String,
    /// Whether it can be used.
    #[serde(default)]
    pub enabled: bool,
}

/// Quotas that were set for a project stay behind when it is deleted, unless they are deleted first.
async fn forget_quotas(rest: &Rest, project: &str) -> Result<(), Error> {
    let quotas = [(Service::Compute, "/os-quota-sets/{project}"), (Service::Network, "/quotas/{project}")];
    for (service, route) in quotas {
        let what = format!("the {service} quotas of project {project} to be forgotten");
        let forgetting = until_believed(|| rest.send(Call::delete(service, route, &[project])));
        let Ok(answer) = tokio::time::timeout(rest.policy().deletion / 8, forgetting).await else {
            return Err(Error::Wait { what, message: "no answer".into() });
        };
        // It says nothing about the service that the project is of.
        answer.map_err(|error| Error::Wait { what, message: error.to_string() })?;
    }
    Ok(())
}

/// How often a service says that it has no quotas to delete, or that nobody may, before that is believed: there is no other sign.
const LEAST_REFUSED: usize = 3;

/// Asks until it is done. A project that never had any quotas answers 404; a cloud without the service has none to forget; and
/// where nobody may delete them nobody could set them.
async fn until_believed<F: Future<Output = Result<Answer, Error>>>(ask: impl Fn() -> F) -> Result<(), Error> {
    for _ in 0..LEAST_REFUSED {
        match ask().await {
            Ok(_) | Err(Error::NoService { .. }) => return Ok(()),
            Err(error) if error.is_missing() || error.is_lasting() => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

impl Resource for Project {
    const KIND: Kind = Kind {
        name: "project",
        service: Service::Identity,
        collection: "/projects",
        list: "",
        item: "/projects/{id}",
        singular: "project",
        plural: "projects",
        everywhere: &[],
        mark: Mark::Name,
        owner: None,
        microversion: None,
        removal: Removal {
            prepare: Some(|rest, id| Box::pin(forget_quotas(rest, id))),
            owns: Owns::Contents,
            ..Removal::PLAIN
        },
    };

    id_and_name!();
}
