// SPDX-License-Identifier: Apache-2.0
//! Routers.

use std::net::IpAddr;

use serde_json::{Value, json};

use super::asker::Asker;
use super::attribute::{Attribute, Initial};
use super::kind::{Kind, change, routes, store};
use super::refusal::{bad, bad_request, conflict, disallowed, missing};
use super::validate::{Check, Complaint, bare};
use super::{State, gateway, port, subnet_value};
use crate::api::schema::python;
use crate::api::{ApiError, Document, Read, Route};
use crate::ground::Table;
use crate::services::Cloud;

pub(super) const ROUTES: &[Route<Cloud>] = routes!(Router, "routers");

/// How many routes a router may have: Neutron's default.
const MOST_ROUTES: usize = 30;

/// Routers as a kind.
pub(super) struct Router;

impl Kind for Router {
    const NAME: &'static str = "router";
    const COLLECTION: &'static str = "routers";
    const ATTRIBUTES: &'static [Attribute] = &[
        Attribute::new("name", Check::Text(255), Initial::Text("")),
        Attribute::new("admin_state_up", Check::Truth, Initial::Truth(true)),
        Attribute::new("external_gateway_info", Check::By(gateway_info), Initial::Null),
        Attribute::new("routes", Check::By(subnet_value::host_routes), Initial::Forbidden),
        Attribute::new("distributed", Check::Truth, Initial::Truth(false)).set_by_admin().seen_by_admin(),
        Attribute::new("ha", Check::Truth, Initial::Truth(false)).set_by_admin().seen_by_admin(),
        Attribute::new("availability_zone_hints", Check::List(&Check::Text(255)), Initial::List).fixed(),
        Attribute::read_only("availability_zones"),
        Attribute::read_only("status"),
    ];

    fn table(state: &State) -> &Table<Document> {
        &state.routers
    }

    fn table_mut(state: &mut State) -> &mut Table<Document> {
        &mut state.routers
    }

    fn missing(id: &str) -> ApiError {
        missing("RouterNotFound", format!("Router {id} could not be found"))
    }

    fn create(cloud: &mut Cloud, asker: &Asker, mut item: Document) -> Result<String, ApiError> {
        let wanted = item.remove("external_gateway_info").unwrap_or_default();
        check_gateway_policy(asker, "create_router", &wanted)?;
        item.insert("status".into(), json!("ACTIVE"));
        item.insert("routes".into(), json!([]));
        let id = store::<Self>(cloud, item);
        if let Err(error) = gateway::set(cloud, asker, &id, &wanted) {
            cloud.network.routers.remove(&id);
            return Err(error);
        }
        Ok(id)
    }

    fn update(cloud: &mut Cloud, asker: &Asker, id: &str, mut changes: Document) -> Result<(), ApiError> {
        let Some(router) = cloud.network.routers.get(id) else { return Err(Self::missing(id)) };
        for name in ["distributed", "ha"] {
            let differs = changes.get(name).is_some_and(|wanted| Some(wanted) != router.get(name));
            if differs && router.truth("admin_state_up") {
                let reason = format!(
                    "Cannot change the '{name}' attribute of active routers. Please set router admin_state_up to False \
                     prior to upgrade"
                );
                return Err(bad_request("router", reason));
            }
        }
        let wanted = changes.remove("external_gateway_info");
        if let Some(wanted) = &wanted {
            check_gateway_policy(asker, "update_router", wanted)?;
            gateway::set(cloud, asker, id, wanted)?;
        }
        if let Some(routes) = changes.get("routes") {
            check_routes(&cloud.network, id, routes)?;
        }
        change::<Self>(cloud, id, changes);
        Ok(())
    }

    fn delete(cloud: &mut Cloud, _: &Asker, id: &str) -> Result<(), ApiError> {
        let inside: Vec<&str> = interfaces(&cloud.network, id).map(|port| port.text("id")).collect();
        if !inside.is_empty() {
            let message = format!("Router {id} has ports still attached: {}", inside.join(", "));
            return Err(conflict("RouterInUse", message));
        }
        gateway::clear(cloud, id)?;
        cloud.network.routers.remove(id);
        Ok(())
    }

    fn complete(state: &State, item: &Document) -> Document {
        let mut whole = item.clone();
        let (info, zones) = (gateway::info(state, item), is_placed(state, item));
        whole.insert("external_gateway_info".into(), info);
        whole.insert("availability_zones".into(), if zones { json!(["nova"]) } else { json!([]) });
        whole
    }
}

