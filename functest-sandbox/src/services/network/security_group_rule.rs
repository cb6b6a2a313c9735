// SPDX-License-Identifier: Apache-2.0
//! The rules of security groups.

use std::net::IpAddr;

use ipnet::IpNet;
use serde_json::{Value, json};

use super::State;
use super::asker::Asker;
use super::attribute::{Attribute, Initial};
use super::kind::{Kind, owned, routes, store, visible};
use super::refusal::{bad, conflict, invalid_input, missing};
use super::security_group::SecurityGroup;
use super::validate::{Check, Complaint, bare};
use crate::api::{ApiError, Document, Read, Route, document};
use crate::ground::Table;
use crate::services::Cloud;

pub(super) const ROUTES: &[Route<Cloud>] = routes!(SecurityGroupRule, "security-group-rules");

/// The protocols that have names.
const PROTOCOLS: [(&str, u8); 25] = [
    ("ah", 51),
    ("dccp", 33),
    ("egp", 8),
    ("esp", 50),
    ("gre", 47),
    ("hopopt", 0),
    ("icmp", 1),
    ("igmp", 2),
    ("ip", 0),
    ("ipip", 4),
    ("ipv6-encap", 41),
    ("ipv6-frag", 44),
    ("ipv6-icmp", 58),
    ("icmpv6", 58),
    ("ipv6-nonxt", 59),
    ("ipv6-opts", 60),
    ("ipv6-route", 43),
    ("ospf", 89),
    ("pgm", 113),
    ("rsvp", 46),
    ("sctp", 132),
    ("tcp", 6),
    ("udp", 17),
    ("udplite", 136),
    ("vrrp", 112),
];

const ICMP: [u8; 2] = [1, 58];
const WITH_PORTS: [u8; 5] = [33, 132, 6, 17, 136];

/// Rules of security groups as a kind.
pub(super) struct SecurityGroupRule;

impl Kind for SecurityGroupRule {
    const NAME: &'static str = "security_group_rule";
    const COLLECTION: &'static str = "security_group_rules";
    const FIRST_REVISION: u64 = 0;
    const ATTRIBUTES: &'static [Attribute] = &[
        Attribute::new("security_group_id", Check::Id, Initial::Required).fixed(),
        Attribute::new("direction", Check::OneOf(&["ingress", "egress"]), Initial::Required).fixed(),
        Attribute::new("ethertype", Check::By(ethertype), Initial::Text("IPv4")).fixed(),
        Attribute::new("protocol", Check::By(protocol), Initial::Null).fixed(),
        Attribute::new("port_range_min", Check::By(port_value), Initial::Null).fixed(),
        Attribute::new("port_range_max", Check::By(port_value), Initial::Null).fixed(),
        Attribute::new("remote_ip_prefix", Check::By(prefix), Initial::Null).fixed(),
        Attribute::new("remote_group_id", Check::Or(&Check::Text(255)), Initial::Null).fixed(),
        Attribute::read_only("normalized_cidr"),
    ];

    fn table(state: &State) -> &Table<Document> {
        &state.security_group_rules
    }

    fn table_mut(state: &mut State) -> &mut Table<Document> {
        &mut state.security_group_rules
    }

    fn missing(id: &str) -> ApiError {
        missing("SecurityGroupRuleNotFound", format!("Security group rule {id} does not exist"))
    }

    fn create(cloud: &mut Cloud, asker: &Asker, mut item: Document) -> Result<String, ApiError> {
        canonical(&mut item);
        check(&item)?;
        let group_id = item.text("security_group_id").to_owned();
        let group = owned::<SecurityGroup>(&cloud.network, asker, &group_id, "create")?;
        let project_id = group.text("project_id").to_owned();
        if !item.text("remote_group_id").is_empty() {
            visible::<SecurityGroup>(&cloud.network, asker, item.text("remote_group_id"))?;
        }
        let state = &cloud.network;
        let rules = state.rules_of_group.get(&group_id).filter_map(|id| state.security_group_rules.get(id));
        if let Some(same) = rules.into_iter().find(|rule| is_same(rule, &item)) {
            let id = same.text("id");
            let message = format!("Security group rule already exists. Rule id is {id}.");
            return Err(conflict("SecurityGroupRuleExists", message));
        }
        item.insert("project_id".into(), project_id.into());
        Ok(keep(cloud, item))
    }

    fn delete(cloud: &mut Cloud, _: &Asker, id: &str) -> Result<(), ApiError> {
        discard(&mut cloud.network, id);
        Ok(())
    }

    fn prepare(cloud: &mut Cloud, asker: &Asker) {
        SecurityGroup::prepare(cloud, asker);
    }

    fn check_bulk(items: &[Document]) -> Result<(), ApiError> {
        for (place, item) in items.iter().enumerate() {
            for other in items.iter().skip(place + 1) {
                if item.text("security_group_id") != other.text("security_group_id") {
                    let message = "Only allowed to update rules for one security profile at a time";
                    return Err(bad("SecurityGroupNotSingleGroupRules", message));
                }
                if is_same(item, other) {
                    let message = "Duplicate Security Group Rule in POST.";
                    return Err(conflict("DuplicateSecurityGroupRuleInPost", message));
                }
            }
        }
        Ok(())
    }
}

