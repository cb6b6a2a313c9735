// SPDX-License-Identifier: Apache-2.0
//! Everything that is made is in the ledger first, and all of it is deleted: what was lost, too, and nothing else.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test may panic and speak")]

mod cleaning;
#[path = "../fake_cloud/mod.rs"]
mod fake_cloud;
mod lost_answers;
mod making;
mod odd_clouds;
mod providing;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use functest_core::event::{CleanUp, Thing};
use functest_core::ledger::{Book, CLOUD, Intent, Journal, State as EntryState};
use functest_openstack::clean::Cleaner;
use functest_openstack::resource::{
    self, Flavor, Image, Keypair, Network, Port, Project, Resource, Router, SecurityGroup, Server, User,
};
use functest_openstack::rest::Policy;
use functest_openstack::{Error, Rest, Scope};
use serde_json::{Value, json};
use tempfile::TempDir;
use wiremock::{Request, ResponseTemplate};

use crate::fake_cloud::{FakeCloud, HangsUp, PROJECT, State, by_id, error, journal, password, patient};

/// No test waits for so long.
const FOR_EVER: f64 = 1e6;
const LONG: Duration = Duration::from_secs(600);

/// A run with one case.
struct Run {
    cloud: FakeCloud,
    rest: Rest,
    folder: TempDir,
    journal: Arc<Journal>,
    scope: Scope,
}

impl Run {
    async fn start(
        settle_seconds: f64,
        interference: impl Fn(&mut State, &Request) -> Option<ResponseTemplate> + Send + Sync + 'static,
    ) -> Self {
        Self::with_policy(patient(), settle_seconds, interference).await
    }

    async fn with_policy(
        policy: Policy,
        settle_seconds: f64,
        interference: impl Fn(&mut State, &Request) -> Option<ResponseTemplate> + Send + Sync + 'static,
    ) -> Self {
        let cloud = FakeCloud::with(interference).await;
        let (rest, _) = cloud.try_log_in(password(), Some(by_id(PROJECT)), policy, BTreeMap::new()).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let journal = journal(folder.path(), settle_seconds);
        let scope = Scope::new(rest.clone(), Arc::clone(&journal), "a-case");
        Self { cloud, rest, folder, journal, scope }
    }

    fn cleaner(&self, deadline: Duration) -> Cleaner {
        let (rest, journal) = (self.rest.clone(), Arc::clone(&self.journal));
        Cleaner { rest, is_admin: true, own: None, journal, deadline }
    }

    async fn clean(&self) -> CleanUp {
        self.cleaner(LONG).clean(Some("a-case")).await
    }

    fn book(&self) -> Book {
        Book::read(self.folder.path()).unwrap().unwrap()
    }

    fn state(&self, seq: u64) -> EntryState {
        self.book().entries[&seq].state.clone()
    }

    /// Makes one of a kind whose names are free.
    async fn make<R: Resource>(&self, attributes: Value) -> R {
        self.scope.create(attributes).await.unwrap()
    }

    /// Makes one of a kind that is found by its name.
    async fn make_named<R: Resource>(&self) -> R {
        self.make(json!({"name": self.scope.unique_name(R::KIND.name)})).await
    }

    fn deleted(&self) -> Vec<(&'static str, String)> {
        self.cloud.state().deleted.clone()
    }

    fn kinds_deleted(&self) -> Vec<&'static str> {
        self.deleted().into_iter().map(|(kind, _)| kind).collect()
    }
}

fn is(request: &Request, method: &str, end: &str) -> bool {
    request.method.as_str() == method && request.url.path().ends_with(end)
}

fn thing(kind: &str, id: &str, name: &str) -> Thing {
    Thing { kind: kind.into(), id: id.into(), name: name.into() }
}

/// A server that hangs up after having made the network it was asked for.
async fn makes_and_hangs_up(cloud: &FakeCloud) -> HangsUp {
    let state = cloud.shared_state();
    let deed = move |body| drop(state.lock().unwrap().make_from(resource::kind("network").unwrap(), body));
    HangsUp::after(deed, "").await
}
