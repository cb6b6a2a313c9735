// SPDX-License-Identifier: Apache-2.0
//! Images: what is told of them, and who sees and changes it.

use std::collections::BTreeSet;

use http::StatusCode;
use serde_json::{Value, json};

use super::info::{IMPORT_METHODS, STORE};
use super::{listing, patch};
use crate::api::schema::{Field, Type, check, check_value, optional, python};
use crate::api::{Answer, ApiError, Call, Document, Read, Reply, Route, document};
use crate::services::Cloud;

pub(super) const ROUTES: &[Route<Cloud>] = &[
    Route::get("/v2/images", listing::list),
    Route::post("/v2/images", create),
    Route::get("/v2/images/{image_id}", show),
    Route::patch("/v2/images/{image_id}", patch::update),
    Route::delete("/v2/images/{image_id}", delete),
];

pub(super) const VISIBILITIES: &[&str] = &["community", "public", "private", "shared"];
pub(super) const CONTAINER_FORMATS: &[&str] = &["ami", "ari", "aki", "bare", "ovf", "ova", "docker", "compressed"];
pub(super) const DISK_FORMATS: &[&str] =
    &["ami", "ari", "aki", "vhd", "vhdx", "vmdk", "raw", "qcow2", "vdi", "iso", "ploop"];

/// What a user may say of an image, besides properties of its own, which are texts.
const FIELDS: &[Field] = &[
    optional("id", Type::Text(0, 255)),
    optional("name", Type::Or(&Type::Text(0, 255))),
    optional("owner", Type::Or(&Type::Text(0, 255))),
    optional("visibility", Type::OneOf(VISIBILITIES)),
    optional("protected", Type::Truth),
    optional("os_hidden", Type::Truth),
    optional("container_format", Type::Or(&Type::OneOf(CONTAINER_FORMATS))),
    optional("disk_format", Type::Or(&Type::OneOf(DISK_FORMATS))),
    optional("min_ram", Type::Integer(i64::MIN, i64::MAX)),
    optional("min_disk", Type::Integer(i64::MIN, i64::MAX)),
    optional("tags", Type::List(&Type::Text(0, 255))),
];

/// What only Glance says of an image.
pub(super) const READ_ONLY: [&str; 13] = [
    "status",
    "created_at",
    "updated_at",
    "checksum",
    "os_hash_algo",
    "os_hash_value",
    "size",
    "virtual_size",
    "direct_url",
    "self",
    "file",
    "schema",
    "stores",
];

/// What an image may have and must not be called.
pub(super) const RESERVED: [&str; 4] = ["deleted", "deleted_at", "is_public", "location"];

/// Whether every image has it.
pub(super) fn is_base(name: &str) -> bool {
    FIELDS.iter().any(|field| field.name == name) || READ_ONLY.contains(&name)
}

fn create(cloud: &mut Cloud, call: &Call) -> Answer {
    let Value::Object(asked) = call.json()? else {
        return Err(ApiError::bad_request("The request body must be a JSON object."));
    };
    if let Some(name) = asked.keys().find(|name| READ_ONLY.contains(&name.as_str())) {
        return Err(read_only(name));
    }
    if let Some(name) = asked.keys().find(|name| RESERVED.contains(&name.as_str())) {
        return Err(ApiError::forbidden(format!("Attribute '{name}' is reserved.")));
    }
    check_attributes(&asked)?;
    check_amounts(&asked)?;
    let owner = match asked.get("owner").and_then(Value::as_str) {
        Some(owner) if owner != call.project_id() && !call.is_admin() => {
            return Err(ApiError::forbidden(format!("You are not permitted to create images owned by '{owner}'.")));
        }
        Some(owner) => owner.to_owned(),
        None => call.project_id().to_owned(),
    };
    let id = match asked.get("id").and_then(Value::as_str) {
        Some(id) if !is_uuid(id) => {
            let pattern = "^([0-9a-fA-F]){8}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){12}$";
            return Err(mismatch(&format!("'{id}' does not match '{pattern}'")));
        }
        Some(id) if cloud.image.images.contains(id) => {
            return Err(ApiError::conflict(format!("Image ID {id} already exists!")));
        }
        Some(id) => id.to_owned(),
        None => cloud.random.uuid(),
    };
    check_visibility(call, asked.text("visibility"))?;
    let image = register(cloud, &id, &owner, asked);
    let reply = Reply::created(&shown(&image)).location(format!("{}/v2/images/{id}", call.base));
    let reply = reply.header("openstack-image-import-methods", IMPORT_METHODS.join(","));
    Ok(reply.header("openstack-image-store-ids", STORE))
}

