// SPDX-License-Identifier: Apache-2.0
//! Pools that subnets' ranges are cut out of.

use std::collections::BTreeMap;

use ipnet::IpNet;
use serde_json::{Value, json};

use super::State;
use super::address_scope::AddressScope;
use super::allocation::number;
use super::asker::Asker;
use super::attribute::{Attribute, Initial};
use super::kind::{Kind, change, routes, store, visible};
use super::refusal::{bad, bad_request, conflict, missing};
use super::subnet_value::net;
use super::validate::{Check, Complaint, bare, items};
use crate::api::{ApiError, Document, Read, Route};
use crate::ground::Table;
use crate::services::Cloud;

pub(super) const ROUTES: &[Route<Cloud>] = routes!(SubnetPool, "subnetpools");

const LENGTHS: [(&str, &str); 3] = [("default_prefixlen", "min"), ("min_prefixlen", "min"), ("max_prefixlen", "max")];

/// How many ranges are looked at before a pool counts as used up.
const MOST_TRIES: usize = 100_000;

/// Subnet pools as a kind.
pub(super) struct SubnetPool;

impl Kind for SubnetPool {
    const NAME: &'static str = "subnetpool";
    const COLLECTION: &'static str = "subnetpools";
    const FIRST_REVISION: u64 = 0;
    const ATTRIBUTES: &'static [Attribute] = &[
        Attribute::new("name", Check::Text(255), Initial::Required),
        Attribute::new("prefixes", Check::By(prefixes), Initial::Required),
        Attribute::new("default_prefixlen", Check::Integer(0, 128), Initial::Open),
        Attribute::new("min_prefixlen", Check::Integer(0, 128), Initial::Open),
        Attribute::new("max_prefixlen", Check::Integer(0, 128), Initial::Open),
        Attribute::new("default_quota", Check::Integer(0, i64::MAX), Initial::Null),
        Attribute::new("shared", Check::Truth, Initial::Truth(false)).fixed().set_by_admin(),
        Attribute::new("is_default", Check::Truth, Initial::Truth(false)).set_by_admin(),
        Attribute::new("address_scope_id", Check::Or(&Check::Id), Initial::Null),
        Attribute::read_only("ip_version"),
    ];

    fn table(state: &State) -> &Table<Document> {
        &state.subnet_pools
    }

    fn table_mut(state: &mut State) -> &mut Table<Document> {
        &mut state.subnet_pools
    }

    /// There are few, and shared ones are anybody's.
    fn within_reach<'s>(state: &'s State, _: &str) -> Vec<&'s Document> {
        state.subnet_pools.values().collect()
    }

    fn missing(id: &str) -> ApiError {
        missing("SubnetPoolNotFound", format!("Subnet pool {id} could not be found."))
    }

    fn create(cloud: &mut Cloud, asker: &Asker, mut item: Document) -> Result<String, ApiError> {
        let nets = nets(&item);
        let Some(first) = nets.first() else {
            return Err(bad("EmptySubnetPoolPrefixList", "Empty subnet pool prefix list."));
        };
        let (four, most) = (first.addr().is_ipv4(), first.max_prefix_len());
        check_family(&nets, four)?;
        check_scope(&cloud.network, asker, &item)?;
        let least = if four { 8 } else { 64 };
        for (name, edge) in LENGTHS {
            let default = if edge == "max" { most } else { least };
            item.entry(name).or_insert_with(|| json!(default));
        }
        item.insert("ip_version".into(), json!(if four { 4 } else { 6 }));
        check_lengths(&item, most)?;
        Ok(store::<Self>(cloud, item))
    }

    fn update(cloud: &mut Cloud, asker: &Asker, id: &str, changes: Document) -> Result<(), ApiError> {
        let Some(pool) = cloud.network.subnet_pools.get(id) else { return Err(Self::missing(id)) };
        let mut after = pool.clone();
        after.extend(changes.clone());
        let covered = |old: &IpNet| nets(&after).iter().any(|new| new.contains(old));
        if !nets(pool).iter().all(covered) {
            let message = "Illegal subnetpool prefix update: existing prefixes must be a subset of the new prefixes";
            return Err(bad("IllegalSubnetPoolPrefixUpdate", message));
        }
        let four = after.get("ip_version") == Some(&json!(4));
        check_family(&nets(&after), four)?;
        check_scope(&cloud.network, asker, &changes)?;
        check_lengths(&after, if four { 32 } else { 128 })?;
        change::<Self>(cloud, id, changes);
        Ok(())
    }

    fn delete(cloud: &mut Cloud, _: &Asker, id: &str) -> Result<(), ApiError> {
        if cloud.network.subnets_of_pool.get(id).next().is_some() {
            let message = format!("Unable to delete subnet pool {id}: Subnet pool has existing allocations.");
            return Err(conflict("SubnetPoolDeleteError", message));
        }
        cloud.network.subnet_pools.remove(id);
        Ok(())
    }

    /// Real Neutron shows the lengths as texts.
    fn complete(_: &State, item: &Document) -> Document {
        let mut whole = item.clone();
        for (name, _) in LENGTHS {
            let length = item.get(name).map(Value::to_string);
            whole.insert(name.into(), json!(length));
        }
        whole
    }
}

