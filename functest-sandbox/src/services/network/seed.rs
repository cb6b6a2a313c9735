// SPDX-License-Identifier: Apache-2.0
//! The network that every sandbox starts with: the one outside. Its addresses are on this machine, so that floating IPs
//! can be reached.

use super::agent;
use super::asker::Asker;
use super::attribute;
use super::kind::Kind;
use super::network::Network;
use super::security_group;
use super::subnet::Subnet;
use crate::api::{Document, Start, document};
use crate::services::Cloud;

pub(super) fn seed(cloud: &mut Cloud, _: &Start<'_, Cloud>) {
    agent::seed(cloud);
    let project_id = cloud.identity.project_id("admin");
    let asker = Asker::service(&project_id);
    let Some(network_id) = make::<Network>(cloud, &asker, document!({"name": "public", "router:external": true}))
    else {
        return;
    };
    let range = cloud.floating_network.trunc().to_string();
    let subnet = document!({
        "name": "public-subnet", "network_id": network_id, "ip_version": 4, "cidr": range, "enable_dhcp": false,
    });
    if make::<Subnet>(cloud, &asker, subnet).is_none() {
        tracing::warn!("the external network has no subnet: {range} cannot be one");
    }
    // They come with the first look at them; in a cloud that is in use somebody has had it.
    for project in ["admin", "demo"] {
        let project_id = cloud.identity.project_id(project);
        security_group::default_of(cloud, &project_id);
    }
}

fn make<K: Kind>(cloud: &mut Cloud, asker: &Asker, request: Document) -> Option<String> {
    let item = attribute::for_creation(K::ATTRIBUTES, K::NAME, asker, request).ok()?;
    K::create(cloud, asker, item).ok()
}
