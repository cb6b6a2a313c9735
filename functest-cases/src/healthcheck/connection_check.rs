// SPDX-License-Identifier: Apache-2.0
//! `connection_check`: every service accepts a valid login and refuses an invalid one.

use async_trait::async_trait;
use functest_core::case::{CaseError, CheckError, CheckSpec, Needs};
use functest_core::settings::CaseSettings;
use functest_core::{Ctx, TestCase};
use functest_openstack::connect::{Credential, Domain, Named};
use functest_openstack::resource::Network;
use functest_openstack::rest::Call;
use functest_openstack::{CaseCloud, Error, Rest, Service};
use schemars::JsonSchema;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::check::{check, ensure, refused};
use crate::factory::BuiltIn;

/// Settings of `connection_check`.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub(super) struct Settings {
    /// The name or id of the external network that must be there. Default: any.
    pub external_network: Option<String>,
}

impl CaseSettings for Settings {
    const ENVIRONMENT: &'static [(&'static str, &'static str)] = &[("external_network", "EXTERNAL_NETWORK")];
}

pub(super) fn factory() -> BuiltIn<Settings> {
    BuiltIn {
        name: "snaps_connection_check",
        class: ("functest.opnfv_tests.openstack.snaps.connection_check", "ConnectionCheck"),
        checks: || CHECKS.to_vec(),
        needs: Needs {
            services: vec!["identity"],
            optional_services: vec!["image", "network", "compute", "orchestration"],
            ..Needs::default()
        },
        build: |settings| Box::new(ConnectionCheck { settings }),
    }
}

const CHECKS: &[CheckSpec] = &[
    check("glance_connect_success", "Glance lists images for a valid login"),
    check("glance_connect_fail", "Keystone refuses an unknown user, and Glance a token that nobody issued"),
    check("keystone_connect_success", "Keystone lists the projects of a valid login, which are not none"),
    check("keystone_connect_fail", "Keystone refuses an unknown user, and a token that nobody issued"),
    check("neutron_connect_success", "Neutron lists networks for a valid login"),
    check("neutron_connect_fail", "Keystone refuses an unknown user, and Neutron a token that nobody issued"),
    check("neutron_external_network", "Neutron shows the external network"),
    check("nova_connect_success", "Nova lists flavors for a valid login"),
    check("nova_connect_fail", "Keystone refuses an unknown user, and Nova a token that nobody issued"),
    check("heat_connect_success", "Heat lists stacks for a valid login"),
    check("heat_connect_fail", "Keystone refuses an unknown user, and Heat a token that nobody issued"),
];

/// What is asked of each service: its checks' prefix, a route that shows little, and the key of its answer.
const SERVICES: [(&str, Service, &str, &str); 5] = [
    ("glance", Service::Image, "/images", "images"),
    ("keystone", Service::Identity, "/auth/projects", "projects"),
    ("neutron", Service::Network, "/networks", "networks"),
    ("nova", Service::Compute, "/flavors", "flavors"),
    ("heat", Service::Orchestration, "/stacks", "stacks"),
];

struct ConnectionCheck {
    settings: Settings,
}

#[async_trait]
impl TestCase for ConnectionCheck {
    async fn run(&self, ctx: &Ctx) -> Result<(), CaseError> {
        let cloud = ctx.get::<CaseCloud>()?;
        let rest = cloud.user.rest();
        for (name, service, route, key) in SERVICES {
            ctx.check(&format!("{name}_connect_success"), lists(rest, service, route, key)).await;
            ctx.check(&format!("{name}_connect_fail"), refuses_strangers(&cloud, service, route)).await;
            if service == Service::Network {
                ctx.check("neutron_external_network", self.external_network(rest)).await;
            }
        }
        Ok(())
    }
}

impl ConnectionCheck {
    async fn external_network(&self, rest: &Rest) -> Result<(), CheckError> {
        match Network::external(rest, self.settings.external_network.as_deref()).await {
            Err(Error::Internal(message)) => Err(CheckError::failed(message)),
            result => Ok(result.map(drop)?),
        }
    }
}

async fn lists(rest: &Rest, service: Service, route: &'static str, key: &str) -> Result<(), CheckError> {
    let call = Call::get(service, route, &[]);
    // Keystone's list of one's own projects has no pages.
    let call = if service == Service::Identity { call } else { call.query("limit", "1") };
    let answer = rest.send(call).await?;
    let items: Vec<serde_json::Value> = answer.read(key)?;
    // Other lists may be empty; whoever logs in to a project has one.
    ensure(service != Service::Identity || !items.is_empty(), || "the login has no project".into())
}

/// A user that does not exist, so that no account is locked by wrong passwords; and a token of the right form.
async fn refuses_strangers(cloud: &CaseCloud, service: Service, route: &'static str) -> Result<(), CheckError> {
    let rest = cloud.user.rest();
    rest.root(service).await?;
    let name = cloud.user.unique_name("stranger");
    let user = Named::Name { name, domain: Domain::Id(cloud.domain_id.clone()) };
    let credential = Credential::Password { user, password: SecretString::from("functest-no-such-password") };
    let stranger = rest.auth().sibling(credential, Some(Named::Id(cloud.project_id.clone())));
    let login = rest.log_in_as(stranger, rest.observer().clone()).await;
    refused("a login of a user that does not exist", login, &[401])?;
    let answer = rest.send_with_token("functest-nobody-issued-this-token", Call::get(service, route, &[])).await;
    refused(&format!("a request to {service} with a token that nobody issued"), answer, &[401])
}
