// SPDX-License-Identifier: Apache-2.0
//! Tags of images.

use serde_json::{Value, json};

use super::record::{check_amount, owned};
use crate::api::{Answer, ApiError, Call, Document, Reply, Route};
use crate::services::Cloud;

pub(super) const ROUTES: &[Route<Cloud>] =
    &[Route::put("/v2/images/{image_id}/tags/{tag}", add), Route::delete("/v2/images/{image_id}/tags/{tag}", remove)];

fn add(cloud: &mut Cloud, call: &Call) -> Answer {
    let tag = call.param("tag");
    if tag.chars().count() > 255 {
        return Err(ApiError::bad_request("Tags must be 255 characters long or less."));
    }
    let now = cloud.clock.stamp();
    let image = owned(cloud, call, denied)?;
    let tags = tags(image)?;
    if !tags.contains(&json!(tag)) {
        check_amount("image tags", tags.len() + 1)?;
        tags.push(json!(tag));
        image.insert("updated_at".into(), json!(now));
    }
    Ok(Reply::no_content())
}

fn remove(cloud: &mut Cloud, call: &Call) -> Answer {
    let tag = call.param("tag");
    let tags = tags(owned(cloud, call, denied)?)?;
    let Some(position) = tags.iter().position(|own| own == tag) else {
        return Err(ApiError::not_found("The resource could not be found."));
    };
    tags.remove(position);
    Ok(Reply::no_content())
}

fn denied(id: &str) -> String {
    format!("Not allowed to update tags for image {id}.")
}

fn tags(image: &mut Document) -> Result<&mut Vec<Value>, ApiError> {
    let tags = image.entry("tags").or_insert_with(|| json!([])).as_array_mut();
    tags.ok_or_else(|| ApiError::not_found("The resource could not be found."))
}
