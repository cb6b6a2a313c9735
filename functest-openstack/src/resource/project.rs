// SPDX-License-Identifier: Apache-2.0
//! Projects (Keystone).

use serde::Deserialize;

use super::{Kind, Mark, Resource, id_and_name};
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
    };

    id_and_name!();
}
