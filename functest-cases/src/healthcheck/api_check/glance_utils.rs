// SPDX-License-Identifier: Apache-2.0
//! GlanceUtilsTests.

use std::io::Write;
use std::path::Path;

use functest_core::case::{Check, CheckError, check};
use functest_openstack::resource::Image;
use serde_json::json;

use super::Api;
use crate::healthcheck::check::{ensure, same};

pub(super) const CHECKS: &[Check<Api>] = &[
    Check::marked(
        "GlanceUtilsTests.create_image_minimal_url",
        "an image that is downloaded from Glance's own URL and uploaded again has the same checksum",
        "the original downloads from the internet, which a cloud under test need not reach",
        |api| Box::pin(from_url(api)),
    ),
    check(
        "GlanceUtilsTests.create_image_minimal_file",
        "an image uploaded from a file becomes active with the file's size, and is found by name and by id",
        |api| Box::pin(from_file(api)),
    ),
];

/// Enough for several pieces of a streamed upload.
const SIZE: usize = 1 << 20;

async fn from_url(api: &Api) -> Result<(), CheckError> {
    let deadline = api.ctx.deadline(api.settings.upload_deadline.into());
    let original = new_image(api, &random_file()?).await?;
    let content = Image::download(api.user().rest(), &original.id, deadline).await?;
    let mut file = temporary()?;
    file.write_all(&content).map_err(|e| CheckError::Errored(format!("cannot write a temporary file: {e}")))?;
    let copy = new_image(api, file.path()).await?;
    ensure(!original.checksum.is_empty(), || "Glance gave the image no checksum".into())?;
    same("the checksum", original.checksum, copy.checksum)
}

async fn from_file(api: &Api) -> Result<(), CheckError> {
    let image = new_image(api, &random_file()?).await?;
    same("its status", "active", &image.status)?;
    same("its size", Some(SIZE as u64), image.size)?;
    let rest = api.user().rest();
    same("its name", &image.name, &rest.get::<Image>(&image.id).await?.name)?;
    let found = rest.named::<Image>(&image.name).await?;
    same("the ids of that name", vec![image.id], found.into_iter().map(|image| image.id).collect())
}

async fn new_image(api: &Api, file: impl AsRef<Path>) -> Result<Image, CheckError> {
    let user = api.user();
    let attributes = json!({
        "name": user.unique_name("image"),
        "disk_format": "raw",
        "container_format": "bare",
        "visibility": "private",
    });
    let image: Image = user.create(attributes).await?;
    let deadline = api.ctx.deadline(api.settings.upload_deadline.into());
    Ok(Image::upload(user.rest(), &image.id, file.as_ref(), deadline).await?)
}

/// A file of content that no other image has.
fn random_file() -> Result<tempfile::TempPath, CheckError> {
    let mut file = temporary()?;
    let seed = uuid::Uuid::new_v4();
    let content: Vec<u8> = seed.as_bytes().iter().copied().cycle().take(SIZE).collect();
    file.write_all(&content).map_err(|e| CheckError::Errored(format!("cannot write a temporary file: {e}")))?;
    Ok(file.into_temp_path())
}

fn temporary() -> Result<tempfile::NamedTempFile, CheckError> {
    tempfile::NamedTempFile::new().map_err(|e| CheckError::Errored(format!("cannot make a temporary file: {e}")))
}
