// SPDX-License-Identifier: Apache-2.0
//! Projects that images are shared with.

use serde_json::{Value, json};

use super::record::{check_amount, named};
use crate::api::{Answer, ApiError, Call, Document, Read, Reply, Route, document};
use crate::services::Cloud;

pub(super) const ROUTES: &[Route<Cloud>] = &[
    Route::get("/v2/images/{image_id}/members", list),
    Route::post("/v2/images/{image_id}/members", create),
    Route::get("/v2/images/{image_id}/members/{member_id}", show),
    Route::put("/v2/images/{image_id}/members/{member_id}", update),
    Route::delete("/v2/images/{image_id}/members/{member_id}", delete),
];

fn list(cloud: &mut Cloud, call: &Call) -> Answer {
    let image = shared(cloud, call, "list")?;
    let own = call.may_touch(image.text("owner"));
    let id = call.param("image_id");
    let theirs = of_image(cloud, id);
    // A project that an image is shared with does not see the others.
    let theirs = theirs.filter(|((_, member), _)| own || member == call.project_id());
    let members: Vec<Value> = theirs.map(|(_, member)| Value::Object(member.clone())).collect();
    Ok(Reply::ok(&json!({"members": members, "schema": "/v2/schemas/members"})))
}

/// Whom an image is shared with.
fn of_image<'c>(cloud: &'c Cloud, id: &str) -> impl Iterator<Item = (&'c (String, String), &'c Document)> {
    let from = cloud.image.members.range((id.to_owned(), String::new())..);
    from.take_while(move |((image, _), _)| image == id)
}

fn create(cloud: &mut Cloud, call: &Call) -> Answer {
    let body = call.json()?;
    let image = shared(cloud, call, "create")?;
    let id = call.param("image_id");
    if !call.may_touch(image.text("owner")) {
        return Err(not_allowed("create", id));
    }
    let Some(member) = body.get("member").and_then(Value::as_str) else {
        let message = "Member to be added not specified";
        return Err(ApiError::bad_request(message));
    };
    if member.is_empty() || member.chars().count() > 255 {
        return Err(ApiError::bad_request("Member can't be empty"));
    }
    let key = (id.to_owned(), member.to_owned());
    if cloud.image.members.contains_key(&key) {
        let message = format!("Member {member} is duplicated for image {id}");
        return Err(ApiError::conflict(message));
    }
    check_amount("image members for this image", of_image(cloud, id).count() + 1)?;
    let now = cloud.clock.stamp();
    let new = document!({
        "member_id": member, "image_id": id, "created_at": now, "updated_at": now, "status": "pending",
        "schema": "/v2/schemas/member",
    });
    cloud.image.members.insert(key, new.clone());
    Ok(Reply::ok(&Value::Object(new)))
}

fn show(cloud: &mut Cloud, call: &Call) -> Answer {
    let image = shared(cloud, call, "get")?;
    let own = call.may_touch(image.text("owner")) || call.param("member_id") == call.project_id();
    let member = cloud.image.members.get(&key(call)).filter(|_| own).ok_or_else(|| unknown(call))?;
    Ok(Reply::ok(&Value::Object(member.clone())))
}

/// The project decides whether it takes the image; its owner does not.
fn update(cloud: &mut Cloud, call: &Call) -> Answer {
    shared(cloud, call, "update")?;
    let now = cloud.clock.stamp();
    let body = call.json()?;
    let Some(status) = body.get("status").and_then(Value::as_str) else {
        return Err(ApiError::bad_request("Status not specified"));
    };
    let member = cloud.image.members.get_mut(&key(call)).ok_or_else(|| unknown(call))?;
    if !call.is_admin() && call.param("member_id") != call.project_id() {
        return Err(not_allowed("update", call.param("image_id")));
    }
    if !["pending", "accepted", "rejected"].contains(&status) {
        return Err(ApiError::bad_request(
            "Incorrect request: Status must be \"pending\", \"accepted\" or \"rejected\".",
        ));
    }
    member.insert("status".into(), json!(status));
    member.insert("updated_at".into(), json!(now));
    Ok(Reply::ok(&Value::Object(member.clone())))
}

fn delete(cloud: &mut Cloud, call: &Call) -> Answer {
    let image = shared(cloud, call, "delete")?;
    if !call.may_touch(image.text("owner")) {
        return Err(not_allowed("delete", call.param("image_id")));
    }
    cloud.image.members.remove(&key(call)).map(|_| Reply::no_content()).ok_or_else(|| unknown(call))
}

/// The image that a path names, if it can be shared.
fn shared<'c>(cloud: &'c Cloud, call: &Call, verb: &str) -> Result<&'c Document, ApiError> {
    let image = named(cloud, call)?;
    match (image.text("visibility"), verb) {
        ("shared", _) => Ok(image),
        (_, "create") => Err(not_allowed(verb, call.param("image_id"))),
        _ => {
            let id = call.param("image_id");
            let message = format!("Not allowed to {verb} members for image {id}: Only shared images have members.");
            Err(ApiError::forbidden(message))
        }
    }
}

fn not_allowed(verb: &str, id: &str) -> ApiError {
    ApiError::forbidden(format!("Not allowed to {verb} members for image {id}."))
}

fn key(call: &Call) -> (String, String) {
    (call.param("image_id").to_owned(), call.param("member_id").to_owned())
}

fn unknown(call: &Call) -> ApiError {
    let (image, member) = key(call);
    ApiError::not_found(format!("{member} not found in the member list of the image {image}."))
}