fn is_uuid(id: &str) -> bool {
    id.len() == 36 && uuid::Uuid::try_parse(id).is_ok()
}

pub(super) fn read_only(name: &str) -> ApiError {
    ApiError::forbidden(format!("Attribute '{name}' is read-only."))
}

/// Checks what a user says of an image.
pub(super) fn check_attributes(asked: &Document) -> Result<(), ApiError> {
    let wrong = |problem: crate::api::schema::Problem| mismatch(&problem.reason);
    check(asked, FIELDS, true).map_err(wrong)?;
    for (name, value) in asked.iter().filter(|(name, _)| !is_base(name)) {
        check_value(name, value, Type::Text(0, 65_535)).map_err(wrong)?;
        if name.chars().count() > 255 {
            return Err(mismatch(&format!("'{name}' is too long")));
        }
    }
    for name in ["min_ram", "min_disk"] {
        if let Some(number) = asked.get(name).and_then(Value::as_i64).filter(|number| *number < 0) {
            let reason = format!("Invalid value '{number}' for parameter '{name}': Cannot be a negative value");
            return Err(ApiError::bad_request(reason));
        }
        if asked.get(name).and_then(Value::as_i64).is_some_and(|number| number > i64::from(i32::MAX)) {
            return Err(ApiError::bad_request(format!("Invalid value for parameter '{name}': it is too large")));
        }
    }
    Ok(())
}

/// How many an image may have of tags, of properties and of projects that it is shared with: Glance's defaults.
const MOST: usize = 128;

/// Checks how many tags and properties of its own an image has.
pub(super) fn check_amounts(image: &Document) -> Result<(), ApiError> {
    check_amount("image tags", distinct(image.items("tags")).len())?;
    check_amount("image properties", image.keys().filter(|name| !is_base(name)).count())
}

/// Refuses more than [`MOST`] of something.
pub(super) fn check_amount(what: &str, wanted: usize) -> Result<(), ApiError> {
    if wanted > MOST {
        Err(ApiError::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            format!(
                "The limit has been exceeded on the number of allowed {what}. Attempted: {wanted}, Maximum: {MOST}"
            ),
        ))
    } else {
        Ok(())
    }
}

fn mismatch(reason: &str) -> ApiError {
    ApiError::bad_request(format!("Provided object does not match schema 'image': {reason}"))
}

/// Only administrators show an image to everybody.
pub(super) fn check_visibility(call: &Call, visibility: &str) -> Result<(), ApiError> {
    if visibility == "public" && !call.is_admin() { Err(ApiError::policy("publicize_image")) } else { Ok(()) }
}

/// What is known of an image, whoever asks.
pub(crate) fn properties<'c>(cloud: &'c Cloud, id: &str) -> Option<&'c Document> {
    cloud.image.images.get(id)
}

/// Makes an image that has no content yet.
pub(crate) fn register(cloud: &mut Cloud, id: &str, owner: &str, asked: Document) -> Document {
    let now = cloud.clock.stamp();
    let mut image = document!({
        "name": null, "disk_format": null, "container_format": null, "visibility": "shared", "size": null,
        "virtual_size": null, "status": "queued", "checksum": null, "protected": false, "min_ram": 0,
        "min_disk": 0, "os_hidden": false, "os_hash_algo": null, "os_hash_value": null, "created_at": now,
        "updated_at": now, "tags": [],
    });
    image.extend(asked);
    image.extend(document!({"id": id, "owner": owner, "tags": distinct(image.items("tags"))}));
    cloud.image.images.insert(id, owner, image.clone());
    image
}

