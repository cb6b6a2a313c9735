// SPDX-License-Identifier: Apache-2.0
//! What there is to be had: zones, ways to make routers, free addresses.

use serde_json::{Value, json};

use super::State;
use super::asker::Asker;
use super::kind::{Kind, visible};
use super::network::Network;
use super::refusal::disallowed;
use super::subnet;
use super::subnet_value::ranges;
use crate::api::document::equals;
use crate::api::{Answer, ApiError, Call, Document, Read, Reply, Route};
use crate::services::Cloud;

pub(super) const ROUTES: &[Route<Cloud>] = &[
    Route::get("/v2.0/availability_zones", zones),
    Route::get("/v2.0/service-providers", providers),
    Route::get("/v2.0/network-ip-availabilities", all_addresses),
    Route::get("/v2.0/network-ip-availabilities/{id}", addresses),
];

fn zones(_: &mut Cloud, call: &Call) -> Answer {
    let zone = |resource: &str| json!({"state": "available", "name": "nova", "resource": resource});
    let mut zones = vec![zone("router"), zone("network")];
    for name in ["state", "name", "resource"].into_iter().filter(|name| call.query.has(name)) {
        zones.retain(|zone| call.query.all(name).any(|wanted| zone[name] == wanted));
    }
    Ok(Reply::ok(&json!({"availability_zones": zones})))
}

fn providers(_: &mut Cloud, _: &Call) -> Answer {
    let provider = json!({"service_type": "L3_ROUTER_NAT", "name": "single_node", "default": true});
    Ok(Reply::ok(&json!({"service_providers": [provider]})))
}

fn admin_only(call: &Call) -> Result<Asker, ApiError> {
    let asker = Asker::of(call)?;
    if asker.is_admin { Ok(asker) } else { Err(disallowed("get_network_ip_availability", None)) }
}

fn all_addresses(cloud: &mut Cloud, call: &Call) -> Answer {
    admin_only(call)?;
    let state = &cloud.network;
    let all = state.networks.values().map(|network| availability(state, network));
    let fits = |item: &Value| {
        ["network_id", "network_name", "tenant_id", "project_id"]
            .iter()
            .all(|name| !call.query.has(name) || call.query.all(name).any(|wanted| equals(&item[*name], wanted)))
    };
    let shown: Vec<Value> = all.filter(fits).collect();
    Ok(Reply::ok(&json!({"network_ip_availabilities": shown})))
}

fn addresses(cloud: &mut Cloud, call: &Call) -> Answer {
    let asker = admin_only(call)?;
    let network = visible::<Network>(&cloud.network, &asker, call.param("id"))?;
    Ok(Reply::ok(&json!({"network_ip_availability": availability(&cloud.network, network)})))
}

fn availability(state: &State, network: &Document) -> Value {
    let subnets = subnet::of_network(state, network.text("id"));
    let (mut used, mut total) = (0_usize, 0.0_f64);
    let mut shown: Vec<Value> = Vec::new();
    for subnet in subnets.iter().filter_map(|id| subnet::Subnet::table(state).get(id)) {
        let pools = ranges(subnet);
        let here: f64 = pools.iter().map(|(start, end)| end.saturating_sub(*start) as f64 + 1.0).sum();
        let taken = state.spaces.get(subnet.text("id")).map_or(0, |space| space.used(&pools));
        used = used.saturating_add(taken);
        total += here;
        shown.push(json!({
            "subnet_id": subnet["id"], "ip_version": subnet["ip_version"], "cidr": subnet["cidr"],
            "subnet_name": subnet["name"], "used_ips": taken, "total_ips": whole(here),
        }));
    }
    json!({
        "network_id": network["id"], "network_name": network["name"], "tenant_id": network["project_id"],
        "project_id": network["project_id"], "subnet_ip_availability": shown, "used_ips": used,
        "total_ips": whole(total),
    })
}

/// A count without a fraction, as far as a number of 64 bits reaches.
fn whole(count: f64) -> u64 {
    count as u64
}
