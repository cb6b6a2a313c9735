// SPDX-License-Identifier: Apache-2.0
//! Availability zones: `nova`, and those that aggregates make of their hosts.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::State;
use crate::api::{Answer, Call, Document, Read, Reply, Route};
use crate::services::Cloud;

pub(super) const ROUTES: &[Route<Cloud>] = &[
    Route::get("/v2.1/os-availability-zone", list),
    Route::get("/v2.1/os-availability-zone/detail", detail).admin("os_compute_api:os-availability-zone:detail"),
];

/// The zone of whatever no aggregate has put into another.
pub(super) const DEFAULT: &str = "nova";

/// The zone that a host is in.
pub(super) fn of_host(state: &State, host: &str) -> String {
    let zone = state.aggregates.values().find_map(|aggregate| {
        let member = aggregate.items("hosts").iter().any(|member| member == host);
        aggregate.get("availability_zone").and_then(Value::as_str).filter(|_| member)
    });
    zone.unwrap_or(DEFAULT).to_owned()
}

/// The hosts of each zone that servers can be in.
pub(super) fn zones(state: &State) -> BTreeMap<String, Vec<&Document>> {
    let mut zones: BTreeMap<String, Vec<&Document>> = BTreeMap::new();
    for host in state.hosts.values().filter(|host| host.text("binary") == "nova-compute") {
        zones.entry(of_host(state, host.text("host"))).or_default().push(host);
    }
    zones
}

fn list(cloud: &mut Cloud, _: &Call) -> Answer {
    let zone = |name: &String| json!({"zoneName": name, "zoneState": {"available": true}, "hosts": null});
    let zones: Vec<Value> = zones(&cloud.compute).keys().map(zone).collect();
    Ok(Reply::ok(&json!({"availabilityZoneInfo": zones})))
}

fn detail(cloud: &mut Cloud, _: &Call) -> Answer {
    let now = cloud.clock.bare_stamp();
    let services = |hosts: &[&Document]| {
        let mut by_host = Document::new();
        for host in hosts {
            let entry = by_host.entry(host.text("host").to_owned()).or_insert_with(|| json!({}));
            entry[host.text("binary")] = json!({
                "available": host.text("state") == "up", "active": host.text("status") == "enabled", "updated_at": now,
            });
        }
        by_host
    };
    let zone = |name: &str, hosts: &[&Document]| json!({"zoneName": name, "zoneState": {"available": true}, "hosts": services(hosts)});
    let inner: Vec<&Document> =
        cloud.compute.hosts.values().filter(|host| host.text("binary") != "nova-compute").collect();
    let mut shown = vec![zone("internal", &inner)];
    shown.extend(zones(&cloud.compute).iter().map(|(name, hosts)| zone(name, hosts)));
    Ok(Reply::ok(&json!({"availabilityZoneInfo": shown})))
}
