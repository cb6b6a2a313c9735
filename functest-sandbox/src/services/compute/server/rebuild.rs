// SPDX-License-Identifier: Apache-2.0
//! Servers made anew from an image, keeping what they are and where they are connected.

use http::StatusCode;
use serde_json::{Value, json};

use super::super::refusal::body;
use super::super::{microversion, quota};
use super::action::{allowed, record};
use super::create::{access, image};
use super::{find, find_mut, life, view};
use crate::api::schema::{Field, Type, optional, required};
use crate::api::{Answer, ApiError, Call, Read, Reply};
use crate::services::Cloud;

const FIELDS: [Field; 11] = [
    required("imageRef", Type::Any),
    optional("name", Type::Text(1, 255)),
    optional("adminPass", Type::Text(0, 255)),
    optional("metadata", Type::Object),
    optional("preserve_ephemeral", Type::LooseTruth),
    optional("OS-DCF:diskConfig", Type::OneOf(&["AUTO", "MANUAL"])),
    optional("accessIPv4", Type::Or(&Type::Text(0, 15))),
    optional("accessIPv6", Type::Or(&Type::Text(0, 45))),
    optional("description", Type::Or(&Type::Text(0, 255))),
    optional("key_name", Type::Or(&Type::Text(1, 255))),
    optional("user_data", Type::Or(&Type::Text(0, 65535))),
];

pub(super) fn rebuild(cloud: &mut Cloud, call: &Call) -> Answer {
    let asked = body(call, "rebuild", &FIELDS)?;
    let id = allowed(cloud, call, "rebuild", &["active", "stopped", "error"])?;
    let server = find(&cloud.compute, call)?.clone();
    let was = server.vm_state;
    let image_id = image(cloud, call, &asked, &server.flavor)?;
    let addresses = [access(&asked, "accessIPv4")?, access(&asked, "accessIPv6")?];
    let metadata = asked.get("metadata").and_then(Value::as_object);
    if let Some(metadata) = metadata {
        quota::check_metadata(&cloud.compute, &server.project_id, metadata)?;
    }
    if asked.contains_key("name") && asked.text("name").trim().is_empty() {
        return Err(ApiError::bad_request("Invalid input for field/attribute name. A name of spaces is none"));
    }
    let password = match asked.text("adminPass") {
        "" => cloud.random.word(12),
        given => given.to_owned(),
    };
    record(cloud, call, "rebuild")?;
    life::halt(cloud, &id);
    let server = find_mut(&mut cloud.compute, call)?;
    server.image_id = image_id;
    server.task_state = Some("rebuilding");
    server.fault = None;
    server.console.clear();
    if asked.contains_key("name") {
        server.name = asked.text("name").trim().to_owned();
    }
    if let Some(metadata) = metadata {
        server.metadata = metadata.clone();
    }
    if let Some(description) = asked.get("description") {
        server.description = description.as_str().map(str::to_owned);
    }
    if asked.contains_key("OS-DCF:diskConfig") {
        server.disk_config = asked.text("OS-DCF:diskConfig").to_owned();
    }
    for (place, address) in addresses.into_iter().enumerate() {
        if !address.is_empty() {
            server.access[place] = address;
        }
    }
    let mut shown = view::after_change(cloud, call, find(&cloud.compute, call)?);
    shown["adminPass"] = json!(password);
    if microversion::of(call) >= 57 {
        shown["user_data"] = json!(find(&cloud.compute, call)?.user_data);
    }
    cloud.after(cloud.options.build_time, id.clone(), if was == "stopped" { rebuilt_stopped } else { rebuilt });
    let location = format!("{}/v2.1/servers/{id}", call.base);
    Ok(Reply::json(StatusCode::ACCEPTED, &json!({ "server": shown })).location(location))
}

fn goes_on(cloud: &Cloud, id: &str) -> bool {
    cloud.compute.servers.get(id).is_some_and(|server| server.task_state == Some("rebuilding"))
}

fn rebuilt(cloud: &mut Cloud, id: &str) {
    if goes_on(cloud, id) {
        life::settle(cloud, id, "active", 1);
        life::boot(cloud, id);
    }
}

/// One that was stopped is so again.
fn rebuilt_stopped(cloud: &mut Cloud, id: &str) {
    if goes_on(cloud, id) {
        life::settle(cloud, id, "stopped", 4);
    }
}
