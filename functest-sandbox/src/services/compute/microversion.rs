// SPDX-License-Identifier: Apache-2.0
//! Microversions: what a client asks for, and what it gets.

use http::{HeaderValue, StatusCode, header::VARY};

use crate::api::{ApiError, Call, Reply};

/// The newest microversion of the sandbox: 2.72. `docs/sandbox.md` says what of it is there.
pub(super) const NEWEST: u16 = 72;

/// Refuses a version that is not there, before anything is done.
pub(super) fn admit(call: &Call) -> Result<(), ApiError> {
    asked(call).map(drop)
}

/// The minor version that a call is answered in; 1 without any wish.
pub(super) fn of(call: &Call) -> u16 {
    asked(call).unwrap_or(1)
}

/// What the headers ask for.
fn asked(call: &Call) -> Result<u16, ApiError> {
    let newer = call.header("openstack-api-version").and_then(|value| value.trim().strip_prefix("compute "));
    let Some(text) = newer.or_else(|| call.header("x-openstack-nova-api-version")).map(str::trim) else { return Ok(1) };
    if text == "latest" {
        return Ok(NEWEST);
    }
    let parts = text.split_once('.').and_then(|(major, minor)| Some((major.parse().ok()?, minor.parse().ok()?)));
    let Some((major, minor)): Option<(u16, u16)> = parts else {
        let message = format!("API Version String {text} is of invalid format. Must be of format MajorNum.MinorNum.");
        return Err(ApiError::bad_request(message));
    };
    match (major, minor) {
        (2, 1..=NEWEST) => Ok(minor),
        _ => Err(ApiError::new(
            StatusCode::NOT_ACCEPTABLE,
            format!("Version {text} is not supported by the API. Minimum is 2.1 and maximum is 2.{NEWEST}."),
        )),
    }
}

/// The headers that say which version an answer is in.
pub(super) fn finish(call: &Call, reply: &mut Reply) {
    let vary = HeaderValue::from_static("OpenStack-API-Version, X-OpenStack-Nova-API-Version");
    reply.headers.push((VARY, vary));
    for (name, value) in [
        ("openstack-api-version", format!("compute 2.{}", of(call))),
        ("x-openstack-nova-api-version", format!("2.{}", of(call))),
        ("x-compute-request-id", call.request_id.clone()),
    ] {
        reply.add_header(name, &value);
    }
}
