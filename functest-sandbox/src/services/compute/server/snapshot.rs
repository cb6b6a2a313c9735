// SPDX-License-Identifier: Apache-2.0
//! Images of servers.

use http::StatusCode;
use serde_json::{Value, json};

use super::super::refusal::body;
use super::super::{microversion, quota};
use super::action::{allowed, record};
use super::find;
use crate::api::schema::{Type, optional, required};
use crate::api::{Answer, ApiError, Call, Document, Read, Reply, document};
use crate::services::{Cloud, image};

/// What of an image belongs to it alone, and not to what is made from it.
const OWN: [&str; 16] = [
    "id",
    "owner",
    "name",
    "status",
    "size",
    "virtual_size",
    "checksum",
    "os_hash_algo",
    "os_hash_value",
    "created_at",
    "updated_at",
    "visibility",
    "protected",
    "tags",
    "os_hidden",
    "locations",
];

/// Makes an image of a server's disk. The guests of a sandbox keep nothing on theirs: it is a copy of their image.
pub(super) fn create(cloud: &mut Cloud, call: &Call) -> Answer {
    let asked = body(call, "createImage", &[required("name", Type::Text(1, 255)), optional("metadata", Type::Object)])?;
    let metadata = asked.get("metadata").and_then(Value::as_object).cloned().unwrap_or_default();
    quota::check_metadata(&cloud.compute, call.project_id(), &metadata)?;
    let server_id = allowed(cloud, call, "createImage", &["active", "stopped", "paused", "suspended"])?;
    record(cloud, call, "createImage")?;
    let server = find(&cloud.compute, call)?.clone();
    let gone = || ApiError::conflict(format!("The image of instance {server_id} is gone."));
    let upload = image::copy_of(cloud, &server.image_id).ok_or_else(gone)?;
    let mut copy = base(cloud, &server.image_id);
    copy.extend(document!({
        "name": asked.text("name").trim(), "visibility": "private", "image_type": "snapshot",
        "instance_uuid": server_id, "user_id": server.user_id, "base_image_ref": server.image_id,
    }));
    copy.extend(metadata.into_iter().filter(|(key, _)| !OWN.contains(&key.as_str())));
    let id = cloud.random.uuid();
    image::register(cloud, &id, call.project_id(), copy);
    image::fill(cloud, &id, upload);
    let reply = Reply::json(StatusCode::ACCEPTED, &json!({ "image_id": id }));
    match microversion::of(call) {
        ..45 => Ok(Reply::empty(StatusCode::ACCEPTED).location(format!("{}/images/{id}", call.base))),
        _ => Ok(reply),
    }
}

fn base(cloud: &Cloud, image_id: &str) -> Document {
    let mut kept = image::properties(cloud, image_id).cloned().unwrap_or_default();
    kept.retain(|key, _| !OWN.contains(&key.as_str()));
    kept
}
