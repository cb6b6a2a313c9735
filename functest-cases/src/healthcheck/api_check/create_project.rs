// SPDX-License-Identifier: Apache-2.0
//! CreateProjectSuccessTests.

use functest_core::case::{Check, CheckError, check};
use functest_openstack::Service;
use functest_openstack::resource::Project;
use functest_openstack::rest::Call;
use serde_json::{Value, json};

use super::Api;
use super::keystone_utils::new_project;
use crate::healthcheck::check::{refused, same};

pub(super) const CHECKS: &[Check<Api>] = &[
    check(
        "CreateProjectSuccessTests.create_project_bad_domain",
        "a project in a domain that does not exist is refused",
        |api| Box::pin(bad_domain(api)),
    ),
    check(
        "CreateProjectSuccessTests.create_project",
        "a new project is enabled, and in the domain that was asked for",
        |api| Box::pin(create_project(api)),
    ),
    Check::marked(
        "CreateProjectSuccessTests.create_project_2x",
        "a second project of the same name is refused with 409, and the first is still the one that is found",
        "the original looks the name up before it creates; this tests the cloud's rule",
        |api| Box::pin(create_project_twice(api)),
    ),
    check(
        "CreateProjectSuccessTests.create_delete_project",
        "a deleted project is gone, and deleting it again says 404",
        |api| Box::pin(create_delete_project(api)),
    ),
    check("CreateProjectSuccessTests.update_quotas", "compute and network quotas that are set are read back", |api| {
        Box::pin(update_quotas(api))
    }),
];

async fn bad_domain(api: &Api) -> Result<(), CheckError> {
    let admin = api.admin()?;
    let attributes = json!({"name": admin.unique_name("project"), "domain_id": "functest-no-such-domain"});
    refused("a project in a domain that does not exist", admin.create::<Project>(attributes).await, &[400, 403, 404])
}

async fn create_project(api: &Api) -> Result<(), CheckError> {
    let project = new_project(api).await?;
    let found: Project = api.admin()?.rest().get(&project.id).await?;
    same("enabled", true, found.enabled)?;
    same("its domain", &api.cloud.domain_id, &found.domain_id)
}

async fn create_project_twice(api: &Api) -> Result<(), CheckError> {
    let project = new_project(api).await?;
    let admin = api.admin()?;
    let again = json!({"name": project.name, "domain_id": api.cloud.domain_id});
    refused("a second project of the same name", admin.create::<Project>(again).await, &[409])?;
    let found = admin.rest().named::<Project>(&project.name).await?;
    same("the ids of that name", vec![project.id], found.into_iter().map(|project| project.id).collect())
}

async fn create_delete_project(api: &Api) -> Result<(), CheckError> {
    let project = new_project(api).await?;
    let admin = api.admin()?;
    admin.delete(&project).await?;
    refused("a look at a deleted project", admin.rest().get::<Project>(&project.id).await, &[404])?;
    refused("deleting it again", admin.rest().remove::<Project>(&project.id).await, &[404])
}

async fn update_quotas(api: &Api) -> Result<(), CheckError> {
    let project = new_project(api).await?;
    let compute = [("cores", 4), ("instances", 5), ("ram", 6000), ("key_pairs", 7)];
    quotas(api, Service::Compute, "/os-quota-sets/{project}", "quota_set", &project.id, &compute).await?;
    let network = [("network", 3), ("subnet", 4), ("port", 5), ("router", 6), ("floatingip", 7)];
    quotas(api, Service::Network, "/quotas/{project}", "quota", &project.id, &network).await
}

async fn quotas(
    api: &Api,
    service: Service,
    route: &'static str,
    key: &str,
    project: &str,
    values: &[(&str, i64)],
) -> Result<(), CheckError> {
    let rest = api.admin()?.rest();
    let wanted: serde_json::Map<String, Value> = values.iter().map(|(k, v)| ((*k).to_owned(), json!(v))).collect();
    rest.send(Call::put(service, route, &[project], json!({key: wanted}))).await?;
    let found: Value = rest.send(Call::get(service, route, &[project])).await?.read(key)?;
    for (name, value) in values {
        same(&format!("the {service} quota {name}"), Some(*value), found[*name].as_i64())?;
    }
    Ok(())
}
