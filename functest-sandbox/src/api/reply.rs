// SPDX-License-Identifier: Apache-2.0
//! Answers.

use bytes::Bytes;
use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use serde_json::Value;

use super::{ApiError, Content};

/// An answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) body: ReplyBody,
}

/// What an answer carries.
#[derive(Debug)]
pub(crate) enum ReplyBody {
    /// Nothing.
    Empty,
    /// Bytes in memory.
    Bytes(Bytes),
    /// Content of any size, streamed.
    Content(Content),
}

impl Reply {
    pub(crate) fn empty(status: StatusCode) -> Self {
        Self { status, headers: Vec::new(), body: ReplyBody::Empty }
    }

    /// 204, the usual answer to a deletion.
    pub(crate) fn no_content() -> Self {
        Self::empty(StatusCode::NO_CONTENT)
    }

    pub(crate) fn json(status: StatusCode, body: &Value) -> Self {
        Self::bytes(status, "application/json", body.to_string())
    }

    pub(crate) fn ok(body: &Value) -> Self {
        Self::json(StatusCode::OK, body)
    }

    pub(crate) fn created(body: &Value) -> Self {
        Self::json(StatusCode::CREATED, body)
    }

    pub(crate) fn bytes(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Self {
        let content_type = (CONTENT_TYPE, HeaderValue::from_static(content_type));
        Self { status, headers: vec![content_type], body: ReplyBody::Bytes(body.into()) }
    }

    /// The same with one more header; a value that no header can have is left out.
    pub(crate) fn header(mut self, name: &'static str, value: impl AsRef<str>) -> Self {
        self.add_header(name, value.as_ref());
        self
    }

    /// Adds a header; a value that no header can have is left out.
    pub(crate) fn add_header(&mut self, name: &'static str, value: &str) {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.push((HeaderName::from_static(name), value));
        }
    }

    /// The same with the place of what was made.
    pub(crate) fn location(self, url: impl AsRef<str>) -> Self {
        self.header("location", url)
    }
}

/// A refusal as WebOb and Glance show it: a page.
pub(crate) fn html_page(error: &ApiError) -> Reply {
    let title = format!("{} {}", error.status.as_u16(), error.title());
    let message = error.message.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let message = message.replace('"', "&quot;").replace('\'', "&#x27;");
    let body = format!(
        "<html>\n <head>\n  <title>{title}</title>\n </head>\n <body>\n  <h1>{title}</h1>\n  {message}<br /><br />\n\n\n\n \
         </body>\n</html>"
    );
    Reply::bytes(error.status, "text/html; charset=UTF-8", body)
}
