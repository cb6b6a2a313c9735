// SPDX-License-Identifier: Apache-2.0
//! Networks.

use serde_json::{Value, json};

use super::State;
use super::asker::Asker;
use super::attribute::{Attribute, Initial};
use super::kind::{Kind, change, routes, store};
use super::refusal::{conflict, invalid_input, missing};
use super::validate::Check;
use super::{floating_ip, port, subnet};
use crate::api::{ApiError, Document, Read, Route};
use crate::ground::Table;
use crate::services::Cloud;

pub(super) const ROUTES: &[Route<Cloud>] = routes!(Network, "networks");

/// What an overlay's header leaves of an Ethernet frame.
const OVERLAY_MTU: u64 = 1450;
const FLAT_MTU: u64 = 1500;

/// Networks as a kind.
pub(super) struct Network;

impl Kind for Network {
    const NAME: &'static str = "network";
    const COLLECTION: &'static str = "networks";
    const ATTRIBUTES: &'static [Attribute] = &[
        Attribute::new("name", Check::Text(255), Initial::Text("")),
        Attribute::new("admin_state_up", Check::Truth, Initial::Truth(true)),
        Attribute::new("mtu", Check::Integer(0, 65_535), Initial::Open),
        Attribute::new("shared", Check::Truth, Initial::Truth(false)).set_by_admin(),
        Attribute::new("router:external", Check::Truth, Initial::Truth(false)).set_by_admin(),
        Attribute::new("is_default", Check::Truth, Initial::Truth(false)).set_by_admin(),
        Attribute::new("provider:network_type", Check::OneOf(&["flat", "local", "vlan", "vxlan"]), Initial::Open)
            .set_by_admin()
            .seen_by_admin(),
        Attribute::new("provider:physical_network", Check::Text(64), Initial::Open).set_by_admin().seen_by_admin(),
        Attribute::new("provider:segmentation_id", Check::Integer(1, 16_777_215), Initial::Open)
            .set_by_admin()
            .seen_by_admin(),
        Attribute::new("availability_zone_hints", Check::List(&Check::Text(255)), Initial::List).fixed(),
        Attribute::new("port_security_enabled", Check::Truth, Initial::Truth(true)),
        Attribute::read_only("status"),
        Attribute::read_only("subnets"),
        Attribute::read_only("availability_zones"),
        Attribute::read_only("ipv4_address_scope"),
        Attribute::read_only("ipv6_address_scope"),
    ];

    fn table(state: &State) -> &Table<Document> {
        &state.networks
    }

    fn table_mut(state: &mut State) -> &mut Table<Document> {
        &mut state.networks
    }

    fn missing(id: &str) -> ApiError {
        missing("NetworkNotFound", format!("Network {id} could not be found."))
    }

    fn create(cloud: &mut Cloud, _: &Asker, mut item: Document) -> Result<String, ApiError> {
        for hint in item.items("availability_zone_hints") {
            if hint != "nova" {
                let name = hint.as_str().unwrap_or_default();
                return Err(missing(
                    "AvailabilityZoneNotFound",
                    format!("AvailabilityZone {name} could not be found."),
                ));
            }
        }
        provide(&mut cloud.network, &mut item);
        let most = most_mtu(&item);
        let mtu = item.get("mtu").and_then(Value::as_u64).filter(|mtu| *mtu > 0).unwrap_or(most);
        check_mtu(mtu, most)?;
        for (key, value) in [
            ("mtu", json!(mtu)),
            ("status", json!("ACTIVE")),
            ("subnets", json!([])),
            ("ipv4_address_scope", Value::Null),
            ("ipv6_address_scope", Value::Null),
        ] {
            item.insert(key.into(), value);
        }
        let id = store::<Self>(cloud, item);
        note_sharing(&mut cloud.network, &id);
        Ok(id)
    }

    fn update(cloud: &mut Cloud, _: &Asker, id: &str, changes: Document) -> Result<(), ApiError> {
        let Some(network) = cloud.network.networks.get(id) else { return Err(Self::missing(id)) };
        if let Some(mtu) = changes.get("mtu").and_then(Value::as_u64) {
            check_mtu(mtu, most_mtu(network))?;
        }
        let closes = |key: &str| network.truth(key) && changes.get(key) == Some(&json!(false));
        if closes("router:external") && has_port(&cloud.network, id, is_gateway) {
            let message = format!(
                "External network {id} cannot be updated to be made non-external, since it has existing gateway ports."
            );
            return Err(conflict("ExternalNetworkInUse", message));
        }
        let owner = network.text("project_id");
        let foreign = |port: &Document| !["", owner].contains(&port.text("project_id"));
        if closes("shared") && has_port(&cloud.network, id, foreign) {
            let name = network.text("name");
            let message =
                format!("Unable to reconfigure sharing settings for network {name}. Multiple tenants are using it.");
            return Err(conflict("InvalidSharedSetting", message));
        }
        change::<Self>(cloud, id, changes);
        note_sharing(&mut cloud.network, id);
        Ok(())
    }

    fn delete(cloud: &mut Cloud, _: &Asker, id: &str) -> Result<(), ApiError> {
        let state = &cloud.network;
        let ports = state.ports_of_network.ids(id);
        let blocks = |port: &&String| state.ports.get(port).is_some_and(|port| !goes_with_network(state, port));
        let in_use: Vec<&str> = ports.iter().filter(blocks).map(String::as_str).collect();
        if !in_use.is_empty() {
            let message = format!(
                "Unable to complete operation on network {id}. There are one or more ports still in use on the \
                 network, id for these ports is: {}.",
                in_use.join(",")
            );
            return Err(conflict("NetworkInUse", message));
        }
        for port_id in ports {
            // A floating IP's own port goes with the floating IP.
            let port = cloud.network.ports.get(&port_id);
            let floating = port.filter(|port| port.text("device_owner") == port::FLOATING_IP);
            match floating.map(|port| port.text("device_id").to_owned()) {
                Some(floating) => floating_ip::discard(cloud, &floating),
                None => port::discard(cloud, &port_id),
            }
        }
        for subnet_id in subnet::of_network(&cloud.network, id) {
            subnet::discard(cloud, &subnet_id);
        }
        cloud.network.scheduled.remove(id);
        cloud.network.networks.remove(id);
        note_sharing(&mut cloud.network, id);
        Ok(())
    }

    fn is_open(_: &State, item: &Document) -> bool {
        item.truth("shared") || item.truth("router:external")
    }

    fn within_reach<'s>(state: &'s State, project_id: &str) -> Vec<&'s Document> {
        state.networks.of(project_id).chain(open_to(state, project_id)).collect()
    }

    fn complete(_: &State, item: &Document) -> Document {
        let mut whole = item.clone();
        let zones = if item.items("subnets").is_empty() { json!([]) } else { json!(["nova"]) };
        whole.insert("availability_zones".into(), zones);
        whole
    }
}

