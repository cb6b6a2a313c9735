// SPDX-License-Identifier: Apache-2.0
//! Nova's extensions: since microversions came, a list that never changes.

use serde_json::{Value, json};

use crate::api::{Answer, ApiError, Call, Reply, Route};
use crate::services::Cloud;

pub(super) const ROUTES: &[Route<Cloud>] =
    &[Route::get("/v2.1/extensions", list), Route::get("/v2.1/extensions/{alias}", show)];

const EXTENSIONS: [(&str, &str); 22] = [
    ("OS-DCF", "DiskConfig"),
    ("OS-EXT-AZ", "ExtendedAvailabilityZone"),
    ("OS-EXT-IPS", "ExtendedIps"),
    ("OS-EXT-IPS-MAC", "ExtendedIpsMac"),
    ("OS-EXT-SRV-ATTR", "ExtendedServerAttributes"),
    ("OS-EXT-STS", "ExtendedStatus"),
    ("OS-FLV-DISABLED", "FlavorDisabled"),
    ("OS-FLV-EXT-DATA", "FlavorExtraData"),
    ("OS-SCH-HNT", "SchedulerHints"),
    ("OS-SRV-USG", "ServerUsage"),
    ("os-aggregates", "Aggregates"),
    ("os-attach-interfaces", "AttachInterfaces"),
    ("os-availability-zone", "AvailabilityZone"),
    ("os-consoles", "Consoles"),
    ("os-flavor-access", "FlavorAccess"),
    ("os-flavor-extra-specs", "FlavorExtraSpecs"),
    ("os-flavor-manage", "FlavorManage"),
    ("os-hypervisors", "Hypervisors"),
    ("os-instance-actions", "InstanceActions"),
    ("os-keypairs", "Keypairs"),
    ("os-quota-sets", "Quotas"),
    ("os-services", "Services"),
];

fn extension((alias, name): (&str, &str)) -> Value {
    json!({
        "alias": alias, "name": name, "description": name, "links": [], "updated": "2014-12-03T00:00:00Z",
        "namespace": "http://docs.openstack.org/compute/ext/fake_xml",
    })
}

fn list(_: &mut Cloud, _: &Call) -> Answer {
    Ok(Reply::ok(&json!({"extensions": EXTENSIONS.map(extension)})))
}

fn show(_: &mut Cloud, call: &Call) -> Answer {
    match EXTENSIONS.into_iter().find(|(alias, _)| *alias == call.param("alias")) {
        Some(found) => Ok(Reply::ok(&json!({"extension": extension(found)}))),
        None => Err(ApiError::not_found(format!("Extension {} could not be found.", call.param("alias")))),
    }
}
