// SPDX-License-Identifier: Apache-2.0
//! Neutron's refusals, and the shape that they have.

use http::StatusCode;
use serde_json::json;

use crate::api::{ApiError, Call, Reply};

/// The body of every refusal.
pub(super) fn refuse(_: &Call, error: &ApiError) -> Reply {
    let (kind, message) = match (error.kind, error.status) {
        (ApiError::POLICY, _) => ("PolicyNotAuthorized", format!("rule:{} is disallowed by policy", error.message)),
        (ApiError::ROUTE, StatusCode::METHOD_NOT_ALLOWED) => (
            "HTTPMethodNotAllowed",
            "The server could not comply with the request since it is either malformed or otherwise incorrect.".into(),
        ),
        ("MalformedRequestBody", _) => ("HTTPBadRequest", "Body contains invalid data".into()),
        ("" | ApiError::ROUTE, StatusCode::NOT_FOUND) => ("HTTPNotFound", error.message.clone()),
        ("", StatusCode::FORBIDDEN) => ("HTTPForbidden", error.message.clone()),
        ("" | ApiError::ROUTE, StatusCode::PAYLOAD_TOO_LARGE) => ("HTTPRequestEntityTooLarge", error.message.clone()),
        ("", _) => ("HTTPBadRequest", error.message.clone()),
        (kind, _) => (kind, error.message.clone()),
    };
    Reply::json(error.status, &json!({"NeutronError": {"type": kind, "message": message, "detail": ""}}))
}

/// 404 of a kind.
pub(super) fn missing(kind: &'static str, message: impl Into<String>) -> ApiError {
    ApiError::not_found(message).kind(kind)
}

/// 409 of a kind.
pub(super) fn conflict(kind: &'static str, message: impl Into<String>) -> ApiError {
    ApiError::conflict(message).kind(kind)
}

/// 400 of a kind.
pub(super) fn bad(kind: &'static str, message: impl Into<String>) -> ApiError {
    ApiError::bad_request(message).kind(kind)
}

/// 400 for what a plugin finds wrong with values that are well-formed.
pub(super) fn invalid_input(reason: impl std::fmt::Display) -> ApiError {
    bad("InvalidInput", format!("Invalid input for operation: {reason}."))
}

/// 400 for a request about a kind of resource.
pub(super) fn bad_request(resource: &str, reason: impl std::fmt::Display) -> ApiError {
    bad("BadRequest", format!("Bad {resource} request: {reason}."))
}

/// 403 for an action, or for one attribute in it.
pub(super) fn disallowed(action: &str, attribute: Option<&str>) -> ApiError {
    let rule = match attribute {
        Some(attribute) => format!("(rule:{action} and rule:{action}:{attribute})"),
        None => format!("rule:{action}"),
    };
    ApiError::forbidden(format!("{rule} is disallowed by policy")).kind("PolicyNotAuthorized")
}