fn note_sharing(state: &mut State, id: &str) {
    if state.networks.get(id).is_some_and(|network| Network::is_open(state, network)) {
        state.open_networks.insert(id.to_owned())
    } else {
        state.open_networks.remove(id)
    };
}

/// Other projects' networks that a project sees.
pub(super) fn open_to<'s>(state: &'s State, project_id: &str) -> impl Iterator<Item = &'s Document> {
    let open = state.open_networks.iter().filter_map(|id| state.networks.get(id));
    open.filter(move |network| network.text("project_id") != project_id)
}

/// What carries it, where the request does not say.
fn provide(state: &mut State, item: &mut Document) {
    let flat = item.truth("router:external") && !item.contains_key("provider:network_type");
    let kind = if flat { "flat" } else { "vxlan" };
    item.entry("provider:network_type").or_insert_with(|| kind.into());
    let carried = item.text("provider:network_type") == "vxlan";
    item.entry("provider:physical_network").or_insert_with(|| if flat { "public".into() } else { Value::Null });
    if carried && !item.contains_key("provider:segmentation_id") {
        state.last_segment = state.last_segment.saturating_add(1);
        item.insert("provider:segmentation_id".into(), state.last_segment.into());
    }
    item.entry("provider:segmentation_id").or_insert(Value::Null);
}

fn most_mtu(network: &Document) -> u64 {
    if network.text("provider:network_type") == "vxlan" { OVERLAY_MTU } else { FLAT_MTU }
}

fn check_mtu(mtu: u64, most: u64) -> Result<(), ApiError> {
    if mtu > most { Err(invalid_input(format!("Requested MTU is too big, maximum is {most}"))) } else { Ok(()) }
}

fn has_port(state: &State, network_id: &str, fits: impl Fn(&Document) -> bool) -> bool {
    state.ports_of_network.get(network_id).filter_map(|id| state.ports.get(id)).any(fits)
}

/// Whether a port stops nobody from deleting its network: the DHCP server's, and those of idle floating IPs.
fn goes_with_network(state: &State, port: &Document) -> bool {
    match port.text("device_owner") {
        port::DHCP => true,
        port::FLOATING_IP => state.floating_ips.get(port.text("device_id")).is_some_and(|floating| {
            // Anybody can say of a port of his own that it is one's.
            floating.text("outer_port") == port.text("id") && floating.text("port_id").is_empty()
        }),
        _ => false,
    }
}

fn is_gateway(port: &Document) -> bool {
    [port::ROUTER_GATEWAY, port::FLOATING_IP].contains(&port.text("device_owner"))
}
