// SPDX-License-Identifier: Apache-2.0
//! Hypervisors: one for each compute host.

use serde_json::{Value, json};

use super::{State, microversion};
use crate::api::{Answer, ApiError, Call, Document, Read, Reply, Route};
use crate::services::Cloud;

pub(super) const ROUTES: &[Route<Cloud>] = &[
    Route::get("/v2.1/os-hypervisors", list).admin("os_compute_api:os-hypervisors:list"),
    Route::get("/v2.1/os-hypervisors/detail", detail).admin("os_compute_api:os-hypervisors:list-detail"),
    Route::get("/v2.1/os-hypervisors/statistics", statistics).admin("os_compute_api:os-hypervisors:statistics"),
    Route::get("/v2.1/os-hypervisors/{id}", show).admin("os_compute_api:os-hypervisors:show"),
    Route::get("/v2.1/os-hypervisors/{id}/uptime", uptime).admin("os_compute_api:os-hypervisors:uptime"),
    Route::get("/v2.1/os-hypervisors/{id}/servers", servers).admin("os_compute_api:os-hypervisors:servers"),
    Route::get("/v2.1/os-hypervisors/{id}/search", search).admin("os_compute_api:os-hypervisors:search"),
];

const VCPUS: i64 = 64;
const MEMORY_MB: i64 = 262_144;
const DISK_GB: i64 = 4096;

fn computes(state: &State) -> impl Iterator<Item = &Document> {
    state.hosts.values().filter(|host| host.text("binary") == "nova-compute")
}

fn id(call: &Call, host: &Document) -> Value {
    if microversion::of(call) >= 53 { host["uuid"].clone() } else { host["hypervisor_id"].clone() }
}

fn brief(call: &Call, host: &Document) -> Value {
    json!({"id": id(call, host), "hypervisor_hostname": host["host"], "state": host["state"], "status": host["status"]})
}

/// How much of everything is used.
fn load(state: &State, host: &Document) -> Document {
    let here = || state.servers.values().filter(|server| server.host.as_deref() == Some(host.text("host")));
    let (vcpus, memory): (i64, i64) =
        here().fold((0, 512), |(vcpus, memory), server| (vcpus + server.vcpus(), memory + server.ram()));
    let disk: i64 = here().map(|server| server.flavor["disk"].as_i64().unwrap_or_default()).sum();
    crate::api::document!({
        "vcpus": VCPUS, "memory_mb": MEMORY_MB, "local_gb": DISK_GB, "vcpus_used": vcpus, "memory_mb_used": memory,
        "local_gb_used": disk, "free_ram_mb": MEMORY_MB - memory, "free_disk_gb": DISK_GB - disk,
        "current_workload": 0, "running_vms": here().count(), "disk_available_least": DISK_GB - disk,
    })
}

fn view(state: &State, call: &Call, host: &Document) -> Value {
    let cpu = json!({
        "arch": "x86_64", "model": "sandbox", "vendor": "functest", "features": ["fpu"],
        "topology": {"cells": 1, "sockets": 1, "cores": VCPUS, "threads": 1},
    });
    let mut shown = load(state, host);
    shown.extend(crate::api::document!({
        "id": id(call, host), "hypervisor_hostname": host["host"], "state": host["state"], "status": host["status"],
        "hypervisor_type": "QEMU", "hypervisor_version": 7_002_022, "host_ip": "127.0.0.1",
        "service": {
            "id": if microversion::of(call) >= 53 { host["uuid"].clone() } else { host["id"].clone() },
            "host": host["host"], "disabled_reason": host["disabled_reason"],
        },
        "cpu_info": if microversion::of(call) >= 28 { cpu } else { json!(cpu.to_string()) },
    }));
    Value::Object(shown)
}

