// SPDX-License-Identifier: Apache-2.0
//! `api_check`: the APIs make, show, refuse and delete things by the rules. A module per class of the original.

mod create_flavor;
mod create_project;
mod create_project_user;
mod create_user;
mod glance_utils;
mod keystone_utils;
mod neutron_floating_ip;
mod neutron_network;
mod neutron_port;
mod neutron_router;
mod neutron_security_group;
mod neutron_subnet;
mod nova_flavor;
mod nova_instance;
mod nova_keypair;
mod settings;

use std::sync::Arc;

use async_trait::async_trait;
use functest_core::case::{CaseError, CheckError, CheckSpec, Needs};
use functest_core::{Ctx, TestCase};
use functest_openstack::resource::{Network, Subnet};
use functest_openstack::{CaseCloud, Scope};
use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt};
use serde_json::json;

use self::settings::Settings;
use crate::factory::BuiltIn;

pub(super) fn factory() -> BuiltIn<Settings> {
    BuiltIn {
        name: "snaps_api_check",
        class: ("functest.opnfv_tests.openstack.snaps.api_check", "ApiCheck"),
        checks: || GROUPS.iter().flat_map(|group| group.checks).cloned().collect(),
        needs: Needs {
            services: vec!["identity"],
            optional_services: vec!["image", "network", "compute"],
            optional_admin: true,
            ..Needs::default()
        },
        build: |settings| Box::new(ApiCheck { settings }),
    }
}

/// Checks that follow each other; groups run side by side.
struct Group {
    checks: &'static [CheckSpec],
    run: for<'a> fn(&'a Api) -> BoxFuture<'a, ()>,
}

macro_rules! groups {
    ($($module:ident),* $(,)?) => {
        [$(Group { checks: $module::CHECKS, run: |api| $module::run(api).boxed() }),*]
    };
}

static GROUPS: [Group; 15] = groups![
    keystone_utils,
    create_user,
    create_project,
    create_project_user,
    glance_utils,
    neutron_network,
    neutron_subnet,
    neutron_router,
    neutron_port,
    neutron_security_group,
    neutron_floating_ip,
    nova_keypair,
    nova_flavor,
    nova_instance,
    create_flavor,
];

/// What every group works with.
struct Api {
    ctx: Ctx,
    cloud: Arc<CaseCloud>,
    settings: Settings,
}

struct ApiCheck {
    settings: Settings,
}

#[async_trait]
impl TestCase for ApiCheck {
    async fn run(&self, ctx: &Ctx) -> Result<(), CaseError> {
        let api = Api { ctx: ctx.clone(), cloud: ctx.get()?, settings: self.settings.clone() };
        // The instance takes longest, so it starts first.
        let longest_first: Vec<_> = GROUPS.iter().rev().map(|group| (group.run)(&api)).collect();
        futures::stream::iter(longest_first).buffer_unordered(self.settings.parallel.max(1)).collect::<Vec<()>>().await;
        Ok(())
    }
}

impl Api {
    async fn check(&self, name: &str, body: impl Future<Output = Result<(), CheckError>> + Send) {
        self.ctx.check(name, body).await;
    }

    /// Makes things as the case's user.
    fn user(&self) -> &Scope {
        &self.cloud.user
    }

    /// Makes things as an administrator.
    fn admin(&self) -> Result<&Scope, CheckError> {
        self.cloud
            .admin
            .as_ref()
            .ok_or_else(|| CheckError::Skipped("it needs an administrator, and the given credential is none".into()))
    }

    async fn network(&self) -> Result<Network, CheckError> {
        Ok(self.user().create(json!({"name": self.user().unique_name("net")})).await?)
    }

    async fn subnet_of(&self, network: &Network) -> Result<Subnet, CheckError> {
        let attributes = json!({
            "name": self.user().unique_name("subnet"),
            "network_id": network.id,
            "ip_version": 4,
            "cidr": self.settings.cidr,
        });
        Ok(self.user().create(attributes).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_check_of_the_original_is_there_once() {
        let mut names: Vec<&str> = GROUPS.iter().flat_map(|group| group.checks).map(|check| check.name).collect();
        assert_eq!(names.len(), 59);
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), 59);
    }
}