/// Adds a rule that lets everything pass one way, from or to everybody or a group's members.
pub(super) fn allow(
    cloud: &mut Cloud,
    project_id: &str,
    group_id: &str,
    direction: &str,
    ethertype: &str,
    remote_group_id: Option<&str>,
) {
    keep(
        cloud,
        document!({
            "security_group_id": group_id, "direction": direction, "ethertype": ethertype, "protocol": null,
            "port_range_min": null, "port_range_max": null, "remote_ip_prefix": null, "normalized_cidr": null,
            "remote_group_id": remote_group_id, "description": null, "project_id": project_id,
        }),
    );
}

pub(super) fn discard(state: &mut State, id: &str) {
    if let Some(rule) = state.security_group_rules.remove(id) {
        state.rules_of_group.remove(rule.text("security_group_id"), id);
        state.rules_with_remote.remove(rule.text("remote_group_id"), id);
    }
}

/// The number of a protocol by its name or number; `None` for all of them.
pub(super) fn protocol_number(protocol: &str) -> Option<u8> {
    let named = PROTOCOLS.iter().find(|(name, _)| *name == protocol).map(|(_, number)| *number);
    named.or_else(|| protocol.parse().ok()).filter(|number| *number != 0)
}

fn keep(cloud: &mut Cloud, item: Document) -> String {
    let (group, remote) = (item.text("security_group_id").to_owned(), item.text("remote_group_id").to_owned());
    let id = store::<SecurityGroupRule>(cloud, item);
    cloud.network.rules_of_group.add(&group, &id);
    cloud.network.rules_with_remote.add(&remote, &id);
    id
}

/// Writes things that have several names by one.
fn canonical(item: &mut Document) {
    if item.text("ethertype") == "IPv6" && ["icmp", "icmpv6"].contains(&item.text("protocol")) {
        item.insert("protocol".into(), json!("ipv6-icmp"));
    }
    let net = item.text("remote_ip_prefix").parse::<IpNet>().ok();
    item.insert("normalized_cidr".into(), json!(net.map(|net| net.trunc().to_string())));
}

fn is_same(a: &Document, b: &Document) -> bool {
    let everywhere = |rule: &Document| match rule.text("remote_ip_prefix").parse::<IpNet>() {
        Ok(net) if net.prefix_len() > 0 => Some(net.trunc()),
        _ => None,
    };
    let exact = ["direction", "ethertype", "port_range_min", "port_range_max", "remote_group_id"];
    exact.iter().all(|key| a.get(*key) == b.get(*key))
        && protocol_number(a.text("protocol")) == protocol_number(b.text("protocol"))
        && everywhere(a) == everywhere(b)
}

/// Whether the parts of a rule go together.
fn check(item: &Document) -> Result<(), ApiError> {
    let (protocol, ethertype) = (item.text("protocol"), item.text("ethertype"));
    if !item.text("remote_ip_prefix").is_empty() && !item.text("remote_group_id").is_empty() {
        let message = "Only one of remote_ip_prefix or remote_group_id or remote_address_group_id may be provided.";
        return Err(bad("SecurityGroupMultipleRemoteEntites", message));
    }
    check_ports(item)?;
    if ethertype == "IPv4" && (protocol.starts_with("ipv6-") || protocol == "icmpv6") {
        let message = format!("Invalid ethertype {ethertype} for protocol {protocol}.");
        return Err(bad("SecurityGroupEthertypeConflictWithProtocol", message));
    }
    let prefix = item.text("remote_ip_prefix");
    match prefix.parse::<IpNet>() {
        Ok(net) if net.addr().is_ipv4() != (ethertype == "IPv4") => {
            let message = format!("Conflicting value ethertype {ethertype} for CIDR {prefix}");
            Err(bad("SecurityGroupRuleParameterConflict", message))
        }
        _ => Ok(()),
    }
}

