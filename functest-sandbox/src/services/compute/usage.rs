// SPDX-License-Identifier: Apache-2.0
//! What projects have used: servers that are there now, by their hours.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::server::Server;
use crate::api::{Answer, ApiError, Call, Reply, Route};
use crate::services::Cloud;

pub(super) const ROUTES: &[Route<Cloud>] = &[
    Route::get("/v2.1/os-simple-tenant-usage", list).admin("os_compute_api:os-simple-tenant-usage:list"),
    Route::get("/v2.1/os-simple-tenant-usage/{project_id}", show),
];

fn usage<'s>(project: &str, servers: impl Iterator<Item = &'s Server>, now: DateTime<Utc>) -> Option<Value> {
    let (mut hours, mut memory, mut cores, mut start) = (0.0, 0.0, 0.0, now);
    let mut each = Vec::new();
    for server in servers {
        let lived = (now - server.created).num_seconds().max(0) as f64 / 3600.0;
        hours += lived;
        memory += lived * server.ram() as f64;
        cores += lived * server.vcpus() as f64;
        start = start.min(server.created);
        each.push(json!({
            "instance_id": server.id, "name": server.name, "hours": lived, "vcpus": server.vcpus(),
            "memory_mb": server.ram(), "local_gb": server.flavor["disk"], "flavor": server.flavor["name"],
            "tenant_id": project, "started_at": server.created.format("%Y-%m-%dT%H:%M:%S%.6f").to_string(),
            "ended_at": null, "state": server.vm_state, "uptime": (now - server.created).num_seconds(),
        }));
    }
    (!each.is_empty()).then(|| {
        json!({
            "tenant_id": project, "total_hours": hours, "total_memory_mb_usage": memory, "total_vcpus_usage": cores,
            "total_local_gb_usage": 0.0, "start": start.format("%Y-%m-%dT%H:%M:%S%.6f").to_string(),
            "stop": now.format("%Y-%m-%dT%H:%M:%S%.6f").to_string(), "server_usages": each,
        })
    })
}

fn list(cloud: &mut Cloud, call: &Call) -> Answer {
    let now = cloud.clock.now();
    let detailed = call.query.get("detailed") == Some("1");
    let projects: std::collections::BTreeSet<&str> =
        cloud.compute.servers.values().map(|server| server.project_id.as_str()).collect();
    let usages = projects.into_iter().filter_map(|project| {
        let mut usage = usage(project, cloud.compute.servers.of(project), now)?;
        if !detailed && let Some(usage) = usage.as_object_mut() {
            usage.remove("server_usages");
        }
        Some(usage)
    });
    Ok(Reply::ok(&json!({"tenant_usages": usages.collect::<Vec<_>>()})))
}

fn show(cloud: &mut Cloud, call: &Call) -> Answer {
    let project = call.param("project_id");
    if !call.may_touch(project) {
        return Err(ApiError::policy("os_compute_api:os-simple-tenant-usage:show"));
    }
    let usage = usage(project, cloud.compute.servers.of(project), cloud.clock.now());
    Ok(Reply::ok(&json!({"tenant_usage": usage.unwrap_or_else(|| json!({}))})))
}
