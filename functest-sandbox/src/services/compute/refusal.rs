// SPDX-License-Identifier: Apache-2.0
//! How Nova says no.

use http::StatusCode;
use serde_json::{Value, json};

use crate::api::schema::{Field, Problem, check, python};
use crate::api::{ApiError, Call, Document, Reply, html_page};

/// A refusal in Nova's own shape; what its web framework refuses is a page.
pub(super) fn refuse(_: &Call, error: &ApiError) -> Reply {
    if error.kind == ApiError::ROUTE || error.status == StatusCode::PAYLOAD_TOO_LARGE {
        return html_page(error);
    }
    let word = match error.status {
        StatusCode::BAD_REQUEST => "badRequest",
        StatusCode::FORBIDDEN => "forbidden",
        StatusCode::NOT_FOUND => "itemNotFound",
        StatusCode::METHOD_NOT_ALLOWED => "badMethod",
        StatusCode::CONFLICT => "conflictingRequest",
        StatusCode::TOO_MANY_REQUESTS => "overLimit",
        StatusCode::NOT_IMPLEMENTED => "notImplemented",
        StatusCode::SERVICE_UNAVAILABLE => "serviceUnavailable",
        _ => "computeFault",
    };
    let message = match error.kind {
        ApiError::POLICY => format!("Policy doesn't allow {} to be performed.", error.message),
        _ => error.message.clone(),
    };
    Reply::json(error.status, &json!({word: {"code": error.status.as_u16(), "message": message}}))
}

/// The object under `key` of a body, checked: its fields and no others.
pub(super) fn body(call: &Call, key: &str, fields: &[Field]) -> Result<Document, ApiError> {
    let object = object(call, key)?;
    check(&object, fields, false).map_err(|problem| invalid(key, &problem))?;
    Ok(object)
}

/// The object under `key` of a body.
pub(super) fn object(call: &Call, key: &str) -> Result<Document, ApiError> {
    let missing = || ApiError::bad_request(format!("'{key}' is a required property"));
    match json_body(call)?.remove(key) {
        Some(Value::Object(object)) => Ok(object),
        Some(other) => {
            let reason = format!("{} is not of type 'object'", python(&other));
            Err(invalid(key, &Problem { key: key.to_owned(), value: other, reason }))
        }
        None => Err(missing()),
    }
}

/// The whole body.
pub(super) fn json_body(call: &Call) -> Result<Document, ApiError> {
    match serde_json::from_slice(call.bytes()) {
        Ok(Value::Object(object)) => Ok(object),
        _ => Err(ApiError::bad_request("Malformed request body")),
    }
}

/// What is wrong in the object under `outer`, in Nova's words.
pub(super) fn invalid(outer: &str, problem: &Problem) -> ApiError {
    let name = if problem.key.is_empty() { outer } else { &problem.key };
    let value = match &problem.value {
        Value::String(text) => text.chars().take(1000).collect(),
        other => python(other),
    };
    ApiError::bad_request(format!("Invalid input for field/attribute {name}. Value: {value}. {}", problem.reason))
}
