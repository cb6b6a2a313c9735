// SPDX-License-Identifier: Apache-2.0
//! Ports.

use std::collections::BTreeSet;
use std::net::IpAddr;

use serde_json::{Value, json};

use super::asker::Asker;
use super::attribute::{Attribute, Initial};
use super::kind::{Kind, change, routes, store, visible};
use super::network::Network;
use super::refusal::{bad, conflict, disallowed, invalid_input, missing};
use super::validate::{Check, Complaint, accept, address, bare, items};
use super::{State, floating_ip, port_address, security_group, subnet_value};
use crate::api::{ApiError, Call, Document, Read, Route, document};
use crate::ground::Table;
use crate::services::Cloud;

pub(super) const ROUTES: &[Route<Cloud>] = routes!(Port, "ports");

pub(super) const DHCP: &str = "network:dhcp";
pub(super) const ROUTER_INTERFACE: &str = "network:router_interface";
pub(super) const ROUTER_GATEWAY: &str = "network:router_gateway";
pub(super) const FLOATING_IP: &str = "network:floatingip";

const VNIC_TYPES: &[&str] =
    &["normal", "macvtap", "direct", "baremetal", "direct-physical", "virtio-forwarder", "smart-nic"];

/// How many addresses besides its own a port may use: Neutron's default.
const MOST_PAIRS: usize = 10;

/// Ports as a kind.
pub(super) struct Port;

