// SPDX-License-Identifier: Apache-2.0
//! Routers and their interfaces (Neutron).

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Kind, Mark, Owner, Port, Removal, Resource, id_and_name};
use crate::error::Error;
use crate::rest::{Call, Rest};
use crate::service::Service;

/// A router.
#[derive(Clone, Debug, Deserialize)]
pub struct Router {
    /// Its id.
    pub id: String,
    /// Its name; may be empty.
    #[serde(default)]
    pub name: String,
    /// Such as `ACTIVE`.
    #[serde(default)]
    pub status: String,
    /// Whether it is switched on.
    #[serde(default)]
    pub admin_state_up: bool,
    /// The external network it leads to, as Neutron describes it; null for none.
    #[serde(default)]
    pub external_gateway_info: Value,
}

impl Router {
    /// Joins something to the router: `{"subnet_id": id}` or `{"port_id": id}`. It is parted when the router is deleted.
    ///
    /// # Errors
    /// As [`Rest::send`].
    pub async fn add_interface(rest: &Rest, router: &str, to: Value) -> Result<(), Error> {
        // What is joined already cannot be joined again: a second PUT would fail where the first one succeeded.
        let call = Call::put(Service::Network, "/routers/{id}/add_router_interface", &[router], to).once();
        rest.send(call).await.map(drop)
    }

    /// Parts everything from the router.
    ///
    /// # Errors
    /// As [`Rest::send`].
    pub async fn remove_interfaces(rest: &Rest, router: &str) -> Result<(), Error> {
        let ports = Call::get(Service::Network, "/ports", &[]).query("device_id", router);
        let interface = |port: Value| if is_interface(&port) { Port::KIND.with_id(port).map(Some) } else { Ok(None) };
        for port in rest.list_of(ports, Port::KIND.plural, interface).await? {
            let body = json!({"port_id": Kind::text(&port, "id")});
            let call = Call::put(Service::Network, "/routers/{id}/remove_router_interface", &[router], body);
            match rest.send(call).await {
                Err(error) if !error.is_missing() => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }
}

/// Whether a router's port is one that something was joined to it by: its gateways, and the ports of redundant routers, go with it.
fn is_interface(port: &Value) -> bool {
    let owner = Kind::text(port, "device_owner");
    owner.starts_with("network:router_interface") || owner == "network:ha_router_replicated_interface"
}

/// A router that something is joined to cannot be deleted.
async fn part_everything(rest: &Rest, id: &str) -> Result<(), Error> {
    match Router::remove_interfaces(rest, id).await {
        Err(error) if !error.is_missing() => Err(error),
        _ => Ok(()),
    }
}

impl Resource for Router {
    const KIND: Kind = Kind {
        name: "router",
        service: Service::Network,
        collection: "/routers",
        list: "",
        item: "/routers/{id}",
        singular: "router",
        plural: "routers",
        everywhere: &[],
        mark: Mark::Description,
        owner: Owner::PROJECT,
        microversion: None,
        removal: Removal { prepare: Some(|rest, id| Box::pin(part_everything(rest, id))), ..Removal::PLAIN },
    };

    id_and_name!();
}
