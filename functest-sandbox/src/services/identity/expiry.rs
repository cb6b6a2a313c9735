// SPDX-License-Identifier: Apache-2.0
//! Ends of credentials and trusts.

use chrono::{DateTime, Utc};

use crate::api::ApiError;
use crate::ground::parse_stamp;

/// The end of something, as Keystone keeps it. It must be in the future.
pub(super) fn expiry(text: &str, now: DateTime<Utc>) -> Result<String, ApiError> {
    let end = parse_stamp(text).ok_or_else(|| {
        ApiError::bad_request(
            "Timestamp not in expected format. The server could not comply with the request since it is either \
             malformed or otherwise incorrect. The client is assumed to be in error.",
        )
    })?;
    if end <= now {
        return Err(ApiError::bad_request("The expiry must be in the future."));
    }
    Ok(end.format("%Y-%m-%dT%H:%M:%S%.6f").to_string())
}
