// SPDX-License-Identifier: Apache-2.0
//! Security groups of servers, which are those of their ports.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::find;
use crate::api::{Answer, Call, Document, Read, Reply};
use crate::services::Cloud;
use crate::services::network::for_servers;

fn groups(cloud: &Cloud, server_id: &str) -> Vec<Document> {
    let ports = for_servers::ports_of_device(cloud, server_id);
    let ids: BTreeSet<&str> =
        ports.iter().flat_map(|port| port.items("security_groups")).filter_map(Value::as_str).collect();
    ids.into_iter().filter_map(|id| for_servers::security_group(cloud, id)).collect()
}

/// Their names, once for each port that has them.
pub(super) fn names(cloud: &Cloud, server_id: &str) -> Vec<Value> {
    let ports = for_servers::ports_of_device(cloud, server_id);
    let ids = ports.iter().flat_map(|port| port.items("security_groups")).filter_map(Value::as_str);
    ids.filter_map(|id| for_servers::security_group(cloud, id)).map(|group| json!({"name": group["name"]})).collect()
}

pub(super) fn list(cloud: &mut Cloud, call: &Call) -> Answer {
    let server = find(&cloud.compute, call)?;
    let shown: Vec<Value> = groups(cloud, &server.id)
        .iter()
        .map(|group| {
            json!({
                "id": group["id"], "name": group["name"], "description": group["description"],
                "tenant_id": group["project_id"], "rules": [],
            })
        })
        .collect();
    Ok(Reply::ok(&json!({"security_groups": shown})))
}