impl Kind for Port {
    const NAME: &'static str = "port";
    const COLLECTION: &'static str = "ports";
    const ATTRIBUTES: &'static [Attribute] = &[
        Attribute::new("name", Check::Text(255), Initial::Text("")),
        Attribute::new("network_id", Check::Id, Initial::Required).fixed(),
        Attribute::new("admin_state_up", Check::Truth, Initial::Truth(true)),
        Attribute::new("mac_address", Check::Mac, Initial::Open).changed_by_admin(),
        Attribute::new("fixed_ips", Check::By(fixed_ips), Initial::Open),
        Attribute::new("device_id", Check::Text(255), Initial::Text("")),
        Attribute::new("device_owner", Check::Text(255), Initial::Text("")),
        Attribute::new("security_groups", Check::By(group_ids), Initial::Open),
        Attribute::new("allowed_address_pairs", Check::By(address_pairs), Initial::List),
        Attribute::new("extra_dhcp_opts", Check::By(dhcp_options), Initial::List),
        Attribute::new("port_security_enabled", Check::Truth, Initial::Open),
        Attribute::new("binding:vnic_type", Check::OneOf(VNIC_TYPES), Initial::Text("normal")),
        Attribute::new("binding:host_id", Check::Or(&Check::Text(255)), Initial::Text(""))
            .set_by_admin()
            .seen_by_admin(),
        Attribute::new("binding:profile", Check::Or(&Check::Object), Initial::Open).set_by_admin().seen_by_admin(),
        Attribute::read_only("binding:vif_type").seen_by_admin(),
        Attribute::read_only("binding:vif_details").seen_by_admin(),
        Attribute::read_only("status"),
    ];

    fn table(state: &State) -> &Table<Document> {
        &state.ports
    }

    fn table_mut(state: &mut State) -> &mut Table<Document> {
        &mut state.ports
    }

    fn missing(id: &str) -> ApiError {
        missing("PortNotFound", format!("Port {id} could not be found."))
    }

    fn create(cloud: &mut Cloud, asker: &Asker, mut item: Document) -> Result<String, ApiError> {
        let network_id = item.text("network_id").to_owned();
        let network = visible::<Network>(&cloud.network, asker, &network_id)?;
        let may = asker.is_admin || network.truth("shared") || network.text("project_id") == asker.project_id;
        if !may {
            let project_id = &asker.project_id;
            let message = format!("Tenant {project_id} not allowed to create port on this network");
            return Err(ApiError::forbidden(message));
        }
        check_policy(asker, network, "create_port", &item)?;
        check_device(&cloud.network, asker, item.text("device_owner"), item.text("device_id"))?;
        let secured = network.truth("port_security_enabled") && !is_service(&item);
        item.entry("port_security_enabled").or_insert_with(|| secured.into());
        item.entry("binding:profile").or_insert_with(|| json!({}));
        let mac = mac(cloud, &network_id, item.text("mac_address"))?;
        item.insert("mac_address".into(), mac.clone().into());
        item.insert("status".into(), json!("DOWN"));
        let wanted = item.remove("fixed_ips");
        let groups = item.remove("security_groups");
        let id = store::<Self>(cloud, item);
        index(&mut cloud.network, &id);
        let done = port_address::assign(cloud, &id, wanted.as_ref())
            .and_then(|()| secure(cloud, asker, &id, groups.as_ref(), true));
        if let Err(error) = done {
            discard(cloud, &id);
            return Err(error);
        }
        bind(cloud, &id);
        if let Some(port) = cloud.network.ports.get_mut(&id) {
            port.insert("revision_number".into(), Self::FIRST_REVISION.into());
        }
        Ok(id)
    }

    fn update(cloud: &mut Cloud, asker: &Asker, id: &str, mut changes: Document) -> Result<(), ApiError> {
        let Some(port) = cloud.network.ports.get(id) else { return Err(Self::missing(id)) };
        if let Some(network) = cloud.network.networks.get(port.text("network_id")) {
            check_policy(asker, network, "update_port", &changes)?;
        }
        let after = |key: &str| if changes.contains_key(key) { changes.text(key) } else { port.text(key) };
        check_device(&cloud.network, asker, after("device_owner"), after("device_id"))?;
        let before = port.clone();
        let wanted = changes.remove("fixed_ips");
        let groups = changes.remove("security_groups");
        if changes.get("port_security_enabled") == Some(&json!(false))
            && (groups.is_none() || is_filled(groups.as_ref()))
            && !before.items("security_groups").is_empty()
        {
            return Err(has_groups());
        }
        if let Some(mac) = changes.get("mac_address").and_then(Value::as_str) {
            check_mac(&cloud.network, before.text("network_id"), mac, id)?;
        }
        for group in groups.iter().flat_map(|groups| groups.as_array().into_iter().flatten()) {
            visible::<security_group::SecurityGroup>(&cloud.network, asker, group.as_str().unwrap_or_default())?;
        }
        let was_secured = before.truth("port_security_enabled");
        let becomes = changes.get("port_security_enabled").and_then(Value::as_bool).unwrap_or(was_secured);
        let addresses = wanted.as_ref().and_then(Value::as_array).map_or(before.items("fixed_ips"), Vec::as_slice);
        // What is refused changes nothing: addresses are given when all else is known to be right.
        if is_filled(groups.as_ref()) && (!becomes || addresses.is_empty()) {
            return Err(cannot_be_secured());
        }
        if wanted.is_some() {
            port_address::assign(cloud, id, wanted.as_ref())?;
        }
        if let Some(port) = cloud.network.ports.get_mut(id) {
            port.insert("port_security_enabled".into(), becomes.into());
        }
        if groups.is_some() {
            secure(cloud, asker, id, groups.as_ref(), false)?;
        }
        alter(cloud, id, changes);
        floating_ip::refresh_port(cloud, id);
        Ok(())
    }

    fn delete(cloud: &mut Cloud, _: &Asker, id: &str) -> Result<(), ApiError> {
        let state = &cloud.network;
        let Some(port) = state.ports.get(id) else { return Err(Self::missing(id)) };
        let (owner, device_id) = (port.text("device_owner"), port.text("device_id"));
        let in_use = match owner {
            ROUTER_INTERFACE | ROUTER_GATEWAY => state.routers.contains(device_id),
            FLOATING_IP => state.floating_ips.contains(device_id),
            _ => false,
        };
        if in_use {
            let message = format!("Port {id} cannot be deleted directly via the port API: has device owner {owner}.");
            return Err(conflict("ServicePortInUse", message));
        }
        discard(cloud, id);
        Ok(())
    }

    fn belongs(state: &State, item: &Document, project_id: &str) -> bool {
        let network = state.networks.get(item.text("network_id"));
        item.text("project_id") == project_id || network.is_some_and(|network| network.text("project_id") == project_id)
    }

    fn is_open(_: &State, _: &Document) -> bool {
        false
    }

    fn within_reach<'s>(state: &'s State, project_id: &str) -> Vec<&'s Document> {
        let networks = state.networks.of(project_id);
        let there = networks.flat_map(|network| state.ports_of_network.get(network.text("id")));
        let foreign = there.filter_map(|id| state.ports.get(id)).filter(|port| port.text("project_id") != project_id);
        state.ports.of(project_id).chain(foreign).collect()
    }

    fn candidates(state: &State, call: &Call) -> Option<Vec<String>> {
        let by = |name: &'static str, index: &super::index::Index| {
            let named = call.query.has(name) && !call.query.all(name).any(str::is_empty);
            let keys = || call.query.all(name).collect::<BTreeSet<_>>().into_iter();
            named.then(|| keys().flat_map(|key| index.get(key)).map(str::to_owned).collect())
        };
        by("device_id", &state.ports_of_device).or_else(|| by("network_id", &state.ports_of_network))
    }
}