/// The ports that a router has on networks inside.
pub(super) fn interfaces<'s>(state: &'s State, router_id: &str) -> impl Iterator<Item = &'s Document> + use<'s> {
    let ports = state.ports_of_device.get(router_id).filter_map(|id| state.ports.get(id));
    ports.filter(|port| port.text("device_owner") == port::ROUTER_INTERFACE)
}

/// Whether an agent has a reason to have it.
fn is_placed(state: &State, router: &Document) -> bool {
    !router.text("gateway_port").is_empty() || interfaces(state, router.text("id")).next().is_some()
}

fn gateway_info(value: &Value) -> Result<Value, Complaint> {
    let info = match value {
        Value::Null => return Ok(Value::Null),
        Value::Object(info) if info.is_empty() => return Ok(Value::Null),
        Value::Object(info) => info,
        other => return Err(Complaint::Reason(format!("'{}' is not a dictionary", bare(other)))),
    };
    let Some(network_id) = info.get("network_id") else {
        let keys = "Validation of dictionary's keys failed. Expected keys: {'network_id'} Provided keys";
        return Err(Complaint::Reason(format!("{keys}: {}", python(value))));
    };
    super::validate::accept(Check::Id, network_id)?;
    let mut kept = info.clone();
    if let Some(addresses) = info.get("external_fixed_ips").filter(|addresses| !addresses.is_null()) {
        kept.insert("external_fixed_ips".into(), port::fixed_ips(addresses)?);
    }
    if let Some(snat) = info.get("enable_snat") {
        super::validate::accept(Check::Truth, snat)?;
    }
    Ok(kept.into())
}

/// Only administrators choose addresses and translation.
fn check_gateway_policy(asker: &Asker, action: &str, wanted: &Value) -> Result<(), ApiError> {
    let Some(wanted) = wanted.as_object().filter(|_| !asker.is_admin) else { return Ok(()) };
    if !["enable_snat", "external_fixed_ips"].iter().any(|key| wanted.contains_key(*key)) {
        return Ok(());
    }
    let info = format!("rule:{action}:external_gateway_info");
    let keys = ["network_id", "enable_snat", "external_fixed_ips"].iter().filter(|key| wanted.contains_key(**key));
    let keys: Vec<String> = keys.map(|key| format!("{info}:{key}")).collect();
    let keys = match keys.as_slice() {
        [one] => one.clone(),
        all => format!("({})", all.join(" and ")),
    };
    let message = format!("(rule:{action} and ({info} and {keys})) is disallowed by policy");
    Err(ApiError { message, ..disallowed(action, None) })
}

/// Whether every next hop is on a network that the router is on, and is not the router.
fn check_routes(state: &State, id: &str, routes: &Value) -> Result<(), ApiError> {
    let ports = || state.ports_of_device.get(id).filter_map(|port| state.ports.get(port));
    if routes.as_array().is_some_and(|routes| routes.len() > MOST_ROUTES) {
        let reason = format!("The number of routes exceeds the maximum {MOST_ROUTES}.");
        return Err(bad("RoutesExhausted", format!("Unable to complete operation for {id}. {reason}")));
    }
    for route in routes.as_array().into_iter().flatten() {
        let Ok(hop) = route.text("nexthop").parse::<IpAddr>() else { continue };
        let nets = ports().flat_map(|port| port.items("fixed_ips"));
        let mut nets = nets.filter_map(|fixed| subnet_value::net(state.subnets.get(fixed.text("subnet_id"))?));
        let reason = if !nets.any(|net| net.contains(&hop)) {
            "the nexthop is not connected with router"
        } else if ports().flat_map(port::addresses).any(|own| own == hop) {
            "the nexthop is used by router"
        } else {
            continue;
        };
        return Err(bad("InvalidRoutes", format!("Invalid format for routes: {}, {reason}", python(routes))));
    }
    Ok(())
}
