// SPDX-License-Identifier: Apache-2.0
//! NeutronUtilsRouterTests: its ports.

use functest_core::case::{Check, CheckError, check};
use functest_openstack::resource::{Network, Port, Subnet};
use serde_json::{Value, json};

use super::Api;
use crate::healthcheck::check::{ensure, refused, rule, same};

pub(super) const CHECKS: &[Check<Api>] = &[
    check(
        "NeutronUtilsRouterTests.create_port",
        "a port with a chosen address has it, and is found by name and by id",
        |api| Box::pin(create_port(api)),
    ),
    rule(
        "NeutronUtilsRouterTests.create_port_empty_name",
        "a port without a name is made: names are optional",
        |api| Box::pin(empty_name(api)),
    ),
    rule("NeutronUtilsRouterTests.create_port_null_name", "a port whose name is null is refused with 400", |api| {
        Box::pin(null_name(api))
    }),
    rule(
        "NeutronUtilsRouterTests.create_port_null_network_object",
        "a port whose network is null is refused with 400",
        |api| Box::pin(null_network(api)),
    ),
    rule("NeutronUtilsRouterTests.create_port_null_ip", "a port whose address is null is refused with 400", |api| {
        Box::pin(bad_address(api, Value::Null))
    }),
    check(
        "NeutronUtilsRouterTests.create_port_invalid_ip",
        "a port with an address that is none is refused with 400",
        |api| Box::pin(bad_address(api, json!("foo"))),
    ),
    check(
        "NeutronUtilsRouterTests.create_port_invalid_ip_to_subnet",
        "a port with an address outside its subnet is refused with 400",
        |api| Box::pin(bad_address(api, json!("192.0.2.77"))),
    ),
];

async fn place(api: &Api) -> Result<(Network, Subnet), CheckError> {
    let network = api.network().await?;
    let subnet = api.subnet_of(&network).await?;
    Ok((network, subnet))
}

/// The last address but one of a subnet's IPv4 range: neither its gateway's nor one that DHCP takes first.
fn high_address(cidr: &str) -> Option<String> {
    let (base, bits) = cidr.split_once('/')?;
    let base: std::net::Ipv4Addr = base.parse().ok()?;
    let bits: u32 = bits.parse().ok().filter(|bits| (1..=29).contains(bits))?;
    let last = u32::from(base) | (u32::MAX >> bits);
    Some(std::net::Ipv4Addr::from(last - 2).to_string())
}

async fn create_port(api: &Api) -> Result<(), CheckError> {
    let (network, subnet) = place(api).await?;
    let address = high_address(&subnet.cidr).ok_or_else(|| {
        CheckError::Errored(format!("the setting cidr: {} is not an IPv4 range for a port", subnet.cidr))
    })?;
    let attributes = json!({
        "name": api.user().unique_name("port"),
        "network_id": network.id,
        "fixed_ips": [{"subnet_id": subnet.id, "ip_address": address}],
    });
    let port: Port = api.user().create(attributes).await?;
    let rest = api.user().rest();
    let found: Port = rest.get(&port.id).await?;
    let addresses: Vec<String> = found.fixed_ips.into_iter().map(|ip| ip.ip_address).collect();
    same("its addresses", vec![address], addresses)?;
    let found = rest.named::<Port>(&port.name).await?;
    same("the ids of that name", vec![port.id], found.into_iter().map(|port| port.id).collect())
}

async fn empty_name(api: &Api) -> Result<(), CheckError> {
    let (network, _) = place(api).await?;
    let port: Port = api.user().create(json!({"name": "", "network_id": network.id})).await?;
    same("its name", "", &port.name)?;
    ensure(!port.fixed_ips.is_empty(), || "it has no address".into())
}

async fn null_name(api: &Api) -> Result<(), CheckError> {
    let (network, _) = place(api).await?;
    let made = api.user().create::<Port>(json!({"name": Value::Null, "network_id": network.id})).await;
    refused("a port whose name is null", made, &[400])
}

async fn null_network(api: &Api) -> Result<(), CheckError> {
    let attributes = json!({"name": api.user().unique_name("port"), "network_id": Value::Null});
    refused("a port whose network is null", api.user().create::<Port>(attributes).await, &[400])
}

async fn bad_address(api: &Api, address: Value) -> Result<(), CheckError> {
    let (network, subnet) = place(api).await?;
    let what = format!("a port with the address {address} in {}", subnet.cidr);
    let attributes = json!({
        "name": api.user().unique_name("port"),
        "network_id": network.id,
        "fixed_ips": [{"subnet_id": subnet.id, "ip_address": address}],
    });
    refused(&what, api.user().create::<Port>(attributes).await, &[400])
}

#[cfg(test)]
mod tests {
    use super::high_address;

    #[test]
    fn addresses_are_within_their_range() {
        assert_eq!(high_address("10.0.0.0/24").as_deref(), Some("10.0.0.253"));
        assert_eq!(high_address("172.16.0.0/29").as_deref(), Some("172.16.0.5"));
        assert_eq!(high_address("10.0.0.0/32"), None);
        assert_eq!(high_address("fd00::/64"), None);
    }
}
