// SPDX-License-Identifier: Apache-2.0
//! KeystoneUtilsTests.

use functest_core::case::{Check, CheckError, check};
use functest_openstack::auth::EndpointFilter;
use functest_openstack::connect::{Credential, Domain, LoginScope, Named};
use functest_openstack::resource::{Project, Role, User};
use functest_openstack::rest::Call;
use functest_openstack::{Rest, Service};
use secrecy::SecretString;
use serde_json::json;

use super::Api;
use crate::healthcheck::check::{ensure, refused, same};

pub(super) const CHECKS: &[Check<Api>] = &[
    check("KeystoneUtilsTests.create_user_minimal", "a new user is found by name and by id", |api| {
        Box::pin(create_user_minimal(api))
    }),
    check("KeystoneUtilsTests.create_project_minimal", "a new project is found by name and by id", |api| {
        Box::pin(create_project_minimal(api))
    }),
    check("KeystoneUtilsTests.get_endpoint_success", "the catalog has the identity endpoint, and it answers", |api| {
        Box::pin(endpoint_answers(api))
    }),
    check(
        "KeystoneUtilsTests.get_endpoint_fail_without_proper_service",
        "Keystone knows no service of a type that does not exist, and the catalog has no endpoint of it",
        |api| Box::pin(no_such_service(api)),
    ),
    check(
        "KeystoneUtilsTests.get_endpoint_fail_without_proper_credentials",
        "without a valid login there is no catalog",
        |api| Box::pin(no_catalog_without_login(api)),
    ),
    Check::marked(
        "KeystoneUtilsTests.get_endpoint_with_each_interface",
        "the catalog has a public identity endpoint, and every one that it lists for another interface is a URL",
        "the original demands all three interfaces; clouds without an admin endpoint are sound too",
        |api| Box::pin(each_interface(api)),
    ),
    check("KeystoneUtilsTests.grant_user_role_to_project", "a role that is granted is listed as granted", |api| {
        Box::pin(grant(api))
    }),
];

/// A user of a fresh password, as the given user of the cloud would make one.
pub(super) async fn new_user(api: &Api, password: &str) -> Result<User, CheckError> {
    let admin = api.admin()?;
    let name = admin.unique_name("user");
    Ok(admin.create(json!({"name": name, "domain_id": api.cloud.domain_id, "password": password})).await?)
}

/// A project in the case's domain.
pub(super) async fn new_project(api: &Api) -> Result<Project, CheckError> {
    let admin = api.admin()?;
    Ok(admin.create(json!({"name": admin.unique_name("project"), "domain_id": api.cloud.domain_id})).await?)
}

/// A password that no rule for passwords refuses.
pub(super) fn new_password() -> String {
    format!("Aa1!{}", uuid::Uuid::new_v4().simple())
}

async fn create_user_minimal(api: &Api) -> Result<(), CheckError> {
    let user = new_user(api, &new_password()).await?;
    let rest = api.admin()?.rest();
    same("its name", &user.name, &rest.get::<User>(&user.id).await?.name)?;
    let found = rest.named::<User>(&user.name).await?;
    same("the ids of that name", vec![user.id], found.into_iter().map(|user| user.id).collect())
}

async fn create_project_minimal(api: &Api) -> Result<(), CheckError> {
    let project = new_project(api).await?;
    let rest = api.admin()?.rest();
    same("its name", &project.name, &rest.get::<Project>(&project.id).await?.name)?;
    let found = rest.named::<Project>(&project.name).await?;
    same("the ids of that name", vec![project.id], found.into_iter().map(|project| project.id).collect())
}

async fn endpoint_answers(api: &Api) -> Result<(), CheckError> {
    let rest = api.user().rest();
    let call = Call::get(Service::Identity, "/", &[]);
    rest.send(call).await?.json()?;
    Ok(())
}

/// A service type that no cloud has.
const STRANGE: &str = "functest-no-such-service";

async fn no_such_service(api: &Api) -> Result<(), CheckError> {
    let token = api.user().rest().token().await?;
    let strange = token.catalog.entries.iter().find(|entry| entry.service_type == STRANGE);
    ensure(strange.is_none(), || format!("the catalog lists `{STRANGE}`"))?;
    let call = Call::get(Service::Identity, "/services", &[]).query("type", STRANGE);
    let known = api.admin()?.rest().list(call, "services").await?;
    same("services of that type", 0, known.len())
}

async fn no_catalog_without_login(api: &Api) -> Result<(), CheckError> {
    let rest = api.user().rest();
    let user =
        Named::Name { name: api.user().unique_name("stranger"), domain: Domain::Id(api.cloud.domain_id.clone()) };
    let credential = Credential::Password { user, password: SecretString::from(new_password()) };
    refused("a login of a user that does not exist", log_in(rest, api, credential).await, &[401])
}

async fn log_in(rest: &Rest, api: &Api, credential: Credential) -> Result<Rest, functest_openstack::Error> {
    let auth = rest.auth().sibling(credential, Some(LoginScope::project(&api.cloud.project_id)));
    rest.log_in_as(auth, rest.observer().clone()).await
}

async fn each_interface(api: &Api) -> Result<(), CheckError> {
    let rest = api.user().rest();
    let token = rest.token().await?;
    for interface in ["public", "internal", "admin"] {
        let filter = EndpointFilter { interface: interface.to_owned(), ..rest.auth().filter().clone() };
        let listed = token.catalog.lists(Service::Identity, &filter);
        if interface == "public" || listed {
            token.catalog.endpoint(Service::Identity, &filter).map_err(|e| CheckError::failed(e.to_string()))?;
        }
    }
    Ok(())
}

async fn grant(api: &Api) -> Result<(), CheckError> {
    let (user, project) = (new_user(api, &new_password()).await?, new_project(api).await?);
    let rest = api.admin()?.rest();
    let role = Role::find(rest, &["member", "_member_", "reader", "admin"]).await?;
    let before = role.is_granted(rest, &project.id, &user.id).await?;
    ensure(!before, || format!("a new user has the role {} already", role.name))?;
    role.grant(rest, &project.id, &user.id).await?;
    let after = role.is_granted(rest, &project.id, &user.id).await?;
    ensure(after, || format!("the role {} was granted, and Keystone does not know of it", role.name))
}
