// SPDX-License-Identifier: Apache-2.0
//! Glance.

mod content;

use crate::api::{Api, ApiError, Call, Document, Reply, html_page};
use crate::cloud::{Cloud, Table};

pub(crate) use self::content::{Content, Upload};

/// The Image service.
pub(crate) const API: Api = Api {
    service_type: "image",
    name: "glance",
    version_path: "",
    routes: &[],
    body_limit: 1 << 20,
    admit: |_| Ok(()),
    refuse,
    finish: |_, _| {},
};

/// What Glance has.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) images: Table<Document>,
}

/// The images that every sandbox starts with.
pub(crate) fn seed(_cloud: &mut Cloud) {}

/// Glance says no in HTML.
fn refuse(_: &Call, error: &ApiError) -> Reply {
    html_page(error)
}

/// An image that the caller may use.
pub(crate) fn visible<'c>(cloud: &'c Cloud, _call: &Call, id: &str) -> Option<&'c Document> {
    cloud.image.images.get(id)
}
