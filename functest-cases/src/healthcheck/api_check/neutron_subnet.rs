// SPDX-License-Identifier: Apache-2.0
//! NeutronUtilsSubnetTests.

use functest_core::case::{Check, CheckError, check};
use functest_openstack::Error;
use functest_openstack::resource::Subnet;
use serde_json::{Value, json};

use super::Api;
use crate::healthcheck::check::{refused, rule, same};

pub(super) const CHECKS: &[Check<Api>] = &[
    check(
        "NeutronUtilsSubnetTests.create_subnet",
        "a new subnet is found by name and by id, with its addresses",
        |api| Box::pin(create_subnet(api)),
    ),
    rule("NeutronUtilsSubnetTests.create_subnet_null_name", "a subnet whose name is null is refused with 400", |api| {
        Box::pin(null_name(api))
    }),
    rule(
        "NeutronUtilsSubnetTests.create_subnet_empty_name",
        "a subnet without a name is made: names are optional",
        |api| Box::pin(empty_name(api)),
    ),
    Check::marked(
        "NeutronUtilsSubnetTests.create_subnet_null_cidr",
        "a subnet whose cidr is null is refused",
        "the original tested its own arguments; sound Neutron releases answer this with 400 or with 500",
        |api| Box::pin(bad_cidr(api, Value::Null, &[400, 500])),
    ),
    rule(
        "NeutronUtilsSubnetTests.create_subnet_empty_cidr",
        "a subnet whose cidr is empty is refused with 400",
        |api| Box::pin(bad_cidr(api, json!(""), &[400])),
    ),
];

async fn create_subnet(api: &Api) -> Result<(), CheckError> {
    let network = api.network().await?;
    let subnet = api.subnet_of(&network).await?;
    let rest = api.user().rest();
    let found: Subnet = rest.get(&subnet.id).await?;
    same("its network", &network.id, &found.network_id)?;
    same("its addresses", &api.settings.cidr, &found.cidr)?;
    let found = rest.named::<Subnet>(&subnet.name).await?;
    same("the ids of that name", vec![subnet.id], found.into_iter().map(|subnet| subnet.id).collect())
}

async fn with(api: &Api, name: Value, cidr: Value) -> Result<Result<Subnet, Error>, CheckError> {
    let network = api.network().await?;
    let attributes = json!({"name": name, "network_id": network.id, "ip_version": 4, "cidr": cidr});
    Ok(api.user().create(attributes).await)
}

async fn null_name(api: &Api) -> Result<(), CheckError> {
    let made = with(api, Value::Null, json!(api.settings.cidr)).await?;
    refused("a subnet whose name is null", made, &[400])
}

async fn empty_name(api: &Api) -> Result<(), CheckError> {
    let subnet = with(api, json!(""), json!(api.settings.cidr)).await??;
    same("its name", "", &subnet.name)
}

async fn bad_cidr(api: &Api, cidr: Value, statuses: &[u16]) -> Result<(), CheckError> {
    let what = format!("a subnet whose cidr is {cidr}");
    let made = with(api, json!(api.user().unique_name("subnet")), cidr).await?;
    refused(&what, made, statuses)
}
