// SPDX-License-Identifier: Apache-2.0
//! Images' content: up, down, and not to be had for a while.

use http::StatusCode;
use serde_json::{Value, json};

use super::content;
use super::patch::unsupported;
use super::record::{named, owned};
use crate::api::{Answer, ApiError, Body, Call, Content, Read, Reply, ReplyBody, Route, Sums, Upload, document};
use crate::fault::{Happens, Lie};
use crate::services::Cloud;

pub(super) const ROUTES: &[Route<Cloud>] = &[
    Route::put("/v2/images/{image_id}/file", upload).upload(),
    Route::get("/v2/images/{image_id}/file", download),
    Route::post("/v2/images/{image_id}/actions/deactivate", deactivate),
    Route::post("/v2/images/{image_id}/actions/reactivate", reactivate),
];

fn upload(cloud: &mut Cloud, call: &Call) -> Answer {
    let upload = received(cloud, call, "saving")?;
    if cloud.faults.happens(Happens::UploadFails) {
        // The image is queued again, as after any failure of a store.
        return Err(ApiError::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "Failed to upload image data due to internal error",
        ));
    }
    fill(cloud, call.param("image_id"), upload);
    Ok(Reply::no_content())
}

/// Content that came for an image which may take it; `next` is the status that it would go to.
pub(super) fn received(cloud: &mut Cloud, call: &Call, next: &str) -> Result<Upload, ApiError> {
    match call.header("content-type").unwrap_or_default() {
        "application/octet-stream" => {}
        other => return Err(unsupported(other)),
    }
    let image = owned(cloud, call, |id| format!("Not allowed to upload image data for image {id}"))?;
    if image.text("status") != "queued" {
        let message = format!("Image status transition from {} to {next} is not allowed", image.text("status"));
        return Err(ApiError::conflict(message));
    }
    let unset = ["disk_format", "container_format"].into_iter().filter(|name| image.text(name).is_empty());
    let unset: Vec<&str> = unset.collect();
    if !unset.is_empty() {
        let message = format!("Properties {} must be set prior to saving data.", unset.join(", "));
        return Err(ApiError::bad_request(message));
    }
    match &call.body {
        Body::Upload(upload) => Ok(upload.clone()),
        Body::Bytes(bytes) => Ok(Upload::of(bytes.clone())),
    }
}

/// The content of an image, to make another of.
pub(crate) fn copy_of(cloud: &Cloud, id: &str) -> Option<Upload> {
    let (image, content) = (cloud.image.images.get(id)?, cloud.image.contents.get(id)?.clone());
    let sums = Sums {
        size: image.get("size")?.as_u64()?,
        md5: image.text("checksum").to_owned(),
        sha512: image.text("os_hash_value").to_owned(),
    };
    Some(Upload { content, sums })
}

/// Gives an image its content, with which it is active.
pub(crate) fn fill(cloud: &mut Cloud, id: &str, upload: Upload) {
    let now = cloud.clock.stamp();
    let Some(image) = cloud.image.images.get_mut(id) else { return };
    let virtual_size = match image.text("disk_format") {
        "qcow2" => json!(content::qcow2_size(&upload.content)),
        "raw" | "iso" | "ami" | "ari" | "aki" => json!(upload.sums.size),
        _ => Value::Null,
    };
    image.extend(document!({
        "status": "active", "size": upload.sums.size, "virtual_size": virtual_size, "checksum": upload.sums.md5,
        "os_hash_algo": "sha512", "os_hash_value": upload.sums.sha512, "updated_at": now,
    }));
    let damages = cloud.faults.lies(Lie::ImageDamaged);
    let kept = if damages { content::damaged(upload.content) } else { upload.content };
    cloud.image.contents.insert(id.to_owned(), kept);
}

fn download(cloud: &mut Cloud, call: &Call) -> Answer {
    let image = named(cloud, call)?;
    if image.text("status") == "deactivated" && !call.is_admin() {
        return Err(ApiError::forbidden("The requested image has been deactivated. Image data download is forbidden."));
    }
    let Some(content) = cloud.image.contents.get(image.text("id")).cloned() else {
        return Ok(Reply::no_content());
    };
    let size = image.get("size").and_then(Value::as_u64).unwrap_or_default();
    let reply = match call.header("range").and_then(|range| asked_range(range, size)) {
        None => streamed(StatusCode::OK, content, size),
        Some(None) => {
            let message = "The Range requested is not available.";
            return Err(ApiError::new(StatusCode::RANGE_NOT_SATISFIABLE, message));
        }
        Some(Some((start, end))) => {
            let length = end - start + 1;
            let part = streamed(StatusCode::PARTIAL_CONTENT, content.part(start, length), length);
            part.header("content-range", format!("bytes {start}-{end}/{size}"))
        }
    };
    Ok(reply.header("content-md5", image.text("checksum")))
}

fn streamed(status: StatusCode, content: Content, length: u64) -> Reply {
    let reply = Reply { body: ReplyBody::Content(content), ..Reply::empty(status) };
    reply.header("content-type", "application/octet-stream").header("content-length", length.to_string())
}

/// The first and the last byte that a `Range` asks for. `None` when it is none that is understood, and so does not
/// count; `Some(None)` when the content has no such part.
fn asked_range(header: &str, size: u64) -> Option<Option<(u64, u64)>> {
    let (first, last) = header.strip_prefix("bytes=")?.split_once('-')?;
    let last_byte = size.checked_sub(1);
    let range = match (first, last) {
        ("", tail) => {
            let tail: u64 = tail.parse().ok()?;
            (size.saturating_sub(tail), last_byte?)
        }
        (first, "") => (first.parse().ok()?, last_byte?),
        (first, last) => (first.parse().ok()?, last.parse::<u64>().ok()?.min(last_byte?)),
    };
    Some((range.0 <= range.1).then_some(range))
}

fn deactivate(cloud: &mut Cloud, call: &Call) -> Answer {
    turn(cloud, call, "deactivate", "active", "deactivated")
}

fn reactivate(cloud: &mut Cloud, call: &Call) -> Answer {
    turn(cloud, call, "reactivate", "deactivated", "active")
}

fn turn(cloud: &mut Cloud, call: &Call, verb: &str, from: &str, to: &str) -> Answer {
    let image = owned(cloud, call, super::record::not_own)?;
    let status = image.text("status").to_owned();
    if status != from && status != to {
        return Err(ApiError::forbidden(format!("Not allowed to {verb} image in status '{status}'")));
    }
    image.insert("status".into(), json!(to));
    Ok(Reply::no_content())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_stay_within_the_content() {
        assert_eq!(asked_range("bytes=2-3", 8), Some(Some((2, 3))));
        assert_eq!(asked_range("bytes=2-", 8), Some(Some((2, 7))));
        assert_eq!(asked_range("bytes=-3", 8), Some(Some((5, 7))));
        assert_eq!(asked_range("bytes=6-99", 8), Some(Some((6, 7))));
        assert_eq!(asked_range("bytes=20-30", 8), Some(None));
        assert_eq!(asked_range("bytes=-0", 8), Some(None));
        assert_eq!(asked_range("bytes=a-b", 8), None);
        assert_eq!(asked_range("lines=1-2", 8), None);
        assert_eq!(asked_range("bytes=0-0", 0), None);
    }
}
