// SPDX-License-Identifier: Apache-2.0
//! Changing images by JSON patches.

use http::StatusCode;
use serde_json::Value;

use super::record::{
    READ_ONLY, RESERVED, check_amounts, check_attributes, check_visibility, distinct, is_base, not_own, owned,
    read_only, shown,
};
use crate::api::{Answer, ApiError, Call, Document, Read, Reply};
use crate::services::Cloud;

/// The two shapes of patches: the newer says `op` and `path`, the older has the operation as a key.
const NEW: &str = "application/openstack-images-v2.1-json-patch";
const OLD: &str = "application/openstack-images-v2.0-json-patch";

/// One step of a patch.
enum Step {
    Set { name: String, value: Value, must_exist: bool },
    Remove { name: String },
}

pub(super) fn update(cloud: &mut Cloud, call: &Call) -> Answer {
    let content_type = call.header("content-type").unwrap_or_default().split(';').next().unwrap_or_default().trim();
    if ![NEW, OLD].contains(&content_type) {
        return Err(unsupported(content_type));
    }
    let Value::Array(operations) = call.json()? else {
        return Err(ApiError::bad_request("Request body must be a JSON array of operation objects."));
    };
    let steps: Vec<Step> =
        operations.iter().map(|operation| step(operation, content_type == OLD)).collect::<Result<_, _>>()?;
    let now = cloud.clock.stamp();
    let admin = call.is_admin();
    let image = owned(cloud, call, not_own)?;
    let mut changed = image.clone();
    for step in steps {
        apply(&mut changed, step, admin)?;
    }
    let asked = changed.iter().filter(|(name, _)| !READ_ONLY.contains(&name.as_str()));
    check_attributes(&asked.map(|(name, value)| (name.clone(), value.clone())).collect())?;
    check_amounts(&changed)?;
    let tags = distinct(changed.items("tags"));
    changed.insert("tags".into(), tags.into());
    if changed["visibility"] != image["visibility"] {
        check_visibility(call, changed.text("visibility"))?;
    }
    if changed != *image {
        changed.insert("updated_at".into(), Value::String(now));
    }
    let reply = Reply::ok(&shown(&changed));
    let (id, owner) = (changed.text("id").to_owned(), changed.text("owner").to_owned());
    cloud.image.images.insert(id, owner, changed);
    Ok(reply)
}

pub(super) fn unsupported(content_type: &str) -> ApiError {
    ApiError::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        format!("The request media type {content_type} is not supported by this server."),
    )
}

fn step(operation: &Value, old: bool) -> Result<Step, ApiError> {
    let Some(operation) = operation.as_object() else {
        return Err(ApiError::bad_request("Operations must be JSON objects."));
    };
    let (verb, path) = if old {
        match ["add", "remove", "replace"].into_iter().find(|verb| operation.contains_key(*verb)) {
            Some(verb) => (verb, operation.text(verb)),
            None => {
                return Err(ApiError::bad_request("Operation objects must contain exactly one member named after it."));
            }
        }
    } else {
        (operation.text("op"), operation.text("path"))
    };
    let known = ["add", "remove", "replace"];
    if !known.contains(&verb) {
        let message = format!("Invalid operation: `{verb}`. It must be one of the following: {}.", known.join(", "));
        return Err(ApiError::bad_request(message));
    }
    let name = name(path)?;
    if verb == "remove" {
        return Ok(Step::Remove { name });
    }
    let value = operation.get("value").cloned();
    let missing = || ApiError::bad_request(format!("Operation \"{verb}\" requires a member named \"value\"."));
    Ok(Step::Set { name, value: value.ok_or_else(missing)?, must_exist: verb == "replace" })
}

/// The attribute that a JSON pointer names.
fn name(path: &str) -> Result<String, ApiError> {
    let Some(name) = path.strip_prefix('/') else {
        return Err(ApiError::bad_request(format!("Pointer `{path}` does not start with \"/\".")));
    };
    if name.is_empty() || name.contains('/') {
        return Err(ApiError::bad_request(format!("Invalid JSON pointer for this resource: '{path}'")));
    }
    Ok(name.replace("~1", "/").replace("~0", "~"))
}

fn apply(image: &mut Document, step: Step, admin: bool) -> Result<(), ApiError> {
    let conflict = || ApiError::conflict("There was a conflict when trying to complete your request.");
    let denied = || ApiError::forbidden("Access was denied to this resource.");
    let (Step::Set { name, .. } | Step::Remove { name }) = &step;
    if READ_ONLY.contains(&name.as_str()) || name == "id" {
        return Err(read_only(name));
    }
    if RESERVED.contains(&name.as_str()) || name == "locations" {
        return Err(ApiError::forbidden(format!("Attribute '{name}' is reserved.")));
    }
    match step {
        Step::Remove { name } if is_base(&name) => Err(denied()),
        Step::Remove { name } => image.remove(&name).map(drop).ok_or_else(conflict),
        Step::Set { name, .. } if name == "owner" && !admin => Err(denied()),
        Step::Set { name, must_exist: true, .. } if !image.contains_key(&name) => Err(conflict()),
        Step::Set { name, .. }
            if ["disk_format", "container_format"].contains(&name.as_str()) && image.text("status") != "queued" =>
        {
            Err(ApiError::forbidden(format!("Attribute {name} can be only replaced for a queued image.")))
        }
        Step::Set { name, value, .. } => {
            image.insert(name, value);
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn pointers_name_one_attribute() {
        assert_eq!(name("/a~1b~0c").unwrap(), "a/b~c");
        assert!(name("a").is_err() && name("/a/b").is_err() && name("/").is_err() && name("").is_err());
    }

    #[test]
    fn steps_respect_what_an_image_is() {
        let image = crate::api::document!({"status": "active", "name": "a", "own": "x"});
        let patched = |operation: Value| {
            let mut image = image.clone();
            apply(&mut image, step(&operation, false)?, false).map(|()| image)
        };
        assert_eq!(patched(json!({"op": "replace", "path": "/name", "value": "b"})).unwrap().text("name"), "b");
        assert!(!patched(json!({"op": "remove", "path": "/own"})).unwrap().contains_key("own"));
        let refusal = |operation: Value| patched(operation).unwrap_err().status.as_u16();
        assert_eq!(refusal(json!({"op": "remove", "path": "/name"})), 403);
        assert_eq!(refusal(json!({"op": "remove", "path": "/other"})), 409);
        assert_eq!(refusal(json!({"op": "add", "path": "/size", "value": 3})), 403);
        assert_eq!(refusal(json!({"op": "add", "path": "/disk_format", "value": "raw"})), 403);
        assert_eq!(refusal(json!({"op": "add", "path": "/own"})), 400);
        assert_eq!(refusal(json!(3)), 400);
    }
}
