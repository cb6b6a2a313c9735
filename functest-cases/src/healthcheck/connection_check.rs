// SPDX-License-Identifier: Apache-2.0
//! `connection_check`: every service accepts a valid login and refuses an invalid one.

use std::sync::Arc;

use async_trait::async_trait;
use functest_core::case::{CaseError, Check, CheckError, Ended, check, specs_of};
use functest_core::driver::SingleCase;
use functest_core::need::{Needs, Requirement};
use functest_core::settings::CaseSettings;
use functest_core::{Ctx, TestCase};
use functest_openstack::connect::{Credential, Domain, LoginScope, Named};
use functest_openstack::resource::Network;
use functest_openstack::rest::Call;
use functest_openstack::{CaseCloud, Error, Service};
use schemars::JsonSchema;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::check::{ensure, refused};

/// Settings of `connection_check`.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub(super) struct Settings {
    /// The name or id of the external network that must be there. Default: any.
    pub external_network: Option<String>,
}

impl CaseSettings for Settings {
    const ENVIRONMENT: &'static [(&'static str, &'static str)] = &[("external_network", "EXTERNAL_NETWORK")];
}

pub(super) const CASE: SingleCase<Settings> = SingleCase {
    name: "snaps_connection_check",
    class: Some(("functest.opnfv_tests.openstack.snaps.connection_check", "ConnectionCheck")),
    checks: || specs_of(CHECKS),
    needs,
    body: |settings| Box::new(ConnectionCheck { settings }),
};

fn needs(_settings: &Settings) -> Needs {
    let wishes = [Service::Image, Service::Network, Service::Compute, Service::Orchestration];
    Needs::of([Requirement::service(Service::Identity)]).wishing(wishes.map(Requirement::service))
}

const CHECKS: &[Check<Login>] = &[
    check("glance_connect_success", "Glance lists images for a valid login", |l| Box::pin(lists(l, &GLANCE))),
    check("glance_connect_fail", "Keystone refuses an unknown user, and Glance a token that nobody issued", |l| {
        Box::pin(refuses_strangers(l, &GLANCE))
    }),
    check("keystone_connect_success", "Keystone lists the projects of a valid login, which are not none", |l| {
        Box::pin(lists(l, &KEYSTONE))
    }),
    check("keystone_connect_fail", "Keystone refuses an unknown user, and a token that nobody issued", |l| {
        Box::pin(refuses_strangers(l, &KEYSTONE))
    }),
    check("neutron_connect_success", "Neutron lists networks for a valid login", |l| Box::pin(lists(l, &NEUTRON))),
    check("neutron_connect_fail", "Keystone refuses an unknown user, and Neutron a token that nobody issued", |l| {
        Box::pin(refuses_strangers(l, &NEUTRON))
    }),
    check("neutron_external_network", "Neutron shows the external network", |l| Box::pin(external_network(l))),
    check("nova_connect_success", "Nova lists flavors for a valid login", |l| Box::pin(lists(l, &NOVA))),
    check("nova_connect_fail", "Keystone refuses an unknown user, and Nova a token that nobody issued", |l| {
        Box::pin(refuses_strangers(l, &NOVA))
    }),
    check("heat_connect_success", "Heat lists stacks for a valid login", |l| Box::pin(lists(l, &HEAT))),
    check("heat_connect_fail", "Keystone refuses an unknown user, and Heat a token that nobody issued", |l| {
        Box::pin(refuses_strangers(l, &HEAT))
    }),
];

/// What is asked of a service: a route that shows little, and the key of its answer.
struct Question {
    service: Service,
    route: &'static str,
    key: &'static str,
}

const GLANCE: Question = Question { service: Service::Image, route: "/images", key: "images" };
const KEYSTONE: Question = Question { service: Service::Identity, route: "/auth/projects", key: "projects" };
const NEUTRON: Question = Question { service: Service::Network, route: "/networks", key: "networks" };
const NOVA: Question = Question { service: Service::Compute, route: "/flavors", key: "flavors" };
const HEAT: Question = Question { service: Service::Orchestration, route: "/stacks", key: "stacks" };

struct ConnectionCheck {
    settings: Settings,
}

/// What the checks work with.
struct Login {
    cloud: Arc<CaseCloud>,
    external_network: Option<String>,
}

#[async_trait]
impl TestCase for ConnectionCheck {
    async fn run(&self, ctx: &Ctx) -> Result<Ended, CaseError> {
        let login = Login { cloud: ctx.get()?, external_network: self.settings.external_network.clone() };
        ctx.make_all(CHECKS, &login).await;
        Ok(Ended::default())
    }
}

async fn external_network(login: &Login) -> Result<(), CheckError> {
    match Network::external(login.cloud.user.rest(), login.external_network.as_deref()).await {
        Err(Error::Internal(message)) => Err(CheckError::failed(message)),
        result => Ok(result.map(drop)?),
    }
}

async fn lists(login: &Login, question: &Question) -> Result<(), CheckError> {
    let call = Call::get(question.service, question.route, &[]);
    // Keystone's list of one's own projects has no pages.
    let is_keystone = question.service == Service::Identity;
    let call = if is_keystone { call } else { call.query("limit", "1") };
    let answer = login.cloud.user.rest().send(call).await?;
    let items: Vec<serde_json::Value> = answer.read(question.key)?;
    // Other lists may be empty; whoever logs in to a project has one.
    ensure(!is_keystone || !items.is_empty(), || "the login has no project".into())
}

/// A user that does not exist, so that no account is locked by wrong passwords; and a token of the right form.
async fn refuses_strangers(login: &Login, question: &Question) -> Result<(), CheckError> {
    let (cloud, service) = (&login.cloud, question.service);
    let rest = cloud.user.rest();
    rest.root(service).await?;
    let name = cloud.user.unique_name("stranger");
    let user = Named::Name { name, domain: Domain::Id(cloud.domain_id.clone()) };
    let credential = Credential::Password { user, password: SecretString::from("functest-no-such-password") };
    let stranger = rest.auth().sibling(credential, Some(LoginScope::project(&cloud.project_id)));
    let login = rest.log_in_as(stranger, rest.observer().clone()).await;
    refused("a login of a user that does not exist", login, &[401])?;
    let call = Call::get(service, question.route, &[]);
    let answer = rest.send_with_token("functest-nobody-issued-this-token", call).await;
    refused(&format!("a request to {service} with a token that nobody issued"), answer, &[401])
}
