// SPDX-License-Identifier: Apache-2.0
//! Deleting one of any kind, until it is gone.

use std::time::Duration;

use functest_core::stop_point;

use super::{Kind, Mark, Router};
use crate::error::Error;
use crate::rest::{Call, Rest};
use crate::service::Service;
use crate::wait::{self, Observation};

/// Deletes the one with that id, and waits until it is gone. One that is gone already is fine.
///
/// `user` is whose it is, where only an administrator who names the user may ask about it.
///
/// # Errors
/// As [`Rest::send`]; [`Error::Wait`] when it is still there after `deadline`.
pub(crate) async fn remove(
    rest: &Rest,
    kind: &Kind,
    id: &str,
    user: Option<&str>,
    deadline: Duration,
) -> Result<(), Error> {
    match kind.name {
        "router" => ignore_missing(Router::remove_interfaces(rest, id).await)?,
        "project" => forget_quotas(rest, id).await,
        _ => {}
    }
    let of_user = |call: Call| match user.filter(|_| kind.mark == Mark::UserName) {
        Some(user) => call.query("user_id", user),
        None => call,
    };
    let call = Call::delete(kind.service, kind.item, &[id]).microversion(kind.microversion);
    ignore_missing(rest.send(of_user(call)).await.map(drop))?;
    stop_point::reach("delete.answered");
    let observe = || async {
        match rest.send(of_user(kind.get_call(id))).await {
            Ok(_) => Ok(Observation::Pending("asked to go, still there".into())),
            Err(error) if error.status() == Some(404) => Ok(Observation::Ready(())),
            Err(error) => Err(error),
        }
    };
    wait::until(&format!("{} {id} to be gone", kind.name), deadline, observe).await
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
