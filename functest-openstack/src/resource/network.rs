// SPDX-License-Identifier: Apache-2.0
//! Networks (Neutron).

use serde::Deserialize;

use super::{Kind, Mark, Owner, Removal, Resource, id_and_name};
use crate::error::Error;
use crate::rest::Rest;
use crate::service::Service;

/// A network.
#[derive(Clone, Debug, Deserialize)]
pub struct Network {
    /// Its id.
    pub id: String,
    /// Its name; may be empty.
    #[serde(default)]
    pub name: String,
    /// Such as `ACTIVE`.
    #[serde(default)]
    pub status: String,
    /// Whether it is switched on.
    #[serde(default)]
    pub admin_state_up: bool,
    /// Whether it leads out of the cloud.
    #[serde(default, rename = "router:external")]
    pub external: bool,
    /// Its subnets.
    #[serde(default)]
    pub subnets: Vec<String>,
    /// Its project.
    #[serde(default)]
    pub project_id: String,
}

impl Network {
    /// The external network of that name or id, or the first one.
    ///
    /// # Errors
    /// As [`Rest::list`]; [`Error::Internal`] when there is none such.
    pub async fn external(rest: &Rest, name: Option<&str>) -> Result<Self, Error> {
        let all = rest.all::<Self>(&[("router:external", "true")]).await?;
        let names: Vec<String> = all.iter().map(|network| network.name.clone()).collect();
        let wanted = |network: &Self| name.is_none_or(|name| network.name == name || network.id == name);
        all.into_iter().find(wanted).ok_or_else(|| match name {
            Some(name) => Error::Internal(format!("no external network is called `{name}`; there are: {names:?}")),
            None => Error::Internal("the cloud has no external network".into()),
        })
    }
}

impl Resource for Network {
    const KIND: Kind = Kind {
        name: "network",
        service: Service::Network,
        collection: "/networks",
        list: "",
        item: "/networks/{id}",
        singular: "network",
        plural: "networks",
        everywhere: &[],
        mark: Mark::Description,
        owner: Owner::PROJECT,
        microversion: None,
        removal: Removal::PLAIN,
    };

    id_and_name!();
}
