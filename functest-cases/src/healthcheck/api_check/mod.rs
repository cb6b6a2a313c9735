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
use functest_core::case::{CaseError, Check, CheckError, Ended, specs_of};
use functest_core::driver::SingleCase;
use functest_core::need::{Needs, Requirement};
use functest_core::service::Service;
use functest_core::{Ctx, TestCase};
use functest_openstack::resource::{Network, Subnet};
use functest_openstack::{CaseCloud, Scope};
use futures::StreamExt;
use serde_json::json;

use self::settings::Settings;

pub(super) const CASE: SingleCase<Settings> = SingleCase {
    name: "snaps_api_check",
    class: Some(("functest.opnfv_tests.openstack.snaps.api_check", "ApiCheck")),
    checks: || GROUPS.iter().flat_map(|group| specs_of(group)).collect(),
    needs,
    body: |settings| Box::new(ApiCheck { settings }),
};

fn needs(_settings: &Settings) -> Needs {
    let wishes = [Service::Image, Service::Network, Service::Compute].map(Requirement::service);
    Needs::of([Requirement::service(Service::Identity)]).wishing(wishes).wishing([Requirement::Admin])
}

/// Checks that follow each other; groups run side by side.
static GROUPS: [&[Check<Api>]; 15] = [
    keystone_utils::CHECKS,
    create_user::CHECKS,
    create_project::CHECKS,
    create_project_user::CHECKS,
    glance_utils::CHECKS,
    neutron_network::CHECKS,
    neutron_subnet::CHECKS,
    neutron_router::CHECKS,
    neutron_port::CHECKS,
    neutron_security_group::CHECKS,
    neutron_floating_ip::CHECKS,
    nova_keypair::CHECKS,
    nova_flavor::CHECKS,
    nova_instance::CHECKS,
    create_flavor::CHECKS,
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
    async fn run(&self, ctx: &Ctx) -> Result<Ended, CaseError> {
        let api = Api { ctx: ctx.clone(), cloud: ctx.get()?, settings: self.settings.clone() };
        // The instance takes longest, so it starts first.
        let longest_first: Vec<_> = GROUPS.iter().rev().map(|group| ctx.make_all(group, &api)).collect();
        futures::stream::iter(longest_first).buffer_unordered(self.settings.parallel.max(1)).collect::<Vec<()>>().await;
        Ok(Ended::default())
    }
}

impl Api {
    /// Makes things as the case's user.
    fn user(&self) -> &Scope {
        &self.cloud.user
    }

    /// Makes things as an administrator.
    fn admin(&self) -> Result<&Scope, CheckError> {
        self.cloud.admin.as_ref().ok_or_else(|| {
            CheckError::Skipped("it needs an administrator, and the given credential is not one's".into())
        })
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
    use functest_core::case::names_of;

    use super::*;

    #[test]
    fn every_check_of_the_original_is_there_once() {
        let mut names: Vec<&str> = GROUPS.iter().flat_map(|group| names_of(group)).collect();
        assert_eq!(names.len(), 59);
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), 59);
    }
}
