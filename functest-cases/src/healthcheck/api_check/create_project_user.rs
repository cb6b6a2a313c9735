// SPDX-License-Identifier: Apache-2.0
//! CreateProjectUserTests.

use functest_core::case::{Check, CheckError, check};
use functest_openstack::connect::{Credential, LoginScope, Named};
use functest_openstack::resource::{Project, Role, SecurityGroup};
use secrecy::SecretString;
use serde_json::json;

use super::Api;
use super::keystone_utils::{new_password, new_project, new_user};
use crate::healthcheck::check::same;

pub(super) const CHECKS: &[Check<Api>] = &[
    check(
        "CreateProjectUserTests.create_project_sec_grp_one_user",
        "a member of a new project makes a security group, which belongs to that project",
        |api| Box::pin(security_groups_of_users(api, 1)),
    ),
    check(
        "CreateProjectUserTests.create_project_sec_grp_two_users",
        "two members of a new project each make a security group, which belongs to that project",
        |api| Box::pin(security_groups_of_users(api, 2)),
    ),
];

async fn security_groups_of_users(api: &Api, users: usize) -> Result<(), CheckError> {
    let project = new_project(api).await?;
    for _ in 0..users {
        security_group_of_a_member(api, &project).await?;
    }
    Ok(())
}

async fn security_group_of_a_member(api: &Api, project: &Project) -> Result<(), CheckError> {
    let password = new_password();
    let user = new_user(api, &password).await?;
    let rest = api.admin()?.rest();
    let roles: Vec<&str> = api.cloud.member_roles.iter().map(String::as_str).collect();
    Role::find(rest, &roles).await?.grant(rest, &project.id, &user.id).await?;
    let credential = Credential::Password { user: Named::Id(user.id.clone()), password: SecretString::from(password) };
    let auth = rest.auth().sibling(credential, Some(LoginScope::project(&project.id)));
    let own = rest.log_in_as(auth, rest.observer().clone()).await?;
    let scope = api.user().with(own, &[("project", &project.id), ("user", &user.id)]);
    let group: SecurityGroup = scope.create(json!({"name": scope.unique_name("group")})).await?;
    same("the project of the group", &project.id, &group.project_id)
}
