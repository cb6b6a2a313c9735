// SPDX-License-Identifier: Apache-2.0
//! Floating IPs.

use std::net::IpAddr;

use serde_json::{Value, json};

use super::asker::Asker;
use super::attribute::{Attribute, Initial};
use super::kind::{Kind, change, routes, store, visible};
use super::network::Network;
use super::port::{self, Port};
use super::refusal::{bad_request, conflict, missing};
use super::validate::Check;
use super::{State, port_address, reachability};
use crate::api::{ApiError, Document, Read, Route, document};
use crate::ground::Table;
use crate::services::Cloud;

pub(super) const ROUTES: &[Route<Cloud>] = routes!(FloatingIp, "floatingips");

/// Floating IPs as a kind.
pub(super) struct FloatingIp;

impl Kind for FloatingIp {
    const NAME: &'static str = "floatingip";
    const COLLECTION: &'static str = "floatingips";
    const FIRST_REVISION: u64 = 0;
    const ATTRIBUTES: &'static [Attribute] = &[
        Attribute::new("floating_network_id", Check::Id, Initial::Required).fixed(),
        Attribute::new("floating_ip_address", Check::Or(&Check::Address), Initial::Open).fixed().set_by_admin(),
        Attribute::new("subnet_id", Check::Or(&Check::Id), Initial::Open).fixed(),
        Attribute::new("port_id", Check::Or(&Check::Id), Initial::Null),
        Attribute::new("fixed_ip_address", Check::Or(&Check::Address), Initial::Null),
        Attribute::read_only("router_id"),
        Attribute::read_only("status"),
        Attribute::read_only("port_details"),
    ];

    fn table(state: &State) -> &Table<Document> {
        &state.floating_ips
    }

    fn table_mut(state: &mut State) -> &mut Table<Document> {
        &mut state.floating_ips
    }

    fn missing(id: &str) -> ApiError {
        missing("FloatingIPNotFound", format!("Floating IP {id} could not be found"))
    }

    fn create(cloud: &mut Cloud, asker: &Asker, mut item: Document) -> Result<String, ApiError> {
        let network_id = item.text("floating_network_id").to_owned();
        let network = visible::<Network>(&cloud.network, asker, &network_id)?;
        if !network.truth("router:external") {
            let reason = format!("Network {network_id} is not a valid external network");
            return Err(bad_request("floatingip", reason));
        }
        let place = place(&cloud.network, &network_id, &item)?;
        let (port_id, fixed) = (item.remove("port_id"), item.remove("fixed_ip_address"));
        item.remove("subnet_id");
        let outer = port::for_service(cloud, "", &network_id, port::FLOATING_IP, "", place)?;
        let address = cloud.network.ports.get(&outer).and_then(|port| port::addresses(port).next());
        item.extend(document!({
            "floating_ip_address": address, "outer_port": outer, "port_id": null, "fixed_ip_address": null,
            "router_id": null, "status": "DOWN",
        }));
        let id = store::<Self>(cloud, item);
        port::alter(cloud, &outer, document!({"device_id": id}));
        if let Err(error) = associate(cloud, asker, &id, port_id.as_ref(), fixed.as_ref()) {
            discard(cloud, &id);
            return Err(error);
        }
        if let Some(item) = cloud.network.floating_ips.get_mut(&id) {
            item.insert("revision_number".into(), Self::FIRST_REVISION.into());
        }
        Ok(id)
    }

    fn update(cloud: &mut Cloud, asker: &Asker, id: &str, mut changes: Document) -> Result<(), ApiError> {
        let (port_id, fixed) = (changes.remove("port_id"), changes.remove("fixed_ip_address"));
        if port_id.is_some() || fixed.is_some() {
            associate(cloud, asker, id, port_id.as_ref(), fixed.as_ref())?;
        }
        change::<Self>(cloud, id, changes);
        Ok(())
    }

    fn delete(cloud: &mut Cloud, _: &Asker, id: &str) -> Result<(), ApiError> {
        discard(cloud, id);
        Ok(())
    }

    fn complete(state: &State, item: &Document) -> Document {
        let details = state.ports.get(item.text("port_id")).map(|port| {
            let names = ["name", "network_id", "mac_address", "admin_state_up", "status", "device_id", "device_owner"];
            names.iter().map(|name| ((*name).to_owned(), port.get(*name).cloned().unwrap_or_default())).collect()
        });
        let mut whole = item.clone();
        whole.insert("port_details".into(), details.map_or(Value::Null, Value::Object));
        whole
    }
}

/// Forgets a port that is going.
pub(super) fn release_port(cloud: &mut Cloud, port_id: &str) {
    for id in cloud.network.floating_ips_of_port.ids(port_id) {
        disassociate(cloud, &id);
    }
}

/// Forgets the addresses that a port no longer has.
pub(super) fn release_lost(cloud: &mut Cloud, port_id: &str) {
    for id in cloud.network.floating_ips_of_port.ids(port_id) {
        let state = &cloud.network;
        let fixed = state.floating_ips.get(&id).map(|item| item.text("fixed_ip_address").to_owned());
        let has = |port: &Document| {
            port.items("fixed_ips").iter().any(|own| Some(own.text("ip_address")) == fixed.as_deref())
        };
        if !state.ports.get(port_id).is_some_and(has) {
            disassociate(cloud, &id);
        }
    }
}

