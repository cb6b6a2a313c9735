// SPDX-License-Identifier: Apache-2.0
//! Times in users' bodies.

use chrono::{DateTime, NaiveDateTime, Utc};

use crate::api::ApiError;

/// The end of something, as Keystone keeps it. It must be in the future.
pub(super) fn expiry(text: &str, now: DateTime<Utc>) -> Result<String, ApiError> {
    let end = parse(text).ok_or_else(|| {
        ApiError::bad_request(
            "Timestamp not in expected format. The server could not comply with the request since it is either \
             malformed or otherwise incorrect. The client is assumed to be in error.",
        )
    })?;
    if end <= now {
        return Err(ApiError::bad_request("The expiry must be in the future.").kind(PAST));
    }
    Ok(end.format("%Y-%m-%dT%H:%M:%S%.6f").to_string())
}

/// The kind of a refusal of an end that is over.
pub(super) const PAST: &str = "past";

/// A time with or without a zone; without, it is UTC.
pub(super) fn parse(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some(time.to_utc());
    }
    let formats = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f"];
    formats.iter().find_map(|format| NaiveDateTime::parse_from_str(text, format).ok()).map(|time| time.and_utc())
}
