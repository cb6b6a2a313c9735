// SPDX-License-Identifier: Apache-2.0
//! NeutronUtilsFloatingIpTests.

use functest_core::case::{Check, CheckError, check};
use functest_openstack::resource::{FloatingIp, Network};
use serde_json::json;

use super::Api;
use crate::healthcheck::check::same;

pub(super) const CHECKS: &[Check<Api>] = &[check(
    "NeutronUtilsFloatingIpTests.floating_ips",
    "a new floating IP is one more in its project's list, and is found by its address",
    |api| Box::pin(floating_ips(api)),
)];

async fn floating_ips(api: &Api) -> Result<(), CheckError> {
    let rest = api.user().rest();
    let external = Network::external(rest, api.settings.external_network.as_deref()).await?;
    let own = [("project_id", api.cloud.project_id.as_str())];
    let before = rest.all::<FloatingIp>(&own).await?.len();
    let floating_ip: FloatingIp = api.user().create(json!({"floating_network_id": external.id})).await?;
    let after = rest.all::<FloatingIp>(&own).await?.len();
    same("floating IPs of the project", before + 1, after)?;
    let found = rest.all::<FloatingIp>(&[("floating_ip_address", &floating_ip.floating_ip_address)]).await?;
    same("the ids of that address", vec![floating_ip.id], found.into_iter().map(|ip| ip.id).collect())
}