fn find<'s>(state: &'s State, call: &Call) -> Result<&'s Document, ApiError> {
    let asked = call.param("id");
    let found = computes(state).find(|host| match id(call, host) {
        Value::String(text) => text == asked,
        number => number.as_u64().is_some_and(|number| asked.parse() == Ok(number)),
    });
    found.ok_or_else(|| ApiError::not_found(format!("Hypervisor with ID '{asked}' could not be found.")))
}

fn list(cloud: &mut Cloud, call: &Call) -> Answer {
    let all = computes(&cloud.compute).map(|host| brief(call, host)).collect();
    matching(call, all)
}

fn detail(cloud: &mut Cloud, call: &Call) -> Answer {
    let all = computes(&cloud.compute).map(|host| view(&cloud.compute, call, host)).collect();
    matching(call, all)
}

fn matching(call: &Call, mut all: Vec<Value>) -> Answer {
    if let Some(pattern) = call.query.get("hypervisor_hostname_pattern").filter(|_| microversion::of(call) >= 53) {
        all.retain(|hypervisor| hypervisor.text("hypervisor_hostname").contains(pattern));
        if all.is_empty() {
            return Err(ApiError::not_found(format!("No hypervisor matching '{pattern}' could be found.")));
        }
    }
    Ok(Reply::ok(&json!({"hypervisors": all})))
}

fn statistics(cloud: &mut Cloud, _: &Call) -> Answer {
    let mut sum = Document::new();
    for host in computes(&cloud.compute) {
        for (key, value) in load(&cloud.compute, host) {
            let so_far = sum.get(&key).and_then(Value::as_i64).unwrap_or_default();
            sum.insert(key, json!(so_far + value.as_i64().unwrap_or_default()));
        }
    }
    sum.insert("count".into(), json!(computes(&cloud.compute).count()));
    Ok(Reply::ok(&json!({"hypervisor_statistics": sum})))
}

fn show(cloud: &mut Cloud, call: &Call) -> Answer {
    let host = find(&cloud.compute, call)?;
    Ok(Reply::ok(&json!({"hypervisor": view(&cloud.compute, call, host)})))
}

fn uptime(cloud: &mut Cloud, call: &Call) -> Answer {
    let host = find(&cloud.compute, call)?;
    let mut shown = brief(call, host);
    shown["uptime"] = json!(" 00:00:00 up 1 day,  0:00,  0 users,  load average: 0.00, 0.00, 0.00");
    Ok(Reply::ok(&json!({"hypervisor": shown})))
}

/// By name, both of these, in the versions that have them.
fn named(cloud: &Cloud, call: &Call) -> Result<Vec<Document>, ApiError> {
    if microversion::of(call) >= 53 {
        return Err(ApiError::not_found("The resource could not be found.").kind(ApiError::ROUTE));
    }
    let name = call.param("id");
    let found: Vec<Document> =
        computes(&cloud.compute).filter(|host| host.text("host").contains(name)).cloned().collect();
    if found.is_empty() {
        Err(ApiError::not_found(format!("No hypervisor matching '{name}' could be found.")))
    } else {
        Ok(found)
    }
}

fn servers(cloud: &mut Cloud, call: &Call) -> Answer {
    let hypervisors = named(cloud, call)?.into_iter().map(|host| {
        let here = cloud.compute.servers.values().filter(|server| server.host.as_deref() == Some(host.text("host")));
        let servers: Vec<Value> =
            here.map(|server| json!({"uuid": server.id, "name": server.instance_name()})).collect();
        let mut shown = brief(call, &host);
        if !servers.is_empty() {
            shown["servers"] = json!(servers);
        }
        shown
    });
    Ok(Reply::ok(&json!({"hypervisors": hypervisors.collect::<Vec<_>>()})))
}

fn search(cloud: &mut Cloud, call: &Call) -> Answer {
    let found: Vec<Value> = named(cloud, call)?.iter().map(|host| brief(call, host)).collect();
    Ok(Reply::ok(&json!({"hypervisors": found})))
}
