// SPDX-License-Identifier: Apache-2.0
//! NeutronUtilsNetworkTests.

use functest_core::case::{Check, CheckError, check};
use functest_openstack::resource::Network;
use serde_json::{Value, json};

use super::Api;
use crate::healthcheck::check::{refused, rule, same};

pub(super) const CHECKS: &[Check<Api>] = &[
    check("NeutronUtilsNetworkTests.create_network", "a new network is found by name and by id", |api| {
        Box::pin(create_network(api))
    }),
    rule(
        "NeutronUtilsNetworkTests.create_network_empty_name",
        "a network without a name is made: names are optional",
        |api| Box::pin(empty_name(api)),
    ),
    rule(
        "NeutronUtilsNetworkTests.create_network_null_name",
        "a network whose name is null is refused with 400",
        |api| Box::pin(null_name(api)),
    ),
];

async fn create_network(api: &Api) -> Result<(), CheckError> {
    let network = api.network().await?;
    let rest = api.user().rest();
    same("its name", &network.name, &rest.get::<Network>(&network.id).await?.name)?;
    let found = rest.named::<Network>(&network.name).await?;
    same("the ids of that name", vec![network.id], found.into_iter().map(|network| network.id).collect())
}

async fn empty_name(api: &Api) -> Result<(), CheckError> {
    let network: Network = api.user().create(json!({"name": ""})).await?;
    same("its name", "", &network.name)
}

async fn null_name(api: &Api) -> Result<(), CheckError> {
    let made = api.user().create::<Network>(json!({"name": Value::Null})).await;
    refused("a network whose name is null", made, &[400])
}
