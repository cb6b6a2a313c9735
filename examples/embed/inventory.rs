// SPDX-License-Identifier: Apache-2.0
//! A test case that works in a cloud, in a project that functest makes for it and takes down after it.

use async_trait::async_trait;
use functest::core::case::{CaseError, CheckError, CheckSpec, Needs};
use functest::core::catalogue::DriverName;
use functest::core::event::Level;
use functest::core::settings::{SettingsError, SettingsSpec};
use functest::core::{CaseFactory, Ctx, TestCase};
use functest::openstack::CaseCloud;
use functest::openstack::resource::Network;
use serde_json::{Value, json};

/// Says what the case is, and makes it. There is nothing to set.
pub(crate) struct Factory;

impl CaseFactory for Factory {
    fn drivers(&self) -> Vec<DriverName> {
        vec![DriverName::Name { name: "inventory".into() }]
    }

    fn checks(&self) -> Vec<CheckSpec> {
        vec![
            CheckSpec { name: "lists_servers", states: "Nova lists servers", mark: None },
            CheckSpec { name: "finds_network", states: "Neutron finds a network that was just made", mark: None },
        ]
    }

    fn needs(&self) -> Needs {
        Needs { services: vec!["compute", "network"], ..Needs::default() }
    }

    fn settings(&self) -> SettingsSpec {
        SettingsSpec::default()
    }

    fn build(&self, _settings: Value) -> Result<Box<dyn TestCase>, SettingsError> {
        Ok(Box::new(Inventory))
    }
}

struct Inventory;

#[async_trait]
impl TestCase for Inventory {
    async fn run(&self, ctx: &Ctx) -> Result<(), CaseError> {
        let cloud = ctx.get::<CaseCloud>()?;
        if let Some(count) = ctx.check("lists_servers", count_servers(&cloud)).await {
            ctx.log(Level::Info, format!("{count} servers are visible"));
        }
        ctx.check("finds_network", find_network(&cloud)).await;
        Ok(())
    }
}

/// The calls of the `openstack` crate: typed, and made for looking at things.
async fn count_servers(cloud: &CaseCloud) -> Result<usize, CheckError> {
    // An administrator's view, where there is one: the case's own project is new and empty.
    let view = cloud.admin.as_ref().unwrap_or(&cloud.user);
    let servers = view.rest().typed().list_servers().await;
    servers.map(|servers| servers.len()).map_err(|e| CheckError::failed(format!("list the servers: {e}")))
}

/// What a [`Scope`](functest::openstack::Scope) makes is in the ledger, and is deleted whatever happens.
async fn find_network(cloud: &CaseCloud) -> Result<(), CheckError> {
    let name = cloud.user.unique_name("network");
    let made: Network = cloud.user.create(json!({ "name": name })).await?;
    let found = cloud.user.rest().named::<Network>(&name).await?;
    match found.as_slice() {
        [network] if network.id == made.id => Ok(()),
        others => Err(CheckError::failed(format!("expected only {} to be called {name}, found {others:?}", made.id))),
    }
}
