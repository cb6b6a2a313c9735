// SPDX-License-Identifier: Apache-2.0
//! One deletion of a clean-up.

use std::time::Instant;

use super::Doomed;
use crate::error::Error;
use crate::resource::remove;
use crate::rest::Rest;

/// How a deletion ended.
pub(super) enum Deletion {
    /// It is gone.
    Done,
    /// It is not gone yet.
    TryAgain(String),
    /// The cloud will not do it.
    Refused(String),
}

/// Deletes, and watches until it is gone or `until` has passed.
pub(super) async fn delete(rest: &Rest, is_admin: bool, doomed: &Doomed, until: Instant) -> Deletion {
    let user = doomed.user.as_deref().filter(|_| is_admin);
    // Watched for a part of the time only, then looked at anew: what else is in the way may be gone.
    let watched = rest.policy().deletion / 4;
    let removal = remove(rest, doomed.kind, &doomed.id, user, watched);
    match tokio::time::timeout_at(until.into(), removal).await {
        Ok(Ok(())) => Deletion::Done,
        Ok(Err(error)) if is_lasting(&error) => Deletion::Refused(error.to_string()),
        Ok(Err(error)) => Deletion::TryAgain(error.to_string()),
        Err(_) => Deletion::TryAgain("the cloud did not answer in time".into()),
    }
}

/// Forbidden, or nothing that the cloud can make sense of: it will say the same the next time.
fn is_lasting(error: &Error) -> bool {
    matches!(error.status(), Some(400 | 401 | 403 | 405))
}
