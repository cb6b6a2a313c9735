// SPDX-License-Identifier: Apache-2.0
//! Importing images: content is staged first, and becomes the image's on demand.

use http::StatusCode;
use serde_json::json;

use super::data::{self, received};
use super::info::IMPORT_METHODS;
use super::record::{not_own, owned};
use crate::api::{Answer, ApiError, Call, Read, Reply, Route};
use crate::services::Cloud;

pub(super) const ROUTES: &[Route<Cloud>] =
    &[Route::put("/v2/images/{image_id}/stage", stage).upload(), Route::post("/v2/images/{image_id}/import", import)];

fn stage(cloud: &mut Cloud, call: &Call) -> Answer {
    let upload = received(cloud, call, "uploading")?;
    let id = call.param("image_id");
    let size = upload.sums.size;
    cloud.image.staged.insert(id.to_owned(), upload);
    if let Some(image) = cloud.image.images.get_mut(id) {
        image.insert("status".into(), json!("uploading"));
        image.insert("size".into(), json!(size));
    }
    Ok(Reply::no_content())
}

fn import(cloud: &mut Cloud, call: &Call) -> Answer {
    let body = call.json()?;
    let method = body.get("method").map_or("", |method| method.text("name"));
    let status = owned(cloud, call, not_own)?.text("status").to_owned();
    if !IMPORT_METHODS.contains(&method) {
        return Err(ApiError::bad_request(format!("Unknown import method name '{method}'.")));
    }
    if status == "active" {
        return Err(ApiError::conflict("Image with status active cannot be target for import"));
    }
    let id = call.param("image_id");
    let Some(upload) = cloud.image.staged.remove(id) else {
        let message = format!("The image {id} has data that was not staged: 'glance-direct' needs it to be.");
        return Err(ApiError::conflict(message));
    };
    data::fill(cloud, id, upload);
    Ok(Reply::empty(StatusCode::ACCEPTED))
}
