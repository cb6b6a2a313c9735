// SPDX-License-Identifier: Apache-2.0
//! NeutronUtilsRouterTests: routers and their interfaces. Its ports are in `neutron_port`.

use functest_core::case::{Check, CheckError, check};
use functest_openstack::resource::{Network, Port, Router};
use serde_json::{Value, json};

use super::Api;
use crate::healthcheck::check::{ensure, refused, rule, same};

pub(super) const CHECKS: &[Check<Api>] = &[
    check("NeutronUtilsRouterTests.create_router_simple", "a new router is found by name and by id", |api| {
        Box::pin(simple(api))
    }),
    check(
        "NeutronUtilsRouterTests.create_router_with_public_interface",
        "a router with a gateway shows the external network, and an address on it",
        |api| Box::pin(with_gateway(api)),
    ),
    rule(
        "NeutronUtilsRouterTests.create_router_empty_name",
        "a router without a name is made: names are optional",
        |api| Box::pin(empty_name(api)),
    ),
    rule("NeutronUtilsRouterTests.create_router_null_name", "a router whose name is null is refused with 400", |api| {
        Box::pin(null_name(api))
    }),
    check(
        "NeutronUtilsRouterTests.add_interface_router",
        "a router joined to a subnet has a port with the subnet's gateway address",
        |api| Box::pin(add_interface(api)),
    ),
    rule(
        "NeutronUtilsRouterTests.add_interface_router_null_router",
        "joining a router that does not exist says 404",
        |api| Box::pin(null_router(api)),
    ),
    rule(
        "NeutronUtilsRouterTests.add_interface_router_null_subnet",
        "joining to a subnet that is null is refused with 400",
        |api| Box::pin(null_subnet(api)),
    ),
];

async fn new_router(api: &Api) -> Result<Router, CheckError> {
    Ok(api.user().create(json!({"name": api.user().unique_name("router")})).await?)
}

async fn simple(api: &Api) -> Result<(), CheckError> {
    let router = new_router(api).await?;
    let rest = api.user().rest();
    same("its name", &router.name, &rest.get::<Router>(&router.id).await?.name)?;
    let found = rest.named::<Router>(&router.name).await?;
    same("the ids of that name", vec![router.id], found.into_iter().map(|router| router.id).collect())
}

async fn with_gateway(api: &Api) -> Result<(), CheckError> {
    let external = Network::external(api.user().rest(), api.settings.external_network.as_deref()).await?;
    let attributes = json!({
        "name": api.user().unique_name("router"),
        "external_gateway_info": {"network_id": external.id},
    });
    let router: Router = api.user().create(attributes).await?;
    let gateway = api.user().rest().get::<Router>(&router.id).await?.external_gateway_info;
    same("the network of its gateway", Some(external.id.as_str()), gateway["network_id"].as_str())?;
    let addresses = gateway["external_fixed_ips"].as_array().map_or(0, Vec::len);
    ensure(addresses > 0, || "its gateway has no address".into())
}

async fn empty_name(api: &Api) -> Result<(), CheckError> {
    let router: Router = api.user().create(json!({"name": ""})).await?;
    same("its name", "", &router.name)
}

async fn null_name(api: &Api) -> Result<(), CheckError> {
    let made = api.user().create::<Router>(json!({"name": Value::Null})).await;
    refused("a router whose name is null", made, &[400])
}

async fn add_interface(api: &Api) -> Result<(), CheckError> {
    let network = api.network().await?;
    let subnet = api.subnet_of(&network).await?;
    let router = new_router(api).await?;
    let rest = api.user().rest();
    Router::add_interface(rest, &router.id, json!({"subnet_id": subnet.id})).await?;
    let ports = rest.all::<Port>(&[("device_id", &router.id)]).await?;
    let addresses: Vec<&str> = ports.iter().flat_map(|port| &port.fixed_ips).map(|ip| ip.ip_address.as_str()).collect();
    same("the addresses of its ports", vec![subnet.gateway_ip.as_str()], addresses)
}

async fn null_router(api: &Api) -> Result<(), CheckError> {
    let network = api.network().await?;
    let subnet = api.subnet_of(&network).await?;
    let nowhere = "00000000-0000-0000-0000-000000000000";
    let joined = Router::add_interface(api.user().rest(), nowhere, json!({"subnet_id": subnet.id})).await;
    refused("joining a router that does not exist", joined, &[404])
}

async fn null_subnet(api: &Api) -> Result<(), CheckError> {
    let router = new_router(api).await?;
    let joined = Router::add_interface(api.user().rest(), &router.id, json!({"subnet_id": Value::Null})).await;
    refused("joining to a subnet that is null", joined, &[400])
}
