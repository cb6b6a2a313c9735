// SPDX-License-Identifier: Apache-2.0
//! Images (Glance).

use std::path::Path;
use std::time::Duration;

use reqwest::Method;
use serde::Deserialize;

use super::reading::optional_number;
use super::{Kind, Mark, Owner, Removal, Resource, id_and_name};
use crate::error::Error;
use crate::rest::{Body, Call, Rest};
use crate::service::Service;
use crate::wait::{self, Observation};

/// An image.
#[derive(Clone, Debug, Deserialize)]
pub struct Image {
    /// Its id.
    pub id: String,
    /// Its name; may be empty.
    #[serde(default)]
    pub name: String,
    /// Such as `queued` or `active`.
    #[serde(default)]
    pub status: String,
    /// In bytes; none before the upload.
    #[serde(default, deserialize_with = "optional_number")]
    pub size: Option<u64>,
    /// Such as `qcow2`.
    #[serde(default)]
    pub disk_format: String,
    /// MD5 of the content; empty before the upload.
    #[serde(default)]
    pub checksum: String,
}

impl Image {
    /// Streams a file into the image, and waits until it is active.
    ///
    /// # Errors
    /// As [`Rest::send`]; [`Error::File`] when the file cannot be read; [`Error::Wait`] when it does not become active.
    pub async fn upload(rest: &Rest, id: &str, file: &Path, deadline: Duration) -> Result<Self, Error> {
        let call = Call::new(Service::Image, Method::PUT, "/images/{id}/file", &[id])
            .body(Body::File(file.to_owned()))
            .deadline(deadline)
            .once();
        rest.send(call).await?;
        let observe = || async {
            let image = rest.get::<Self>(id).await?;
            Ok(match image.status.as_str() {
                "active" => Observation::Ready(image),
                "killed" | "deleted" | "pending_delete" | "deactivated" => {
                    Observation::Failed(format!("it became {}", image.status))
                }
                other => Observation::Pending(other.to_owned()),
            })
        };
        wait::until(&format!("image {id} to become active"), deadline, observe).await
    }

    /// The content of the image.
    ///
    /// # Errors
    /// As [`Rest::send`].
    pub async fn download(rest: &Rest, id: &str, deadline: Duration) -> Result<bytes::Bytes, Error> {
        let call = Call::get(Service::Image, "/images/{id}/file", &[id]).deadline(deadline);
        rest.send(call).await.map(|answer| answer.body)
    }
}

impl Resource for Image {
    const KIND: Kind = Kind {
        name: "image",
        service: Service::Image,
        collection: "/images",
        list: "",
        item: "/images/{id}",
        singular: "",
        plural: "images",
        everywhere: &[],
        mark: Mark::Name,
        owner: Some(Owner { key: "owner", looking_makes_one: false }),
        microversion: None,
        removal: Removal::PLAIN,
    };

    id_and_name!();
}