/// The range that a subnet gets of the pool that it names.
pub(super) fn cut(state: &State, asker: &Asker, subnet: &Document, wanted: Option<u64>) -> Result<IpNet, ApiError> {
    let pool = visible::<SubnetPool>(state, asker, subnet.text("subnetpool_id"))?;
    if pool.get("ip_version") != subnet.get("ip_version") {
        return Err(bad_request("subnets", "Cannot allocate a subnet of another IP version than its subnet pool"));
    }
    let length = |name: &str| pool.get(name).and_then(Value::as_u64).unwrap_or_default();
    let (nets, taken) = (nets(pool), taken(state, pool.text("id")));
    // What was cut does not overlap: the last that begins before a range ends is the one that could be in it.
    let is_free = |net: &IpNet| {
        let (first, last) = (number(net.network()), number(net.broadcast()));
        taken.range(..=last).next_back().is_none_or(|(_, end)| *end < first)
    };
    let failure = |reason: &str| conflict("SubnetAllocationError", format!("Failed to allocate subnet: {reason}."));
    if let Ok(net) = subnet.text("cidr").parse::<IpNet>() {
        let net = net.trunc();
        let inside = nets.iter().any(|prefix| prefix.contains(&net));
        return if inside && is_free(&net) {
            Ok(net)
        } else {
            Err(failure("Cannot allocate requested subnet from the available set of prefixes"))
        };
    }
    let length_wanted = wanted.unwrap_or_else(|| length("default_prefixlen"));
    if length_wanted < length("min_prefixlen") {
        let message = format!(
            "Unable to allocate subnet with prefix length {length_wanted}, minimum allowed prefix is {}.",
            length("min_prefixlen")
        );
        return Err(conflict("MinPrefixSubnetAllocationError", message));
    }
    if length_wanted > length("max_prefixlen") {
        let message = format!(
            "Unable to allocate subnet with prefix length {length_wanted}, maximum allowed prefix is {}.",
            length("max_prefixlen")
        );
        return Err(conflict("MaxPrefixSubnetAllocationError", message));
    }
    let length_wanted = u8::try_from(length_wanted).unwrap_or(u8::MAX);
    let ranges = nets.iter().filter_map(|net| net.subnets(length_wanted).ok()).flatten();
    let found = ranges.take(MOST_TRIES).find(is_free);
    found.ok_or_else(|| failure("Insufficient prefix space to allocate subnet size"))
}

/// The ranges that were cut out of a pool, by the number that each begins with: the number that it ends with.
fn taken(state: &State, pool_id: &str) -> BTreeMap<u128, u128> {
    let nets = state.subnets_of_pool.get(pool_id).filter_map(|id| state.subnets.get(id)).filter_map(net);
    nets.map(|net| (number(net.network()), number(net.broadcast()))).collect()
}

fn check_family(nets: &[IpNet], four: bool) -> Result<(), ApiError> {
    if nets.iter().any(|net| net.addr().is_ipv4() != four) {
        Err(bad("PrefixVersionMismatch", "Cannot mix IPv4 and IPv6 prefixes in a subnet pool."))
    } else {
        Ok(())
    }
}

/// Whether the asker sees the address scope that is said to be the pool's.
fn check_scope(state: &State, asker: &Asker, said: &Document) -> Result<(), ApiError> {
    match said.text("address_scope_id") {
        "" => Ok(()),
        id => visible::<AddressScope>(state, asker, id).map(drop),
    }
}

fn nets(pool: &Document) -> Vec<IpNet> {
    pool.items("prefixes").iter().filter_map(|prefix| prefix.as_str()?.parse().ok()).collect()
}

fn prefixes(value: &Value) -> Result<Value, Complaint> {
    if value.is_null() {
        return Err(Complaint::Reason("'None' is not a list".to_owned()));
    }
    let mut nets: Vec<IpNet> = Vec::new();
    for item in items(value)? {
        let net = item.as_str().and_then(|text| text.parse::<IpNet>().ok());
        nets.push(net.ok_or_else(|| format!("'{}' is not a valid IP subnet", bare(item)))?.trunc());
    }
    let merged = IpNet::aggregate(&nets);
    Ok(merged.iter().map(ToString::to_string).collect())
}

fn check_lengths(pool: &Document, most: u8) -> Result<(), ApiError> {
    let length = |name: &str| pool.get(name).and_then(Value::as_u64).unwrap_or_default();
    let (least, default, greatest) = (length("min_prefixlen"), length("default_prefixlen"), length("max_prefixlen"));
    let illegal = |kind, message: String| Err(bad(kind, message));
    if greatest > u64::from(most) {
        return illegal(
            "IllegalSubnetPoolPrefixBounds",
            format!("Illegal prefix bounds: max_prefixlen={greatest}, ip_version."),
        );
    }
    if least > greatest {
        let message = format!("Illegal prefix bounds: min_prefixlen={least}, max_prefixlen={greatest}.");
        return illegal("IllegalSubnetPoolPrefixBounds", message);
    }
    if default < least || default > greatest {
        let message = format!("Illegal prefix bounds: default_prefixlen={default}, bounds {least} to {greatest}.");
        return illegal("IllegalSubnetPoolPrefixBounds", message);
    }
    Ok(())
}