fn check_ports(item: &Document) -> Result<(), ApiError> {
    let port = |key: &str| item.get(key).and_then(Value::as_i64);
    let (least, most) = (port("port_range_min"), port("port_range_max"));
    if least.is_none() && most.is_none() {
        return Ok(());
    }
    let Some(number) = protocol_number(item.text("protocol")) else {
        let message = "Must also specify protocol if port range is given.";
        return Err(bad("SecurityGroupProtocolRequiredWithPorts", message));
    };
    if ICMP.contains(&number) {
        return check_icmp(least, most);
    }
    if !WITH_PORTS.contains(&number) {
        let message = format!(
            "Ports cannot be specified for protocol {number}. Ports are only supported for DCCP, SCTP, TCP, UDP, UDPLITE."
        );
        return Err(bad("SecurityGroupInvalidProtocolForPort", message));
    }
    if let Some(port) = [least, most].into_iter().flatten().find(|port| !(1..=65_535).contains(port)) {
        return Err(bad("SecurityGroupInvalidPortValue", format!("Invalid value for port {port}")));
    }
    match least.zip(most) {
        Some((least, most)) if least <= most => Ok(()),
        _ => {
            Err(bad("SecurityGroupInvalidPortRange", "For TCP/UDP protocols, port_range_min must be <= port_range_max"))
        }
    }
}

/// ICMP has a type and a code where others have ports.
fn check_icmp(kind: Option<i64>, code: Option<i64>) -> Result<(), ApiError> {
    let named = [("type", "port_range_min", kind), ("code", "port_range_max", code)];
    for (name, key, value) in named {
        if let Some(value) = value.filter(|value| !(0..=255).contains(value)) {
            let message = format!("Invalid value for ICMP {name} ({key}) {value}. It must be 0 to 255.");
            return Err(bad("SecurityGroupInvalidIcmpValue", message));
        }
    }
    match (kind, code) {
        (None, Some(code)) => Err(bad(
            "SecurityGroupMissingIcmpType",
            format!("ICMP code (port-range-max) {code} is provided but ICMP type (port-range-min) is missing."),
        )),
        _ => Ok(()),
    }
}

fn ethertype(value: &Value) -> Result<Value, Complaint> {
    let text = bare(value);
    match ["IPv4", "IPv6"].into_iter().find(|known| known.eq_ignore_ascii_case(&text)) {
        Some(known) => Ok(known.into()),
        None => Err(Complaint::Refusal(bad(
            "SecurityGroupRuleInvalidEtherType",
            format!("Security group rule for ethertype '{text}' not supported. Allowed values are ['IPv4', 'IPv6']."),
        ))),
    }
}

fn protocol(value: &Value) -> Result<Value, Complaint> {
    let text = match value {
        Value::Null => return Ok(Value::Null),
        other => bare(other).to_ascii_lowercase(),
    };
    if PROTOCOLS.iter().any(|(name, _)| *name == text) || text.parse::<u8>().is_ok() {
        return Ok(text.into());
    }
    let names: Vec<String> = PROTOCOLS.iter().map(|(name, _)| format!("'{name}'")).collect();
    let message = format!(
        "Security group rule protocol {text} not supported. Only protocol values [None, {}] and integer \
         representations [0 to 255] are supported.",
        names.join(", ")
    );
    Err(Complaint::Refusal(bad("SecurityGroupRuleInvalidProtocol", message)))
}

fn port_value(value: &Value) -> Result<Value, Complaint> {
    let number = match value {
        Value::Null => return Ok(Value::Null),
        Value::String(text) if text.is_empty() => return Ok(Value::Null),
        other => bare(other).parse::<i64>(),
    };
    let message = || format!("Invalid value for port {}", bare(value));
    number.map(Value::from).map_err(|_| Complaint::Refusal(bad("SecurityGroupInvalidPortValue", message())))
}

fn prefix(value: &Value) -> Result<Value, Complaint> {
    let text = match value {
        Value::Null => return Ok(Value::Null),
        Value::String(text) if text.is_empty() => return Ok(Value::Null),
        Value::String(text) => text,
        other => return Err(Complaint::Refusal(invalid_input(format!("'{}' is not a valid IP subnet", bare(other))))),
    };
    let net = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
    match net {
        Ok(net) => Ok(net.to_string().into()),
        Err(_) => {
            Err(Complaint::Refusal(bad("InvalidCIDR", format!("Invalid CIDR {} given as IP prefix.", bare(value)))))
        }
    }
}
