// SPDX-License-Identifier: Apache-2.0
//! A server as the versions of the API show it.

use md5::Digest;
use serde_json::{Value, json};

use super::super::{availability_zone, list, microversion};
use super::{Server, address, find, security_group};
use crate::api::{Answer, Call, Document, Read, Reply, document};
use crate::ground::stamp;
use crate::services::Cloud;

/// What is no part of the answer to a change, in the versions before 2.75.
const ADDED: [&str; 5] =
    ["config_drive", "key_name", "os-extended-volumes:volumes_attached", "security_groups", "host_status"];

/// The state of a server that is deleted, and may be restored.
pub(super) const PUT_ASIDE: &str = "soft-delete";

/// What a server's states amount to for a user.
pub(crate) fn status(server: &Server) -> &'static str {
    match (server.vm_state, server.task_state) {
        ("active", Some("rebooting" | "reboot_pending" | "reboot_started")) => "REBOOT",
        ("active" | "stopped" | "error", Some("rebooting_hard" | "reboot_pending_hard" | "reboot_started_hard")) => {
            "HARD_REBOOT"
        }
        (_, Some("rebuilding" | "rebuild_spawning")) => "REBUILD",
        ("active", _) => "ACTIVE",
        ("building", _) => "BUILD",
        ("stopped", _) => "SHUTOFF",
        ("paused", _) => "PAUSED",
        ("suspended", _) => "SUSPENDED",
        ("error", _) => "ERROR",
        (PUT_ASIDE, _) => "SOFT_DELETED",
        _ => "UNKNOWN",
    }
}

pub(super) fn show(cloud: &mut Cloud, call: &Call) -> Answer {
    let server = find(&cloud.compute, call)?;
    Ok(Reply::ok(&json!({"server": full(cloud, call, server)})))
}

pub(super) fn brief(_: &Cloud, call: &Call, server: &Server) -> Value {
    json!({"id": server.id, "name": server.name, "links": list::links(call, "servers", &server.id)})
}

/// The whole of it.
pub(super) fn full(cloud: &Cloud, call: &Call, server: &Server) -> Value {
    let mut shown = document!({
        "id": server.id, "name": server.name, "status": status(server), "tenant_id": server.project_id,
        "user_id": server.user_id, "metadata": server.metadata, "hostId": host_id(server),
        "image": {"id": server.image_id, "links": list::bookmark(call, "images", &server.image_id)},
        "flavor": flavor(call, server), "created": stamp(server.created), "updated": stamp(server.updated),
        "addresses": address::of(cloud, &server.id, true), "accessIPv4": server.access[0], "accessIPv6": server.access[1],
        "links": list::links(call, "servers", &server.id), "OS-DCF:diskConfig": server.disk_config,
        "OS-EXT-AZ:availability_zone": zone(cloud, server),
        "config_drive": if server.config_drive { "True" } else { "" }, "key_name": server.key_name,
        "OS-SRV-USG:launched_at": server.launched.map(|time| time.format("%Y-%m-%dT%H:%M:%S%.6f").to_string()),
        "OS-SRV-USG:terminated_at": null,
        "OS-EXT-STS:task_state": server.task_state, "OS-EXT-STS:vm_state": server.vm_state,
        "OS-EXT-STS:power_state": server.power_state, "os-extended-volumes:volumes_attached": [],
    });
    if matches!(status(server), "ACTIVE" | "BUILD" | "REBUILD" | "ERROR" | "REBOOT") {
        shown.insert("progress".into(), json!(0));
    }
    if let Some(fault) = &server.fault {
        shown.insert("fault".into(), Value::Object(fault.clone()));
    }
    let groups = security_group::names(cloud, &server.id);
    if !groups.is_empty() {
        shown.insert("security_groups".into(), json!(groups));
    }
    if call.is_admin() {
        shown.extend(for_admins(call, server));
    }
    shown.extend(of_version(call, server));
    Value::Object(shown)
}

/// What is shown of a server where it was changed: nothing of what Nova's later extensions added.
pub(super) fn after_change(cloud: &Cloud, call: &Call, server: &Server) -> Value {
    let mut shown = full(cloud, call, server);
    if let Some(shown) = shown.as_object_mut() {
        let kept = |key: &str| key == "OS-DCF:diskConfig" || !(key.contains(':') || ADDED.contains(&key));
        shown.retain(|key, _| kept(key));
        if microversion::of(call) >= 54 {
            shown.insert("key_name".into(), json!(server.key_name));
        }
    }
    shown
}

fn flavor(call: &Call, server: &Server) -> Value {
    let flavor = &server.flavor;
    if microversion::of(call) < 47 {
        return json!({"id": flavor["id"], "links": list::bookmark(call, "flavors", flavor.text("id"))});
    }
    json!({
        "vcpus": flavor["vcpus"], "ram": flavor["ram"], "disk": flavor["disk"],
        "ephemeral": flavor["OS-FLV-EXT-DATA:ephemeral"], "swap": flavor["swap"].as_u64().unwrap_or_default(),
        "original_name": flavor["name"], "extra_specs": flavor["extra_specs"],
    })
}

fn zone(cloud: &Cloud, server: &Server) -> String {
    match &server.host {
        Some(host) => availability_zone::of_host(&cloud.compute, host),
        None => server.zone_wish.clone(),
    }
}

/// Tells a project which of its servers share a host, and no more.
fn host_id(server: &Server) -> String {
    let Some(host) = &server.host else { return String::new() };
    let sum = sha2::Sha256::digest(format!("{}{host}", server.project_id));
    sum.iter().take(28).map(|byte| format!("{byte:02x}")).collect()
}

fn for_admins(call: &Call, server: &Server) -> Document {
    let built = server.host.is_some();
    let mut shown = document!({
        "OS-EXT-SRV-ATTR:host": server.host, "OS-EXT-SRV-ATTR:hypervisor_hostname": server.host,
        "OS-EXT-SRV-ATTR:instance_name": if built { server.instance_name() } else { String::new() },
    });
    if microversion::of(call) >= 3 {
        shown.extend(document!({
            "OS-EXT-SRV-ATTR:reservation_id": server.reservation, "OS-EXT-SRV-ATTR:launch_index": server.launch_index,
            "OS-EXT-SRV-ATTR:hostname": server.host_name(), "OS-EXT-SRV-ATTR:kernel_id": "",
            "OS-EXT-SRV-ATTR:ramdisk_id": "", "OS-EXT-SRV-ATTR:root_device_name": if built { json!("/dev/vda") } else { Value::Null },
            "OS-EXT-SRV-ATTR:user_data": server.user_data,
        }));
    }
    if microversion::of(call) >= 16 {
        shown.insert("host_status".into(), json!(if built { "UP" } else { "" }));
    }
    shown
}

fn of_version(call: &Call, server: &Server) -> Document {
    let groups: Vec<&String> = server.group_id.iter().collect();
    [
        (9, "locked", json!(server.locked)),
        (19, "description", json!(server.description)),
        (26, "tags", json!(server.tags)),
        (63, "trusted_image_certificates", Value::Null),
        (71, "server_groups", json!(groups)),
    ]
    .into_iter()
    .filter(|(since, _, _)| microversion::of(call) >= *since)
    .map(|(_, key, value)| (key.to_owned(), value))
    .collect()
}