/// Makes a port of Neutron's own.
pub(super) fn for_service(
    cloud: &mut Cloud,
    project_id: &str,
    network_id: &str,
    owner: &str,
    device_id: &str,
    fixed_ips: Value,
) -> Result<String, ApiError> {
    let item = document!({
        "name": "", "network_id": network_id, "admin_state_up": true, "device_id": device_id, "device_owner": owner,
        "fixed_ips": fixed_ips, "security_groups": [], "allowed_address_pairs": [], "extra_dhcp_opts": [],
        "port_security_enabled": false, "binding:vnic_type": "normal", "binding:host_id": "", "binding:profile": {},
        "description": "", "project_id": project_id,
    });
    let id = Port::create(cloud, &Asker::service(project_id), item)?;
    let (status, host) = if owner == FLOATING_IP { ("N/A", "") } else { ("ACTIVE", super::agent::HOST) };
    if let Some(port) = cloud.network.ports.get_mut(&id) {
        port.insert("status".into(), json!(status));
        port.insert("binding:host_id".into(), json!(host));
    }
    bind(cloud, &id);
    Ok(id)
}

/// Removes a port and what depends on it.
pub(super) fn discard(cloud: &mut Cloud, id: &str) {
    floating_ip::release_port(cloud, id);
    let state = &mut cloud.network;
    unindex(state, id);
    let Some(port) = state.ports.remove(id) else { return };
    port_address::release(state, &port);
    for group in port.items("security_groups").iter().filter_map(Value::as_str) {
        state.ports_of_group.remove(group, id);
    }
}

/// The port's own addresses.
pub(super) fn addresses(port: &Document) -> impl Iterator<Item = IpAddr> {
    port.items("fixed_ips").iter().filter_map(|fixed| fixed.text("ip_address").parse().ok())
}

fn is_service(port: &Document) -> bool {
    port.text("device_owner").starts_with("network:")
}

/// How the port is plugged in, by the host that it is on.
pub(super) fn bind(cloud: &mut Cloud, id: &str) {
    let Some(port) = cloud.network.ports.get_mut(id) else { return };
    let bound = !port.text("binding:host_id").is_empty();
    if port.get("binding:host_id").is_some_and(Value::is_null) {
        port.insert("binding:host_id".into(), json!(""));
    }
    let details = json!({"connectivity": "l2", "port_filter": true, "bound_drivers": {"0": "linuxbridge"}});
    port.insert("binding:vif_type".into(), json!(if bound { "bridge" } else { "unbound" }));
    port.insert("binding:vif_details".into(), if bound { details } else { json!({}) });
}

/// Changes a port, and under what it is found.
pub(super) fn alter(cloud: &mut Cloud, id: &str, changes: Document) {
    unindex(&mut cloud.network, id);
    change::<Port>(cloud, id, changes);
    index(&mut cloud.network, id);
    bind(cloud, id);
}

fn index(state: &mut State, id: &str) {
    let Some(port) = state.ports.get(id) else { return };
    state.ports_of_network.add(port.text("network_id"), id);
    state.ports_of_device.add(port.text("device_id"), id);
    state.ports_with_mac.add(port.text("mac_address"), id);
    if port.text("device_owner") == ROUTER_INTERFACE {
        state.interfaces_of_network.add(port.text("network_id"), id);
    }
}

fn unindex(state: &mut State, id: &str) {
    let Some(port) = state.ports.get(id) else { return };
    state.ports_of_network.remove(port.text("network_id"), id);
    state.ports_of_device.remove(port.text("device_id"), id);
    state.ports_with_mac.remove(port.text("mac_address"), id);
    state.interfaces_of_network.remove(port.text("network_id"), id);
}

