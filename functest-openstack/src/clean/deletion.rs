// SPDX-License-Identifier: Apache-2.0
//! One deletion.

use std::time::Duration;

use functest_core::stop_point;

use super::Doomed;
use crate::error::Error;
use crate::resource::{Mark, Router};
use crate::rest::{Call, Rest};
use crate::service::Service;
use crate::wait::{self, Observation};

/// How long one deletion is watched before it is looked at anew.
const WATCHED: Duration = Duration::from_secs(30);

/// How a deletion ended.
pub(super) enum Deletion {
    /// It is gone.
    Done,
    /// It is not gone yet.
    TryAgain(String),
    /// The cloud will not do it.
    Refused(String),
}

/// Deletes, and watches until it is gone.
pub(super) async fn delete(rest: &Rest, is_admin: bool, doomed: &Doomed) -> Deletion {
    match try_delete(rest, is_admin, doomed).await {
        Ok(()) => Deletion::Done,
        Err(error) => match error.status() {
            // Forbidden, or nothing that the cloud can make sense of: it will say the same the next time.
            Some(400 | 401 | 403 | 405) => Deletion::Refused(error.to_string()),
            _ => Deletion::TryAgain(error.to_string()),
        },
    }
}

async fn try_delete(rest: &Rest, is_admin: bool, doomed: &Doomed) -> Result<(), Error> {
    match doomed.kind.name {
        "router" => ignore_missing(Router::remove_interfaces(rest, &doomed.id).await)?,
        "project" => forget_quotas(rest, &doomed.id).await,
        _ => {}
    }
    let of_user = |call: Call| match (&doomed.user, doomed.kind.mark) {
        (Some(user), Mark::UserName) if is_admin => call.query("user_id", user),
        _ => call,
    };
    let call =
        Call::delete(doomed.kind.service, doomed.kind.item, &[&doomed.id]).microversion(doomed.kind.microversion);
    ignore_missing(rest.send(of_user(call)).await.map(drop))?;
    stop_point::reach("delete.answered");
    let observe = || async {
        match rest.send(of_user(doomed.kind.get_call(&doomed.id))).await {
            Ok(_) => Ok(Observation::Pending("asked to go, still there".into())),
            Err(error) if error.status() == Some(404) => Ok(Observation::Ready(())),
            Err(error) => Err(error),
        }
    };
    wait::until(&format!("{} {} to be gone", doomed.kind.name, doomed.id), WATCHED, observe).await
}

fn ignore_missing(result: Result<(), Error>) -> Result<(), Error> {
    match result {
        Err(error) if error.status() == Some(404) => Ok(()),
        other => other,
    }
}

/// Quotas that were set for a project stay behind when it is deleted, unless they are deleted first.
async fn forget_quotas(rest: &Rest, project: &str) {
    let quotas = [(Service::Compute, "/os-quota-sets/{project}"), (Service::Network, "/quotas/{project}")];
    for (service, route) in quotas {
        if let Err(error) = rest.send(Call::delete(service, route, &[project])).await {
            // A project that never had any answers 404; a cloud without the service has none to forget.
            tracing::debug!("quotas of {project}: {error}");
        }
    }
}
