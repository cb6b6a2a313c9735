// SPDX-License-Identifier: Apache-2.0
//! Projects (Keystone).

use serde::Deserialize;

use super::{Kind, Mark, Owns, Removal, Resource, id_and_name};
use crate::error::Error;
use crate::rest::{Call, Rest};
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
        let request = rest.send(Call::delete(service, route, &[project]));
        let Ok(answer) = tokio::time::timeout(rest.policy().deletion / 8, request).await else {
            return Err(Error::Wait { what, message: "no answer".into() });
        };
        match answer {
            // A project that never had any answers 404; a cloud without the service has none to forget; and where nobody may
            // delete them nobody could set them.
            Err(error) if !error.is_missing() && !error.is_lasting() => {
                // It says nothing about the service that the project is of.
                return Err(Error::Wait { what, message: error.to_string() });
            }
            _ => {}
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
