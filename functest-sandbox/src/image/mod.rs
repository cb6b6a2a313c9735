// SPDX-License-Identifier: Apache-2.0
//! Glance.

mod content;

use http::header::CONTENT_TYPE;

use crate::api::{Api, ApiError, Call, Document, Reply};
use crate::cloud::{Cloud, Table};

pub(crate) use self::content::{Content, Upload};

/// The Image service.
pub(crate) const API: Api = Api {
    service_type: "image",
    name: "glance",
    version_path: "",
    routes: &[],
    body_limit: 1 << 20,
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
    let title = format!("{} {}", error.status.as_u16(), error.title());
    let body = format!(
        "<html>\n <head>\n  <title>{title}</title>\n </head>\n <body>\n  <h1>{title}</h1>\n  {}<br /><br />\n\n\n\n </body>\n</html>",
        error.message
    );
    let mut reply = Reply::bytes(error.status, "text/html; charset=UTF-8", body);
    reply.headers.retain(|(name, _)| name == CONTENT_TYPE);
    reply
}
