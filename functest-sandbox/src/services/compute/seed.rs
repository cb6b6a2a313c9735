// SPDX-License-Identifier: Apache-2.0
//! The flavors and the host that every sandbox starts with: those of the devcloud.

use serde_json::json;

use crate::api::{Start, document};
use crate::services::Cloud;

/// Name, MiB of memory, GiB of disk, processors.
const FLAVORS: [(&str, u32, u32, u32); 5] = [
    ("m1.nano", 128, 1, 1),
    ("m1.micro", 192, 1, 1),
    ("m1.tiny", 512, 1, 1),
    ("m1.small", 2048, 20, 1),
    ("m1.medium", 4096, 40, 2),
];

/// The one compute host.
pub(crate) const HOST: &str = "sandbox";

pub(super) fn seed(cloud: &mut Cloud, _: &Start<'_, Cloud>) {
    for (name, ram, disk, vcpus) in FLAVORS {
        let id = cloud.random.uuid();
        let flavor = document!({
            "id": id, "name": name, "ram": ram, "vcpus": vcpus, "disk": disk, "swap": "", "OS-FLV-EXT-DATA:ephemeral": 0,
            "OS-FLV-DISABLED:disabled": false, "os-flavor-access:is_public": true, "rxtx_factor": 1.0,
            "description": null, "extra_specs": {}, "access": [],
        });
        cloud.compute.flavors.insert(id, "", flavor);
    }
    let services = [("nova-conductor", "internal"), ("nova-scheduler", "internal"), ("nova-compute", "nova")];
    for (place, (binary, zone)) in (1_u32..).zip(services) {
        let host = document!({
            "id": place, "uuid": cloud.random.uuid(), "binary": binary, "host": HOST, "zone": zone, "status": "enabled",
            "state": "up", "disabled_reason": null, "forced_down": false, "hypervisor_id": json!(1),
        });
        cloud.compute.hosts.insert(place.to_string(), "", host);
    }
}
