// SPDX-License-Identifier: Apache-2.0
//! A request as a handler sees it: authenticated, its route taken apart, its body read.

use bytes::Bytes;
use http::{HeaderMap, Method};
use serde_json::Value;

use super::document::Document;
use super::{ApiError, Caller, Query, Upload};

/// One request.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) method: Method,
    /// The path below the service, such as `/v3/projects/42`.
    pub(crate) path: String,
    /// Where the service is, as the client reached it, such as `http://127.0.0.1:5001/identity`.
    pub(crate) base: String,
    pub(crate) query: Query,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Body,
    /// The parts of the path that the route names.
    pub(crate) params: Vec<(String, String)>,
    /// Who asks; nobody where a route is for everybody.
    pub(crate) caller: Option<Caller>,
    /// The id that the answer carries.
    pub(crate) request_id: String,
}

/// What came with a request.
#[derive(Debug)]
pub(crate) enum Body {
    /// A document, or nothing.
    Bytes(Bytes),
    /// Content, already on disk.
    Upload(Upload),
}

impl Call {
    /// The part of the path that the route names so; empty when it names none.
    pub(crate) fn param(&self, name: &str) -> &str {
        self.params.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Who asks.
    ///
    /// # Errors
    /// 401 when nobody has logged in.
    pub(crate) fn caller(&self) -> Result<&Caller, ApiError> {
        self.caller.as_ref().ok_or_else(ApiError::unauthorized)
    }

    pub(crate) fn is_admin(&self) -> bool {
        self.caller.as_ref().is_some_and(|caller| caller.is_admin)
    }

    /// The id of the project that the token is for; empty when it is for none.
    pub(crate) fn project_id(&self) -> &str {
        self.caller.as_ref().and_then(|caller| caller.project_id.as_deref()).unwrap_or_default()
    }

    /// Whether the caller may see and change what belongs to that project.
    pub(crate) fn may_touch(&self, project_id: &str) -> bool {
        let borderless = self.caller.as_ref().is_some_and(|caller| caller.borderless);
        self.is_admin() || borderless || (!project_id.is_empty() && self.project_id() == project_id)
    }

    /// Whether what belongs to that project is shown to the caller.
    pub(crate) fn may_see(&self, project_id: &str) -> bool {
        self.sees_everything() || self.may_touch(project_id)
    }

    /// Whether the borders between projects are broken for the caller, which is a fault.
    pub(crate) fn sees_everything(&self) -> bool {
        self.caller.as_ref().is_some_and(|caller| caller.borderless)
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        match &self.body {
            Body::Bytes(bytes) => bytes,
            Body::Upload(_) => &[],
        }
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// 400 when it is none.
    pub(crate) fn json(&self) -> Result<Value, ApiError> {
        serde_json::from_slice(self.bytes())
            .map_err(|_| ApiError::bad_request("Malformed JSON in request body.").kind("MalformedRequestBody"))
    }

    /// The object under `key` of the body.
    ///
    /// # Errors
    /// 400 when the body is no JSON object, or has no object there.
    pub(crate) fn object(&self, key: &str) -> Result<Document, ApiError> {
        match self.json()? {
            Value::Object(mut body) => match body.remove(key) {
                Some(Value::Object(object)) => Ok(object),
                _ => Err(ApiError::bad_request(format!("Unable to find '{key}' in request body"))),
            },
            _ => Err(ApiError::bad_request("The request body must be a JSON object.")),
        }
    }
}
