// SPDX-License-Identifier: Apache-2.0
//! CreateUserSuccessTests.

use functest_core::case::{Check, CheckError, check};
use functest_openstack::connect::{Credential, LoginScope, Named};
use functest_openstack::resource::{Role, User};
use secrecy::SecretString;
use serde_json::json;

use super::Api;
use super::keystone_utils::{new_password, new_project, new_user};
use crate::healthcheck::check::{refused, same};

pub(super) const CHECKS: &[Check<Api>] = &[
    check("CreateUserSuccessTests.create_user", "a new user is enabled, and in the domain that was asked for", |api| {
        Box::pin(create_user(api))
    }),
    Check::marked(
        "CreateUserSuccessTests.create_user_2x",
        "a second user of the same name is refused with 409, and the first is still the one that is found",
        "the original looks the name up before it creates; this tests the cloud's rule",
        |api| Box::pin(create_user_twice(api)),
    ),
    check(
        "CreateUserSuccessTests.create_delete_user",
        "a deleted user is gone, and deleting it again says 404",
        |api| Box::pin(create_delete_user(api)),
    ),
    check("CreateUserSuccessTests.create_admin_user", "a user who is given the admin role can list users", |api| {
        Box::pin(create_admin_user(api))
    }),
];

async fn create_user(api: &Api) -> Result<(), CheckError> {
    let user = new_user(api, &new_password()).await?;
    let found: User = api.admin()?.rest().get(&user.id).await?;
    same("enabled", true, found.enabled)?;
    same("its domain", &api.cloud.domain_id, &found.domain_id)
}

async fn create_user_twice(api: &Api) -> Result<(), CheckError> {
    let user = new_user(api, &new_password()).await?;
    let admin = api.admin()?;
    let again = json!({"name": user.name, "domain_id": api.cloud.domain_id, "password": new_password()});
    refused("a second user of the same name", admin.create::<User>(again).await, &[409])?;
    let found = admin.rest().named::<User>(&user.name).await?;
    same("the ids of that name", vec![user.id], found.into_iter().map(|user| user.id).collect())
}

async fn create_delete_user(api: &Api) -> Result<(), CheckError> {
    let user = new_user(api, &new_password()).await?;
    let admin = api.admin()?;
    admin.delete(&user).await?;
    refused("a look at a deleted user", admin.rest().get::<User>(&user.id).await, &[404])?;
    refused("deleting it again", admin.rest().remove::<User>(&user.id).await, &[404])
}

async fn create_admin_user(api: &Api) -> Result<(), CheckError> {
    let password = new_password();
    let (user, project) = (new_user(api, &password).await?, new_project(api).await?);
    let rest = api.admin()?.rest();
    Role::find(rest, &["admin"]).await?.grant(rest, &project.id, &user.id).await?;
    let credential = Credential::Password { user: Named::Id(user.id.clone()), password: SecretString::from(password) };
    let auth = rest.auth().sibling(credential, Some(LoginScope::project(&project.id)));
    let own = rest.log_in_as(auth, rest.observer().clone()).await?;
    let found = own.named::<User>(&user.name).await?;
    same("the ids of its own name", vec![user.id], found.into_iter().map(|user| user.id).collect())
}
