// SPDX-License-Identifier: Apache-2.0
//! Refusals, before a service puts them into its own words.

use http::StatusCode;

/// Why a request is refused. Each service renders it in its own shape.
#[derive(Clone, Debug)]
pub(crate) struct ApiError {
    /// The HTTP status.
    pub(crate) status: StatusCode,
    /// The name of the error where the service tells one, such as Neutron's `NetworkNotFound`; may be empty.
    pub(crate) kind: &'static str,
    /// What the user reads.
    pub(crate) message: String,
}

impl ApiError {
    pub(crate) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, kind: "", message: message.into() }
    }

    /// The same, with the name that the service has for it.
    pub(crate) fn kind(mut self, kind: &'static str) -> Self {
        self.kind = kind;
        self
    }

    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// The token is missing, unknown or expired, or a login is refused.
    pub(crate) fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "The request you have made requires authentication.")
    }

    pub(crate) fn forbidden(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, message)
    }

    /// The caller's roles do not allow what the rule of that name is about.
    pub(crate) fn policy(rule: &'static str) -> Self {
        Self::forbidden(rule).kind(Self::POLICY)
    }

    /// The kind of a refusal whose message is the name of a rule.
    pub(crate) const POLICY: &'static str = "policy";

    /// The kind of a refusal that comes before any handler: no such path, no such method, a body too large.
    pub(crate) const ROUTE: &'static str = "route";

    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, message)
    }

    pub(crate) fn conflict(message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, message)
    }

    pub(crate) fn too_large() -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "Request is too large.").kind(Self::ROUTE)
    }

    /// The phrase that belongs to the status, such as `Not Found`.
    pub(crate) fn title(&self) -> &'static str {
        match self.status {
            // What Python's http module calls them; hyper follows the newer RFC.
            StatusCode::PAYLOAD_TOO_LARGE => "Request Entity Too Large",
            StatusCode::RANGE_NOT_SATISFIABLE => "Request Range Not Satisfiable",
            status => status.canonical_reason().unwrap_or("Error"),
        }
    }
}