/// Puts the port into its security groups.
fn secure(cloud: &mut Cloud, asker: &Asker, id: &str, wanted: Option<&Value>, is_new: bool) -> Result<(), ApiError> {
    let Some(port) = cloud.network.ports.get(id) else { return Ok(()) };
    let able = port.truth("port_security_enabled") && !port.items("fixed_ips").is_empty();
    let project_id = port.text("project_id").to_owned();
    let before = port.items("security_groups").to_vec();
    let groups: Vec<Value> = match wanted.and_then(Value::as_array) {
        Some(groups) if !groups.is_empty() && !able => return Err(cannot_be_secured()),
        Some(groups) => groups.clone(),
        None if is_new && able && !project_id.is_empty() => {
            vec![security_group::default_of(cloud, &project_id).into()]
        }
        None => Vec::new(),
    };
    for group in groups.iter().filter_map(Value::as_str) {
        visible::<security_group::SecurityGroup>(&cloud.network, asker, group)?;
    }
    let state = &mut cloud.network;
    for group in before.iter().filter_map(Value::as_str) {
        state.ports_of_group.remove(group, id);
    }
    for group in groups.iter().filter_map(Value::as_str) {
        state.ports_of_group.add(group, id);
    }
    change::<Port>(cloud, id, document!({"security_groups": groups}));
    Ok(())
}

fn is_filled(list: Option<&Value>) -> bool {
    list.and_then(Value::as_array).is_some_and(|items| !items.is_empty())
}

fn cannot_be_secured() -> ApiError {
    bad(
        "PortSecurityAndIPRequiredForSecurityGroups",
        "Port security must be enabled and port must have an IP address in order to use security groups.",
    )
}

/// What of a port only the project of its network says, or an administrator: on a shared network others do not choose
/// addresses, nor pass for the network's own ports.
fn check_policy(asker: &Asker, network: &Document, action: &str, said: &Document) -> Result<(), ApiError> {
    if asker.is_admin || network.text("project_id") == asker.project_id {
        return Ok(());
    }
    let chooses = |name: &&str| match (*name, said.get(*name)) {
        (_, None) => false,
        ("device_owner", Some(owner)) => owner.as_str().is_some_and(|owner| owner.starts_with("network:")),
        ("allowed_address_pairs", pairs) => is_filled(pairs),
        ("fixed_ips", Some(wanted)) if action == "create_port" => {
            wanted.as_array().into_iter().flatten().any(|fixed| !fixed.text("ip_address").is_empty())
        }
        _ => true,
    };
    let names = ["device_owner", "mac_address", "fixed_ips", "port_security_enabled", "allowed_address_pairs"];
    match names.into_iter().find(chooses) {
        Some(name) => Err(disallowed(action, Some(name))),
        None => Ok(()),
    }
}

/// Nobody puts a port into another project's router.
fn check_device(state: &State, asker: &Asker, owner: &str, device_id: &str) -> Result<(), ApiError> {
    let router = state.routers.get(device_id).filter(|_| owner == ROUTER_INTERFACE && !asker.is_admin);
    if router.is_some_and(|router| router.text("project_id") != asker.project_id) {
        Err(conflict(
            "DeviceIDNotOwnedByTenant",
            format!(
                "The following device_id {device_id} is not owned by your tenant or matches another tenants router."
            ),
        ))
    } else {
        Ok(())
    }
}

fn has_groups() -> ApiError {
    conflict(
        "PortSecurityPortHasSecurityGroup",
        "Port has security group associated. Cannot disable port security or IP address until security group is \
         removed.",
    )
}

/// The MAC address that is asked for, or a new one.
fn mac(cloud: &mut Cloud, network_id: &str, wanted: &str) -> Result<String, ApiError> {
    if !wanted.is_empty() {
        check_mac(&cloud.network, network_id, wanted, "")?;
        return Ok(wanted.to_owned());
    }
    loop {
        let [a, b, c] = cloud.random.bytes();
        let mac = format!("fa:16:3e:{a:02x}:{b:02x}:{c:02x}");
        if cloud.network.ports_with_mac.get(&mac).next().is_none() {
            return Ok(mac);
        }
    }
}

