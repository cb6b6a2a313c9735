// SPDX-License-Identifier: Apache-2.0
//! Pages of Nova's lists, and the links in them.

use serde_json::{Value, json};

use crate::api::document::{Page, page};
use crate::api::{ApiError, Call, Reply};

/// The most that one page has.
const MOST: usize = 1000;

/// `limit` as Nova checks it.
pub(super) fn limit(call: &Call) -> Result<usize, ApiError> {
    let Some(text) = call.query.get("limit") else { return Ok(MOST) };
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        let message =
            format!("Invalid input for query parameters limit. Value: {text}. '{text}' does not match '^[0-9]*$'");
        return Err(ApiError::bad_request(message));
    }
    // Nova's zero is no limit.
    Ok(text.parse().ok().filter(|limit| *limit > 0).unwrap_or(MOST).min(MOST))
}

/// The page that a call asks for.
pub(super) fn page_of<T>(call: &Call, items: Vec<T>, id: impl Fn(&T) -> &str) -> Result<Page<T>, ApiError> {
    let marker = call.query.get("marker");
    let unknown = || ApiError::bad_request(format!("marker [{}] not found", marker.unwrap_or_default()));
    page(items, id, marker, Some(limit(call)?)).ok_or_else(unknown)
}

/// The list under `key`, with a link to the next page where there is one.
pub(super) fn reply(call: &Call, key: &str, items: Vec<Value>, next: Option<&str>) -> Reply {
    let mut body = json!({ key: items });
    if let Some(marker) = next {
        let href = format!("{}{}?{}", call.base, call.path, call.query.with("marker", marker));
        body[format!("{key}_links")] = json!([{"rel": "next", "href": href}]);
    }
    Reply::ok(&body)
}

/// Where one thing is.
pub(super) fn links(call: &Call, collection: &str, id: &str) -> Value {
    json!([
        {"rel": "self", "href": format!("{}/v2.1/{collection}/{id}", call.base)},
        {"rel": "bookmark", "href": format!("{}/{collection}/{id}", call.base)},
    ])
}

/// Where something of another service is, as Nova says it.
pub(super) fn bookmark(call: &Call, collection: &str, id: &str) -> Value {
    json!([{"rel": "bookmark", "href": format!("{}/{collection}/{id}", call.base)}])
}
