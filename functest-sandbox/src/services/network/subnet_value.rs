// SPDX-License-Identifier: Apache-2.0
//! What the values of a subnet may be, and how they are read back.

use std::net::IpAddr;

use ipnet::IpNet;
use serde_json::{Value, json};

use super::allocation::{self, Range};
use super::validate::{Check, Complaint, accept, address, bare, exactly, items};
use crate::api::{Document, Read};

/// IPv6: how guests learn their addresses.
pub(super) const MODES: &[&str] = &["dhcpv6-stateful", "dhcpv6-stateless", "slaac"];

pub(super) fn ip_version(value: &Value) -> Result<Value, Complaint> {
    let version = accept(Check::Integer(i64::MIN, i64::MAX), value)?;
    match version.as_i64() {
        Some(4 | 6) => Ok(version),
        _ => Err(Complaint::Reason(format!("{version} is not in valid_values"))),
    }
}

pub(super) fn pools(value: &Value) -> Result<Value, Complaint> {
    let pool = |pool: &Value| {
        let pool = exactly(pool, &["end", "start"])?;
        let end = |key: &str| address(pool.get(key).unwrap_or(&Value::Null));
        Ok(json!({"start": end("start")?, "end": end("end")?}))
    };
    match value.as_array() {
        Some(pools) => pools.iter().map(pool).collect(),
        None => Err(Complaint::Reason(format!("Invalid data format for IP pool: '{}'", bare(value)))),
    }
}

pub(super) fn nameservers(value: &Value) -> Result<Value, Complaint> {
    let mut kept: Vec<Value> = Vec::new();
    for item in items(value)? {
        let name = bare(item);
        let server = address(item).map_err(|_| {
            Complaint::Reason(format!("'{name}' is not a valid nameserver. '{name}' is not a valid IP address"))
        })?;
        if kept.contains(&json!(server)) {
            return Err(Complaint::Reason(format!("Duplicate nameserver '{name}'")));
        }
        kept.push(json!(server));
    }
    Ok(kept.into())
}

pub(super) fn service_types(value: &Value) -> Result<Value, Complaint> {
    match value {
        Value::Null => Ok(json!([])),
        value => accept(Check::List(&Check::Text(255)), value),
    }
}

/// Routes, of guests and of routers.
pub(super) fn host_routes(value: &Value) -> Result<Value, Complaint> {
    let mut kept: Vec<Value> = Vec::new();
    for item in items(value)? {
        let route = exactly(item, &["nexthop", "destination"])?;
        let destination = route.get("destination").unwrap_or(&Value::Null);
        if !destination.is_string() {
            return Err(Complaint::Reason(format!("'{}' is not a valid CIDR", bare(destination))));
        }
        if destination.as_str().and_then(|text| text.parse::<IpNet>().ok()).is_none() {
            return Err(Complaint::Reason(format!("'{}' is not a valid IP subnet", bare(destination))));
        }
        let route = json!({
            "destination": destination, "nexthop": address(route.get("nexthop").unwrap_or(&Value::Null))?,
        });
        if kept.contains(&route) {
            return Err(Complaint::Reason(format!("Duplicate hostroute '{}'", bare(&route))));
        }
        kept.push(route);
    }
    Ok(kept.into())
}

/// The range of a subnet.
pub(super) fn net(subnet: &Document) -> Option<IpNet> {
    subnet.text("cidr").parse().ok()
}

pub(super) fn gateway(subnet: &Document) -> Option<IpAddr> {
    subnet.text("gateway_ip").parse().ok()
}

/// The pools of a subnet, in order.
pub(super) fn ranges(subnet: &Document) -> Vec<Range> {
    let end = |pool: &Value, key: &str| pool.text(key).parse().ok().map(allocation::number);
    let mut ranges: Vec<Range> = subnet
        .items("allocation_pools")
        .iter()
        .filter_map(|pool| Some((end(pool, "start")?, end(pool, "end")?)))
        .collect();
    ranges.sort_unstable();
    ranges
}

/// Ranges as a subnet shows them.
pub(super) fn shown_pools(net: &IpNet, ranges: &[Range]) -> Value {
    let pool = |(start, end): &Range| json!({"start": allocation::address(net, *start), "end": allocation::address(net, *end)});
    ranges.iter().map(pool).collect()
}

/// Whether its guests make their addresses of their MAC addresses.
pub(super) fn is_automatic(subnet: &Document) -> bool {
    ["slaac", "dhcpv6-stateless"].contains(&subnet.text("ipv6_address_mode"))
}
