// SPDX-License-Identifier: Apache-2.0
//! NovaUtilsInstanceTests.

use functest_core::case::{Check, CheckError, check};
use functest_openstack::resource::{Port, Server};
use serde_json::json;

use super::Api;
use super::nova_flavor::new_flavor;
use crate::healthcheck::check::same;

pub(super) const CHECKS: &[Check<Api>] = &[check(
    "NovaUtilsInstanceTests.create_instance",
    "a server becomes ACTIVE, and is found by name and by id",
    |api| Box::pin(create_instance(api)),
)];

async fn create_instance(api: &Api) -> Result<(), CheckError> {
    let user = api.user();
    let flavor = new_flavor(api).await?;
    let image = api.settings.image(api.ctx.deadline(api.settings.upload_deadline.into())).obtain(user).await?;
    let network = api.network().await?;
    api.subnet_of(&network).await?;
    let port: Port = user.create(json!({"name": user.unique_name("port"), "network_id": network.id})).await?;
    let attributes = json!({
        "name": user.unique_name("server"),
        "imageRef": image.id,
        "flavorRef": flavor.id,
        "networks": [{"port": port.id}],
    });
    let server: Server = user.create(attributes).await?;
    let deadline = api.ctx.deadline(api.settings.boot_deadline.into());
    let active = Server::wait_until_active(user.rest(), &server.id, deadline).await?;
    let found = user.rest().named::<Server>(&active.name).await?;
    same("the ids of that name", vec![server.id], found.into_iter().map(|server| server.id).collect())
}
