// SPDX-License-Identifier: Apache-2.0
//! One deletion of a clean-up.

use super::patience::{Patience, Trouble};
use super::work::Doomed;
use crate::error::Error;
use crate::resource::{Removed, remove};
use crate::rest::Rest;

/// How a deletion ended.
pub(super) enum Deletion {
    /// It is gone, or was gone before.
    Done(Removed),
    /// It is not gone yet.
    TryAgain(String),
    /// It cannot go as long as something else is there.
    InTheWay(String),
    /// The cloud will not do it.
    Refused(String),
    /// What has its id is somebody else's.
    NotOurs(String),
}

/// Deletes, and watches until it is gone or patience is at its end.
pub(super) async fn delete(rest: &Rest, is_admin: bool, doomed: &Doomed, patience: &Patience) -> Deletion {
    let user = doomed.user.as_deref().filter(|_| is_admin);
    // Watched for a part of the time only, then looked at anew: what else is in the way may be gone.
    let watched = rest.policy().deletion / 4;
    let mark = doomed.mark.as_deref();
    let what = format!("{} {}", doomed.kind.name, doomed.id);
    match patience.ask(doomed.kind.service, &what, remove(rest, doomed.kind, &doomed.id, mark, user, watched)).await {
        Ok(removed) => Deletion::Done(removed),
        Err(Trouble::Error(error @ Error::NotOurs { .. })) => Deletion::NotOurs(error.to_string()),
        Err(trouble) if trouble.is_lasting() => Deletion::Refused(trouble.to_string()),
        Err(trouble) if trouble.is_conflict() => Deletion::InTheWay(trouble.to_string()),
        Err(trouble) => Deletion::TryAgain(trouble.to_string()),
    }
}
