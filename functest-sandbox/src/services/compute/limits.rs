// SPDX-License-Identifier: Apache-2.0
//! Limits: a project's quotas and what is used of them, in one answer.

use serde_json::json;

use super::{microversion, quota};
use crate::api::{Answer, ApiError, Call, Document, Reply, Route};
use crate::services::Cloud;

pub(super) const ROUTES: &[Route<Cloud>] = &[Route::get("/v2.1/limits", show)];

/// What is shown of each quota, and the microversion that dropped it.
const LIMITS: [(&str, &str, u16); 12] = [
    ("maxTotalInstances", "instances", u16::MAX),
    ("maxTotalCores", "cores", u16::MAX),
    ("maxTotalRAMSize", "ram", u16::MAX),
    ("maxServerMeta", "metadata_items", u16::MAX),
    ("maxImageMeta", "metadata_items", 39),
    ("maxPersonality", "injected_files", 57),
    ("maxPersonalitySize", "injected_file_content_bytes", 57),
    ("maxTotalKeypairs", "key_pairs", u16::MAX),
    ("maxServerGroups", "server_groups", u16::MAX),
    ("maxServerGroupMembers", "server_group_members", u16::MAX),
    ("maxTotalFloatingIps", "floating_ips", 36),
    ("maxSecurityGroups", "security_groups", 36),
];

fn show(cloud: &mut Cloud, call: &Call) -> Answer {
    let project = match call.query.get("tenant_id") {
        Some(other) if other != call.project_id() && !call.is_admin() => {
            return Err(ApiError::policy("os_compute_api:limits:other_project"));
        }
        Some(other) => other,
        None => call.project_id(),
    };
    let version = microversion::of(call);
    let state = &cloud.compute;
    let mut absolute: Document = LIMITS
        .iter()
        .filter(|(_, _, dropped)| version < *dropped)
        .map(|(shown, name, _)| ((*shown).to_owned(), json!(quota::limit(state, project, name))))
        .collect();
    let servers: Vec<_> = state.servers.of(project).collect();
    absolute.insert("totalRAMUsed".into(), json!(servers.iter().map(|server| server.ram()).sum::<i64>()));
    absolute.insert("totalCoresUsed".into(), json!(servers.iter().map(|server| server.vcpus()).sum::<i64>()));
    absolute.insert("totalInstancesUsed".into(), json!(servers.len()));
    absolute.insert("totalServerGroupsUsed".into(), json!(state.server_groups.count_of(project)));
    if version < 36 {
        absolute.insert("maxSecurityGroupRules".into(), json!(-1));
        absolute.insert("totalFloatingIpsUsed".into(), json!(0));
        absolute.insert("totalSecurityGroupsUsed".into(), json!(0));
    }
    Ok(Reply::ok(&json!({"limits": {"rate": [], "absolute": absolute}})))
}
