// SPDX-License-Identifier: Apache-2.0
//! Security groups and their rules (Neutron). Rules end with their group.

use serde::Deserialize;
use serde_json::{Value, json};

use super::reading::optional_number;
use super::{Kind, Mark, Owner, Removal, Resource, id_and_name};
use crate::error::Error;
use crate::rest::{Call, Rest};
use crate::service::Service;

/// A security group.
#[derive(Clone, Debug, Deserialize)]
pub struct SecurityGroup {
    /// Its id.
    pub id: String,
    /// Its name; may be empty.
    #[serde(default)]
    pub name: String,
    /// Its project.
    #[serde(default)]
    pub project_id: String,
    /// Its rules.
    #[serde(default, rename = "security_group_rules")]
    pub rules: Vec<SecurityGroupRule>,
}

/// A rule of a security group.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct SecurityGroupRule {
    /// Its id.
    pub id: String,
    /// `ingress` or `egress`.
    #[serde(default)]
    pub direction: String,
    /// `IPv4` or `IPv6`.
    #[serde(default)]
    pub ethertype: String,
    /// Such as `tcp`; none for any.
    #[serde(default)]
    pub protocol: Option<String>,
    /// The first port; none for any.
    #[serde(default, deserialize_with = "optional_number")]
    pub port_range_min: Option<u16>,
    /// The last port; none for any.
    #[serde(default, deserialize_with = "optional_number")]
    pub port_range_max: Option<u16>,
    /// The other side's addresses; none for any.
    #[serde(default)]
    pub remote_ip_prefix: Option<String>,
}

impl SecurityGroup {
    /// Adds a rule, such as `{"direction": "ingress", "protocol": "icmp"}`.
    ///
    /// # Errors
    /// As [`Rest::send`].
    pub async fn add_rule(&self, rest: &Rest, mut rule: Value) -> Result<SecurityGroupRule, Error> {
        rule["security_group_id"] = json!(self.id);
        let body = json!({"security_group_rule": rule});
        let call = Call::post(Service::Network, "/security-group-rules", &[], body);
        rest.send(call).await?.read("security_group_rule")
    }
}

impl Resource for SecurityGroup {
    const KIND: Kind = Kind {
        name: "security_group",
        service: Service::Network,
        collection: "/security-groups",
        list: "",
        item: "/security-groups/{id}",
        singular: "security_group",
        plural: "security_groups",
        everywhere: &[],
        mark: Mark::Description,
        // A project's default group is made when its groups are listed.
        owner: Some(Owner { key: "project_id", looking_makes_one: true }),
        microversion: None,
        removal: Removal::PLAIN,
    };

    id_and_name!();
}
