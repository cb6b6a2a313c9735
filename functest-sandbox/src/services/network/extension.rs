// SPDX-License-Identifier: Apache-2.0
//! Extensions: what this Neutron can besides networks, subnets and ports. Nothing is listed that does not work.

use serde_json::{Value, json};

use crate::api::{Answer, ApiError, Call, Reply, Route};
use crate::services::Cloud;

pub(super) const ROUTES: &[Route<Cloud>] =
    &[Route::get("/v2.0/extensions", list), Route::get("/v2.0/extensions/{alias}", show)];

/// Alias, name, description, and when its definition was last changed.
const EXTENSIONS: &[(&str, &str, &str, &str)] = &[
    (
        "address-scope",
        "Address scope",
        "Ranges that do not overlap, shared by subnet pools",
        "2015-07-26T10:00:00-00:00",
    ),
    ("agent", "agent", "What runs the networks", "2013-02-03T10:00:00-00:00"),
    (
        "allowed-address-pairs",
        "Allowed Address Pairs",
        "Addresses besides its own that a port may use",
        "2013-07-23T10:00:00-00:00",
    ),
    ("availability_zone", "Availability Zone", "Zones of networks and routers", "2015-01-01T10:00:00-00:00"),
    (
        "availability_zone_filter",
        "Availability Zone Filter Extension",
        "Zones can be filtered",
        "2018-06-22T10:00:00-00:00",
    ),
    ("binding", "Port Binding", "How ports are plugged in", "2014-02-03T10:00:00-00:00"),
    (
        "default-subnetpools",
        "Default Subnetpools",
        "Subnet pools can be marked as the default",
        "2016-02-18T18:00:00-00:00",
    ),
    (
        "dhcp_agent_scheduler",
        "DHCP Agent Scheduler",
        "Which agent serves a network's DHCP",
        "2013-02-07T10:00:00-00:00",
    ),
    (
        "dvr",
        "Distributed Virtual Router",
        "Routers have the attribute that says whether they are distributed",
        "2014-06-1T10:00:00-00:00",
    ),
    (
        "empty-string-filtering",
        "Empty String Filtering Extension",
        "Lists can be filtered by empty texts",
        "2018-05-01T10:00:00-00:00",
    ),
    (
        "ext-gw-mode",
        "Neutron L3 Configurable external gateway mode",
        "Routers have a switch for translating addresses",
        "2013-03-28T10:00:00-00:00",
    ),
    ("external-net", "Neutron external network", "Networks that lead outside", "2013-01-14T10:00:00-00:00"),
    ("extra_dhcp_opt", "Neutron Extra DHCP options", "DHCP options of single ports", "2013-03-17T12:00:00-00:00"),
    ("extraroute", "Neutron Extra Route", "Routes of routers", "2013-02-01T10:00:00-00:00"),
    (
        "extraroute-atomic",
        "Atomically add/remove extra routes",
        "Routes of routers can be added and removed one by one",
        "2019-07-10T00:00:00+00:00",
    ),
    (
        "filter-validation",
        "Filter parameters validation",
        "Filters that nobody knows are refused",
        "2018-07-04T10:00:00-00:00",
    ),
    (
        "fip-port-details",
        "Floating IP Port Details Extension",
        "Floating IPs show the port that they lead to",
        "2018-04-09T10:00:00-00:00",
    ),
    (
        "ip-substring-filtering",
        "IP address substring filtering",
        "Ports can be found by a part of an address",
        "2017-11-28T09:00:00-00:00",
    ),
    ("net-mtu", "Network MTU", "Networks show their MTU", "2015-03-25T10:00:00-00:00"),
    ("net-mtu-writable", "Network MTU (writable)", "The MTU of networks can be chosen", "2017-07-12T00:00:00-00:00"),
    (
        "network-ip-availability",
        "Network IP Availability",
        "How many addresses networks have left",
        "2015-09-24T00:00:00-00:00",
    ),
    (
        "network_availability_zone",
        "Network Availability Zone",
        "Networks can hint at a zone",
        "2015-01-01T10:00:00-00:00",
    ),
    ("pagination", "Pagination support", "Lists come in pages", "2016-06-12T00:00:00-00:00"),
    ("port-security", "Port Security", "Ports can be without filters", "2012-07-23T10:00:00-00:00"),
    (
        "port-security-groups-filtering",
        "Port filtering on security groups",
        "Ports can be found by security group",
        "2018-01-09T09:00:00-00:00",
    ),
    ("project-id", "project_id field enabled", "Resources have a project_id", "2016-09-09T09:09:09-09:09"),
    ("provider", "Provider Network", "What carries networks", "2012-09-07T10:00:00-00:00"),
    (
        "quota-check-limit",
        "Quota engine limit check",
        "New quotas can be checked against what is in use",
        "2021-09-08T16:00:00-00:00",
    ),
    ("quota_details", "Quota details management support", "Quotas show what is in use", "2017-02-10T10:00:00-00:00"),
    ("quotas", "Quota management support", "Limits of what projects have", "2012-07-29T10:00:00-00:00"),
    (
        "revision-if-match",
        "If-Match constraints based on revision_number",
        "Changes can depend on a revision",
        "2016-12-11T00:00:00-00:00",
    ),
    ("router", "Neutron L3 Router", "Routers and floating IPs", "2012-07-20T10:00:00-00:00"),
    (
        "router-admin-state-down-before-update",
        "Enforce Router's Admin State Down Before Update Extension",
        "Routers must be down to become distributed",
        "2019-07-02T15:56:00",
    ),
    ("router_availability_zone", "Router Availability Zone", "Routers can hint at a zone", "2015-01-01T10:00:00-00:00"),
    ("security-group", "security-group", "Security groups", "2012-10-05T10:00:00-00:00"),
    (
        "security-groups-normalized-cidr",
        "Normalized CIDR field for security group rules",
        "Rules show their prefix in its usual form",
        "2020-07-28T10:00:00-00:00",
    ),
    ("service-type", "Neutron Service Type Management", "Providers of services", "2013-01-20T00:00:00-00:00"),
    ("sorting", "Sorting support", "Lists can be sorted", "2016-06-12T00:00:00-00:00"),
    (
        "standard-attr-description",
        "standard-attr-description",
        "Resources have descriptions",
        "2016-02-10T10:00:00-00:00",
    ),
    (
        "standard-attr-revisions",
        "Resource revision numbers",
        "Resources count their changes",
        "2016-04-11T10:00:00-00:00",
    ),
    (
        "standard-attr-tag",
        "Tag support for resources with standard attribute: port, subnet, subnetpool, network, security_group, router, floatingip, policy, trunk, network_segment_range",
        "Resources have tags",
        "2017-01-01T00:00:00-00:00",
    ),
    (
        "standard-attr-timestamp",
        "Resource timestamps",
        "Resources show when they were made and changed",
        "2016-09-12T10:00:00-00:00",
    ),
    (
        "stateful-security-group",
        "Stateful security group",
        "Security groups have an attribute for tracking connections",
        "2019-11-26T09:00:00-00:00",
    ),
    ("subnet-service-types", "Subnet service types", "Subnets can be for certain ports", "2016-03-15T18:00:00-00:00"),
    ("subnet_allocation", "Subnet Allocation", "Subnets can be cut out of pools", "2015-03-30T10:00:00-00:00"),
];

fn shown((alias, name, description, updated): &(&str, &str, &str, &str)) -> Value {
    json!({"alias": alias, "name": name, "description": description, "updated": updated, "links": []})
}

fn list(_: &mut Cloud, _: &Call) -> Answer {
    let all: Vec<Value> = EXTENSIONS.iter().map(shown).collect();
    Ok(Reply::ok(&json!({"extensions": all})))
}

fn show(_: &mut Cloud, call: &Call) -> Answer {
    let alias = call.param("alias");
    match EXTENSIONS.iter().find(|extension| extension.0 == alias) {
        Some(extension) => Ok(Reply::ok(&json!({"extension": shown(extension)}))),
        None => Err(ApiError::not_found(format!("Extension with alias {alias} does not exist"))),
    }
}