/// Deletes an image, its content and to whom it is shared.
fn remove(cloud: &mut Cloud, id: &str) {
    let state = &mut cloud.image;
    state.images.remove(id);
    state.contents.remove(id);
    state.staged.remove(id);
    let of_image = state.members.range((id.to_owned(), String::new())..).map(|(key, _)| key);
    for key in of_image.take_while(|(image, _)| image == id).cloned().collect::<Vec<_>>() {
        state.members.remove(&key);
    }
}

/// Tags, which are texts, are a set.
pub(super) fn distinct(tags: &[Value]) -> Vec<Value> {
    let mut seen = BTreeSet::new();
    tags.iter().filter(|tag| seen.insert(tag.as_str())).cloned().collect()
}

/// An image as Glance answers it, with its links.
pub(super) fn shown(image: &Document) -> Value {
    let url = format!("/v2/images/{}", image.text("id"));
    let mut image = image.clone();
    image.insert("file".into(), json!(format!("{url}/file")));
    image.insert("self".into(), json!(url));
    image.insert("schema".into(), json!("/v2/schemas/image"));
    if image.text("status") == "active" || image.text("status") == "deactivated" {
        image.insert("stores".into(), json!(STORE));
    }
    Value::Object(image)
}

/// The image of that id, if the caller may see it.
pub(crate) fn visible<'c>(cloud: &'c Cloud, call: &Call, id: &str) -> Option<&'c Document> {
    cloud.image.images.get(id).filter(|image| is_visible(cloud, call, image))
}

fn is_visible(cloud: &Cloud, call: &Call, image: &Document) -> bool {
    let shared = || cloud.image.members.contains_key(&(image.text("id").to_owned(), call.project_id().to_owned()));
    match image.text("visibility") {
        "public" | "community" => true,
        "shared" if shared() => true,
        _ => call.may_touch(image.text("owner")),
    }
}

/// The image that a path names, to be seen.
pub(super) fn named<'c>(cloud: &'c Cloud, call: &Call) -> Result<&'c Document, ApiError> {
    let id = call.param("image_id");
    visible(cloud, call, id).ok_or_else(|| ApiError::not_found(format!("No image found with ID {id}")))
}

/// The image that a path names, to be changed; `denied` says what its owner and administrators only may do.
pub(super) fn owned<'c>(
    cloud: &'c mut Cloud,
    call: &Call,
    denied: impl Fn(&str) -> String,
) -> Result<&'c mut Document, ApiError> {
    let id = call.param("image_id");
    let image = named(cloud, call)?;
    if !call.may_touch(image.text("owner")) {
        return Err(ApiError::forbidden(denied(id)));
    }
    cloud.image.images.get_mut(id).ok_or_else(|| ApiError::not_found(format!("No image found with ID {id}")))
}

pub(super) fn not_own(_: &str) -> String {
    "You do not own this image".to_owned()
}

fn show(cloud: &mut Cloud, call: &Call) -> Answer {
    Ok(Reply::ok(&shown(named(cloud, call)?)))
}

fn delete(cloud: &mut Cloud, call: &Call) -> Answer {
    let id = call.param("image_id");
    if named(cloud, call).is_err() {
        return Err(ApiError::not_found(format!("Failed to find image {id} to delete")));
    }
    let image = owned(cloud, call, not_own)?;
    if image.truth("protected") {
        return Err(ApiError::forbidden(format!("Image {id} is protected and cannot be deleted.")));
    }
    remove(cloud, id);
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

/// A value that is not one of those allowed, as a filter's refusal shows it.
pub(super) fn quoted(text: &str) -> String {
    python(&json!(text))
}
