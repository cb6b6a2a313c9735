// SPDX-License-Identifier: Apache-2.0
//! CreateFlavorTests.

use functest_core::case::{Check, CheckError, check};
use functest_openstack::resource::Flavor;
use serde_json::json;

use super::Api;
use super::nova_flavor::new_flavor;
use crate::healthcheck::check::{refused, same};

pub(super) const CHECKS: &[Check<Api>] = &[
    check("CreateFlavorTests.create_flavor", "a new flavor is listed", |api| Box::pin(create(api))),
    Check::marked(
        "CreateFlavorTests.create_existing_flavor",
        "a second flavor of the same name is refused with 409, and the first is still the one that is found",
        "the original looks the name up before it creates; this tests the cloud's rule",
        |api| Box::pin(create_existing(api)),
    ),
    check("CreateFlavorTests.create_clean_flavor", "a flavor that is cleaned up is not listed any more", |api| {
        Box::pin(create_clean(api))
    }),
    check("CreateFlavorTests.create_delete_flavor", "deleting a flavor that is gone says 404", |api| {
        Box::pin(create_delete(api))
    }),
    check("CreateFlavorTests.create_delete_flavor_all_settings", "every attribute of a flavor is kept", |api| {
        Box::pin(all_settings(api))
    }),
];

async fn create(api: &Api) -> Result<(), CheckError> {
    let flavor = new_flavor(api).await?;
    same("flavors of that name", 1, api.admin()?.rest().named::<Flavor>(&flavor.name).await?.len())
}

async fn create_existing(api: &Api) -> Result<(), CheckError> {
    let flavor = new_flavor(api).await?;
    let admin = api.admin()?;
    let again = json!({"name": flavor.name, "ram": flavor.ram, "disk": flavor.disk, "vcpus": flavor.vcpus});
    refused("a second flavor of the same name", admin.create::<Flavor>(again).await, &[409])?;
    let found = admin.rest().named::<Flavor>(&flavor.name).await?;
    same("the ids of that name", vec![flavor.id], found.into_iter().map(|flavor| flavor.id).collect())
}

async fn create_clean(api: &Api) -> Result<(), CheckError> {
    let flavor = new_flavor(api).await?;
    let admin = api.admin()?;
    admin.delete(&flavor).await?;
    same("flavors of that name", 0, admin.rest().named::<Flavor>(&flavor.name).await?.len())
}

async fn create_delete(api: &Api) -> Result<(), CheckError> {
    let flavor = new_flavor(api).await?;
    let admin = api.admin()?;
    admin.delete(&flavor).await?;
    refused("deleting a flavor that is gone", admin.rest().remove::<Flavor>(&flavor.id).await, &[404])
}

async fn all_settings(api: &Api) -> Result<(), CheckError> {
    let admin = api.admin()?;
    let name = admin.unique_name("flavor");
    let attributes = json!({
        "name": name,
        "ram": 192,
        "disk": 3,
        "vcpus": 2,
        "OS-FLV-EXT-DATA:ephemeral": 2,
        "swap": 64,
        "rxtx_factor": 2.2,
        "os-flavor-access:is_public": false,
    });
    let flavor: Flavor = admin.create(attributes).await?;
    let found: Flavor = admin.rest().get(&flavor.id).await?;
    let kept = (found.ram, found.disk, found.vcpus, found.ephemeral, found.is_public);
    same("memory, disk, processors, ephemeral disk, public", (192, 3, 2, 2, false), kept)?;
    same("swap", &json!(64), &found.swap)?;
    same("its share of bandwidth", 2.2, found.rxtx_factor)
}
