// SPDX-License-Identifier: Apache-2.0
//! Servers (Nova).

use std::time::Duration;

use functest_core::stop_point;
use futures::future::BoxFuture;
use serde::Deserialize;
use serde_json::json;

use super::{Insist, Kind, Mark, Owner, Removal, Resource, id_and_name};
use crate::error::Error;
use crate::rest::{Call, Rest};
use crate::service::Service;
use crate::wait::{self, Observation};

/// A server.
#[derive(Clone, Debug, Deserialize)]
pub struct Server {
    /// Its id.
    pub id: String,
    /// Its name.
    #[serde(default)]
    pub name: String,
    /// Such as `BUILD` or `ACTIVE`.
    #[serde(default)]
    pub status: String,
    /// What Nova is doing with it, such as `spawning`; empty for nothing.
    #[serde(default, rename = "OS-EXT-STS:task_state")]
    pub task_state: String,
    /// Why it is in ERROR.
    #[serde(default)]
    pub fault: Option<Fault>,
    /// Its compute host; shown to administrators.
    #[serde(default, rename = "OS-EXT-SRV-ATTR:host")]
    pub host: Option<String>,
}

/// Why a server is in ERROR.
#[derive(Clone, Debug, Deserialize)]
pub struct Fault {
    /// Nova's words.
    #[serde(default)]
    pub message: String,
}

impl Server {
    /// Waits until the server is ACTIVE.
    ///
    /// # Errors
    /// [`Error::Wait`] when it goes to ERROR, or is not ACTIVE in time.
    pub async fn wait_until_active(rest: &Rest, id: &str, deadline: Duration) -> Result<Self, Error> {
        let observe = || async {
            let server = rest.get::<Self>(id).await?;
            Ok(match server.status.as_str() {
                "ACTIVE" => Observation::Ready(server),
                "ERROR" | "DELETED" | "SOFT_DELETED" => {
                    let why = server.fault.map_or_else(String::new, |fault| format!(": {}", fault.message));
                    Observation::Failed(format!("it went to {}{why}", server.status))
                }
                status => {
                    stop_point::reach("server.booting");
                    Observation::Pending(match (status, server.task_state.as_str()) {
                        ("", _) => "no status in the answer".to_owned(),
                        (status, "") => status.to_owned(),
                        (status, task) => format!("{status} ({task})"),
                    })
                }
            })
        };
        wait::until(&format!("server {id} to become ACTIVE"), deadline, observe).await
    }

    /// What the server wrote on its console.
    ///
    /// # Errors
    /// As [`Rest::send`].
    pub async fn console(rest: &Rest, id: &str) -> Result<String, Error> {
        let body = json!({"os-getConsoleOutput": {}});
        rest.send(Call::post(Service::Compute, "/servers/{id}/action", &[id], body)).await?.read("output")
    }
}

fn delete_now<'a>(rest: &'a Rest, id: &'a str) -> BoxFuture<'a, Result<(), Error>> {
    let call = Call::post(Service::Compute, "/servers/{id}/action", &[id], json!({"forceDelete": null}));
    Box::pin(async move { rest.send(call).await.map(drop) })
}

impl Resource for Server {
    const KIND: Kind = Kind {
        name: "server",
        service: Service::Compute,
        collection: "/servers",
        list: "/servers/detail",
        item: "/servers/{id}",
        singular: "server",
        plural: "servers",
        everywhere: &[("all_tenants", "1")],
        mark: Mark::Name,
        owner: Some(Owner { key: "tenant_id", looking_makes_one: false }),
        microversion: None,
        removal: Removal {
            is_gone: |server| Kind::text(server, "status") == "DELETED",
            // With `reclaim_instance_interval` set, Nova keeps what was deleted for that long.
            insist: Some(Insist { when: |server| Kind::text(server, "status") == "SOFT_DELETED", ask: delete_now }),
            ..Removal::PLAIN
        },
    };

    id_and_name!();
}
