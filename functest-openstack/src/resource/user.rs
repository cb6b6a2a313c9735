// SPDX-License-Identifier: Apache-2.0
//! Users (Keystone).

use serde::Deserialize;

use super::{Kind, Mark, Owns, Removal, Resource, id_and_name};
use crate::service::Service;

/// A user.
#[derive(Clone, Debug, Deserialize)]
pub struct User {
    /// Its id.
    pub id: String,
    /// Its name, unique in its domain.
    pub name: String,
    /// Its domain.
    #[serde(default)]
    pub domain_id: String,
    /// Whether it can log in.
    #[serde(default)]
    pub enabled: bool,
}

impl Resource for User {
    const KIND: Kind = Kind {
        name: "user",
        service: Service::Identity,
        collection: "/users",
        list: "",
        item: "/users/{id}",
        singular: "user",
        plural: "users",
        everywhere: &[],
        mark: Mark::Name,
        owner: None,
        microversion: None,
        removal: Removal { owns: Owns::Others, ..Removal::PLAIN },
    };

    id_and_name!();
}