/// Says anew whether what leads to a port works.
pub(super) fn refresh_port(cloud: &mut Cloud, port_id: &str) {
    for id in cloud.network.floating_ips_of_port.ids(port_id) {
        let status = if cloud.network.ports.contains(port_id) { "ACTIVE" } else { "DOWN" };
        change::<FloatingIp>(cloud, &id, document!({"status": status}));
    }
}

/// Where the floating IP's own address is to be.
fn place(state: &State, network_id: &str, item: &Document) -> Result<Value, ApiError> {
    let mut wish = Document::new();
    for (key, name) in [("floating_ip_address", "ip_address"), ("subnet_id", "subnet_id")] {
        if let Some(value) = item.get(key).filter(|value| !value.is_null()) {
            wish.insert(name.into(), value.clone());
        }
    }
    if wish.is_empty() {
        let Some(subnet_id) = port_address::roomy(state, network_id, 4) else {
            let reason = format!("Network {network_id} does not contain any IPv4 subnet");
            return Err(bad_request("floatingip", reason));
        };
        wish.insert("subnet_id".into(), subnet_id.into());
    }
    Ok(json!([wish]))
}

/// Removes a floating IP and its own port.
pub(super) fn discard(cloud: &mut Cloud, id: &str) {
    disassociate(cloud, id);
    if let Some(item) = cloud.network.floating_ips.remove(id) {
        port::discard(cloud, item.text("outer_port"));
    }
}

fn disassociate(cloud: &mut Cloud, id: &str) {
    let Some(item) = cloud.network.floating_ips.get(id) else { return };
    let port_id = item.text("port_id").to_owned();
    cloud.network.floating_ips_of_port.remove(&port_id, id);
    let nothing = document!({"port_id": null, "fixed_ip_address": null, "router_id": null, "status": "DOWN"});
    change::<FloatingIp>(cloud, id, nothing);
}

/// Lets a floating IP lead to a port, or to none.
fn associate(
    cloud: &mut Cloud,
    asker: &Asker,
    id: &str,
    port_id: Option<&Value>,
    fixed: Option<&Value>,
) -> Result<(), ApiError> {
    let fixed = fixed.and_then(Value::as_str);
    let Some(port_id) = port_id.and_then(Value::as_str) else {
        if fixed.is_some() {
            return Err(bad_request("floatingip", "fixed_ip_address cannot be specified without a port_id"));
        }
        disassociate(cloud, id);
        return Ok(());
    };
    let state = &cloud.network;
    let Some(item) = state.floating_ips.get(id) else { return Err(FloatingIp::missing(id)) };
    let port = visible::<Port>(state, asker, port_id)?;
    // Whose network it is on sees a port, too.
    if !asker.is_admin && port.text("project_id") != item.text("project_id") {
        let reason = format!(
            "Cannot process floating IP association with Port {port_id}, since that port is owned by a different project"
        );
        return Err(bad_request("floatingip", reason));
    }
    let (address, subnet_id) = inner_address(port, fixed)?;
    let network_id = item.text("floating_network_id");
    let same = |other: &Document| {
        other.text("id") != id
            && other.text("fixed_ip_address") == address
            && other.text("floating_network_id") == network_id
    };
    let is_taken = state.floating_ips_of_port.get(port_id).filter_map(|other| state.floating_ips.get(other)).any(same);
    if is_taken {
        let outer = item.text("floating_ip_address");
        let message = format!(
            "Cannot associate floating IP {outer} ({id}) with port {port_id} using fixed IP {address}, as that fixed \
             IP already has a floating IP on external network {network_id}."
        );
        return Err(conflict("FloatingIPPortAlreadyAssociated", message));
    }
    let Some(router_id) = reachability::router_between(state, &subnet_id, network_id) else {
        let message = format!(
            "External network {network_id} is not reachable from subnet {subnet_id}.  Therefore, cannot associate Port \
             {port_id} with a Floating IP."
        );
        return Err(missing("ExternalGatewayForFloatingIPNotFound", message));
    };
    let before = item.text("port_id").to_owned();
    cloud.network.floating_ips_of_port.remove(&before, id);
    cloud.network.floating_ips_of_port.add(port_id, id);
    let changes = document!({
        "port_id": port_id, "fixed_ip_address": address, "router_id": router_id, "status": "ACTIVE",
    });
    change::<FloatingIp>(cloud, id, changes);
    Ok(())
}

/// The address of a port that a floating IP is to lead to, and its subnet.
fn inner_address(port: &Document, wanted: Option<&str>) -> Result<(String, String), ApiError> {
    let id = port.text("id");
    let four = |fixed: &&Value| fixed.text("ip_address").parse::<IpAddr>().is_ok_and(|address| address.is_ipv4());
    let own: Vec<&Value> = port.items("fixed_ips").iter().filter(four).collect();
    let found = match wanted {
        Some(wanted) => own
            .iter()
            .find(|fixed| fixed.text("ip_address") == wanted)
            .ok_or_else(|| bad_request("floatingip", format!("Port {id} does not have fixed ip {wanted}")))?,
        None => match own.as_slice() {
            [] => {
                let reason = format!("Cannot add floating IP to port {id} that has no fixed IPv4 addresses");
                return Err(bad_request("floatingip", reason));
            }
            [only] => only,
            _ => {
                let reason = format!(
                    "Port {id} has multiple fixed IPv4 addresses.  Must provide a specific IPv4 address when assigning \
                     a floating IP"
                );
                return Err(bad_request("floatingip", reason));
            }
        },
    };
    Ok((found.text("ip_address").to_owned(), found.text("subnet_id").to_owned()))
}