fn check_mac(state: &State, network_id: &str, mac: &str, own: &str) -> Result<(), ApiError> {
    let others = state.ports_with_mac.get(mac).filter(|id| *id != own).filter_map(|id| state.ports.get(id));
    if others.map(|port| port.text("network_id")).any(|network| network == network_id) {
        Err(conflict(
            "MacAddressInUse",
            format!("Unable to complete operation for network {network_id}. The mac address {mac} is in use."),
        ))
    } else {
        Ok(())
    }
}

pub(super) fn fixed_ips(value: &Value) -> Result<Value, Complaint> {
    let wrong = |value: &Value| Complaint::Reason(format!("Invalid data format for fixed IP: '{}'", bare(value)));
    let list = match value {
        Value::Array(list) => list.as_slice(),
        other => return Err(wrong(other)),
    };
    let one = |item: &Value| {
        let mut kept = Document::new();
        let item = item.as_object().ok_or_else(|| wrong(item))?;
        if let Some(value) = item.get("ip_address") {
            kept.insert("ip_address".into(), json!(address(value)?));
        }
        if let Some(value) = item.get("subnet_id") {
            kept.insert("subnet_id".into(), accept(Check::Id, value)?);
        }
        if kept.is_empty() {
            Err(Complaint::Refusal(invalid_input("IP allocation requires subnet_id or ip_address")))
        } else {
            Ok(Value::Object(kept))
        }
    };
    list.iter().map(one).collect()
}

fn group_ids(value: &Value) -> Result<Value, Complaint> {
    match value {
        Value::Null => Ok(json!([])),
        value => accept(Check::List(&Check::Id), value),
    }
}

fn address_pairs(value: &Value) -> Result<Value, Complaint> {
    let mut kept: Vec<Value> = Vec::new();
    for item in items(value)? {
        if !item.is_object() {
            return Err(Complaint::Reason(format!("'{}' is not a dictionary", bare(item))));
        }
        let mac = item.get("mac_address").map(|mac| match accept(Check::Mac, mac) {
            Err(Complaint::Reason(reason)) => Err(Complaint::Refusal(ApiError::bad_request(reason))),
            outcome => outcome,
        });
        let mac = mac.transpose()?;
        let Some(ip) = item.get("ip_address") else {
            let error = ApiError::bad_request("AllowedAddressPair must contain ip_address");
            return Err(Complaint::Refusal(error.kind("AllowedAddressPairsMissingIP")));
        };
        let text = bare(ip);
        if text.parse::<IpAddr>().is_err() && text.parse::<ipnet::IpNet>().is_err() {
            let error = ApiError::bad_request(format!("'{text}' is not a valid IP address or subnet"));
            return Err(Complaint::Refusal(error));
        }
        let mut pair = document!({"ip_address": ip});
        if let Some(mac) = mac {
            pair.insert("mac_address".into(), mac);
        }
        if kept.contains(&Value::Object(pair.clone())) {
            let mac = if pair.contains_key("mac_address") { pair.text("mac_address") } else { "None" };
            let message = format!("Request contains duplicate address pair: mac_address {mac} ip_address {text}.");
            return Err(Complaint::Refusal(bad("DuplicateAddressPairInRequest", message)));
        }
        kept.push(pair.into());
    }
    if kept.len() > MOST_PAIRS {
        let message = format!("The number of allowed address pair exceeds the maximum {MOST_PAIRS}.");
        return Err(Complaint::Refusal(bad("AllowedAddressPairExhausted", message)));
    }
    Ok(kept.into())
}

fn dhcp_options(value: &Value) -> Result<Value, Complaint> {
    let one = |item: &Value| {
        let (name, known) = (item.text("opt_name"), item.get("opt_value"));
        if name.is_empty() || known.is_none() {
            let shown = crate::api::schema::python(item);
            return Err(Complaint::Refusal(invalid_input(format!("No valid key specs matched for: {shown}"))));
        }
        let version = item.get("ip_version").map_or(Ok(json!(4)), subnet_value::ip_version)?;
        Ok(json!({"opt_name": name, "opt_value": known, "ip_version": version}))
    };
    let options: Vec<Value> = items(value)?.iter().map(one).collect::<Result<_, _>>()?;
    // A value of null takes an option away.
    Ok(options.into_iter().filter(|option| option.get("opt_value").is_some_and(|value| !value.is_null())).collect())
}
