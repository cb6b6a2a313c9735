// SPDX-License-Identifier: Apache-2.0
//! NovaUtilsFlavorTests.

use functest_core::case::{Check, CheckError, check};
use functest_openstack::resource::Flavor;
use serde_json::json;

use super::Api;
use crate::healthcheck::check::{refused, same};

pub(super) const CHECKS: &[Check<Api>] = &[
    check(
        "NovaUtilsFlavorTests.create_flavor",
        "a new flavor is found by id and by name, with what was asked for",
        |api| Box::pin(create(api)),
    ),
    check(
        "NovaUtilsFlavorTests.create_delete_flavor",
        "a deleted flavor is gone from the cloud and from the list",
        |api| Box::pin(create_delete(api)),
    ),
];

/// A small flavor.
pub(super) async fn new_flavor(api: &Api) -> Result<Flavor, CheckError> {
    let admin = api.admin()?;
    let (ram, disk) = (api.settings.flavor_ram, api.settings.flavor_disk);
    Ok(admin.create(json!({"name": admin.unique_name("flavor"), "ram": ram, "disk": disk, "vcpus": 1})).await?)
}

async fn create(api: &Api) -> Result<(), CheckError> {
    let flavor = new_flavor(api).await?;
    let rest = api.admin()?.rest();
    let found: Flavor = rest.get(&flavor.id).await?;
    let wanted = (flavor.name.as_str(), api.settings.flavor_ram, api.settings.flavor_disk, 1);
    same("name, memory, disk, processors", wanted, (found.name.as_str(), found.ram, found.disk, found.vcpus))?;
    let named = rest.named::<Flavor>(&flavor.name).await?;
    same("the ids of that name", vec![flavor.id], named.into_iter().map(|flavor| flavor.id).collect())
}

async fn create_delete(api: &Api) -> Result<(), CheckError> {
    let flavor = new_flavor(api).await?;
    let admin = api.admin()?;
    admin.delete(&flavor).await?;
    refused("a look at a deleted flavor", admin.rest().get::<Flavor>(&flavor.id).await, &[404])?;
    same("flavors of that name", 0, admin.rest().named::<Flavor>(&flavor.name).await?.len())
}
