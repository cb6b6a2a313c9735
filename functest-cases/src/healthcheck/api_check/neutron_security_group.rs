// SPDX-License-Identifier: Apache-2.0
//! NeutronUtilsSecurityGroupTests.

use functest_core::case::{Check, CheckError, check};
use functest_openstack::resource::SecurityGroup;
use serde_json::{Value, json};

use super::Api;
use crate::healthcheck::check::{ensure, refused, rule, same};

pub(super) const CHECKS: &[Check<Api>] = &[
    check("NeutronUtilsSecurityGroupTests.create_delete_simple_sec_grp", "a deleted security group is gone", |api| {
        Box::pin(create_delete(api))
    }),
    rule(
        "NeutronUtilsSecurityGroupTests.create_sec_grp_no_name",
        "a security group whose name is null is refused with 400",
        |api| Box::pin(no_name(api)),
    ),
    check(
        "NeutronUtilsSecurityGroupTests.create_sec_grp_no_rules",
        "a new security group lets everything out and nothing in",
        |api| Box::pin(no_rules(api)),
    ),
    check(
        "NeutronUtilsSecurityGroupTests.create_sec_grp_one_rule",
        "a rule that is added is shown with its group",
        |api| Box::pin(one_rule(api)),
    ),
    check(
        "NeutronUtilsSecurityGroupTests.get_sec_grp_by_id",
        "two security groups are each found by their own id",
        |api| Box::pin(by_id(api)),
    ),
];

async fn new_group(api: &Api) -> Result<SecurityGroup, CheckError> {
    Ok(api.user().create(json!({"name": api.user().unique_name("group")})).await?)
}

async fn create_delete(api: &Api) -> Result<(), CheckError> {
    let group = new_group(api).await?;
    api.user().delete(&group).await?;
    refused("a look at a deleted group", api.user().rest().get::<SecurityGroup>(&group.id).await, &[404])
}

async fn no_name(api: &Api) -> Result<(), CheckError> {
    let made = api.user().create::<SecurityGroup>(json!({"name": Value::Null})).await;
    refused("a security group whose name is null", made, &[400])
}

async fn no_rules(api: &Api) -> Result<(), CheckError> {
    let group: SecurityGroup = api.user().rest().get(&new_group(api).await?.id).await?;
    let ways_in = group.rules.iter().filter(|rule| rule.direction == "ingress").count();
    same("rules that let something in", 0, ways_in)?;
    ensure(!group.rules.is_empty(), || "it has no rule that lets anything out".into())
}

async fn one_rule(api: &Api) -> Result<(), CheckError> {
    let group = new_group(api).await?;
    let rest = api.user().rest();
    let rule = json!({
        "direction": "ingress",
        "ethertype": "IPv4",
        "protocol": "tcp",
        "port_range_min": 22,
        "port_range_max": 22,
        "remote_ip_prefix": "192.0.2.0/24",
    });
    let rule = group.add_rule(rest, rule).await?;
    let found: SecurityGroup = rest.get(&group.id).await?;
    let ways_in: Vec<_> = found.rules.into_iter().filter(|rule| rule.direction == "ingress").collect();
    same("its rules that let something in", vec![rule], ways_in)
}

async fn by_id(api: &Api) -> Result<(), CheckError> {
    for _ in 0..2 {
        let group = new_group(api).await?;
        let found: SecurityGroup = api.user().rest().get(&group.id).await?;
        same("the name of the group of that id", group.name, found.name)?;
    }
    Ok(())
}
