// SPDX-License-Identifier: Apache-2.0
//! A test case that works in a cloud, in a project that functest makes for it and takes down after it.

use std::sync::Arc;

use async_trait::async_trait;
use functest::core::case::{CaseError, Check, CheckError, Ended, check, specs_of};
use functest::core::driver::SingleCase;
use functest::core::event::Level;
use functest::core::need::{Needs, Requirement};
use functest::core::settings::NoSettings;
use functest::core::{Ctx, TestCase};
use functest::openstack::resource::Network;
use functest::openstack::{CaseCloud, Service};
use serde_json::json;

/// The case, as a driver of its one name. There is nothing to set.
pub(crate) const CASE: SingleCase<NoSettings> = SingleCase {
    name: "inventory",
    class: None,
    checks: || specs_of(CHECKS),
    needs: |_| Needs::of([Service::Compute, Service::Network].map(Requirement::service)),
    body: |_| Box::new(Inventory),
};

/// Each check beside the function that makes it, so that no name is written twice.
const CHECKS: &[Check<View>] = &[
    check("lists_servers", "Nova lists servers", |view| Box::pin(lists_servers(view))),
    check("finds_network", "Neutron finds a network that was just made", |view| Box::pin(finds_network(view))),
];

struct Inventory;

/// What the checks work with.
struct View {
    ctx: Ctx,
    cloud: Arc<CaseCloud>,
}

#[async_trait]
impl TestCase for Inventory {
    async fn run(&self, ctx: &Ctx) -> Result<Ended, CaseError> {
        let view = View { ctx: ctx.clone(), cloud: ctx.get()? };
        ctx.make_all(CHECKS, &view).await;
        Ok(Ended::default())
    }
}

/// The calls of the `openstack` crate: typed, and made for looking at things.
async fn lists_servers(view: &View) -> Result<(), CheckError> {
    // An administrator's view, where there is one: the case's own project is new and empty.
    let scope = view.cloud.admin.as_ref().unwrap_or(&view.cloud.user);
    let servers = scope.rest().typed().list_servers().await;
    let servers = servers.map_err(|error| CheckError::failed(format!("cannot list the servers: {error}")))?;
    view.ctx.log(Level::Info, format!("{} servers are visible", servers.len()));
    Ok(())
}

/// What a [`Scope`](functest::openstack::Scope) makes is in the ledger, and is deleted whatever happens.
async fn finds_network(view: &View) -> Result<(), CheckError> {
    let user = &view.cloud.user;
    let name = user.unique_name("network");
    let made: Network = user.create(json!({ "name": name })).await?;
    let found = user.rest().named::<Network>(&name).await?;
    match found.as_slice() {
        [network] if network.id == made.id => Ok(()),
        others => Err(CheckError::failed(format!("expected only {} to be called {name}, found {others:?}", made.id))),
    }
}
