// SPDX-License-Identifier: Apache-2.0
//! The image that servers boot from: a file of the user's, or an image that is in the cloud already.

use std::path::PathBuf;
use std::time::Duration;

use functest_core::case::CheckError;
use functest_openstack::resource::Image;
use functest_openstack::{Error, Scope};
use serde_json::json;

/// Where the image comes from.
#[derive(Clone, Debug)]
pub(super) struct ImageSource {
    /// A file to upload; wins over `name`.
    pub(super) file: Option<PathBuf>,
    /// The name of an image in the cloud, or the beginning of one.
    pub(super) name: String,
    /// The file's format.
    pub(super) format: String,
    /// For the upload.
    pub(super) deadline: Duration,
}

impl ImageSource {
    /// Uploads the file, or adopts the image in the cloud.
    pub(super) async fn obtain(&self, scope: &Scope) -> Result<Image, CheckError> {
        match &self.file {
            Some(file) => {
                // Looked at first: a wrong path must not leave an empty image behind.
                let unreadable = |source| Error::File { path: file.clone(), source };
                std::fs::File::open(file).map_err(unreadable)?;
                let attributes = json!({
                    "name": scope.unique_name("image"),
                    "disk_format": self.format,
                    "container_format": "bare",
                    "visibility": "private",
                });
                let image: Image = scope.create(attributes).await?;
                Ok(Image::upload(scope.rest(), &image.id, file, self.deadline).await?)
            }
            None => {
                let image = self.find(scope).await?;
                scope.adopt(&image).await?;
                Ok(image)
            }
        }
    }

    /// The active image of exactly that name or id, else the first whose name begins with it.
    async fn find(&self, scope: &Scope) -> Result<Image, CheckError> {
        let images = scope.rest().all::<Image>(&[("status", "active")]).await?;
        let of_name: Vec<&Image> = images.iter().filter(|image| image.name == self.name).collect();
        if let [first, _, ..] = of_name.as_slice() {
            let message = format!(
                "{} active images are called `{}`; {} is used: set `image` to the id of another one",
                of_name.len(),
                self.name,
                first.id
            );
            scope.rest().observer().warn(message);
        }
        let exact = images.iter().find(|image| image.id == self.name).or(of_name.first().copied());
        let near = || images.iter().find(|image| !self.name.is_empty() && image.name.starts_with(&self.name));
        exact.or_else(near).cloned().ok_or_else(|| {
            let names: Vec<&str> = images.iter().map(|image| image.name.as_str()).collect();
            CheckError::Errored(format!(
                "no active image is called `{}` (there are {names:?}): set `image` to one of them, or `image_file` to a \
                 file",
                self.name
            ))
        })
    }
}

/// What is wrong with the setting `image_file`: it is looked at before anything is made.
pub(super) fn problem(file: Option<&PathBuf>) -> Option<(&'static str, String)> {
    let file = file?;
    let unusable = std::fs::File::open(file).and_then(|file| file.metadata());
    match unusable {
        Ok(metadata) if metadata.is_file() => None,
        Ok(_) => Some(("image_file", format!("{} is not a file", file.display()))),
        Err(error) => Some(("image_file", format!("cannot read {}: {error}", file.display()))),
    }
}
