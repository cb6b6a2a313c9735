// SPDX-License-Identifier: Apache-2.0
//! Edges that the contract does not walk along: limits, loops, others' things, requests that are refused halfway. What is
//! expected in `tests/edges/*.yaml` is what the services' own code says; it is put to a sandbox only.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says what is wrong by ending")]

#[allow(dead_code, reason = "the contract asks two clouds, this one")]
#[path = "contract/cloud.rs"]
mod cloud;
#[allow(dead_code, reason = "nothing differs from the only cloud that is asked")]
#[path = "contract/scenario.rs"]
mod scenario;

use std::path::Path;

use cloud::{Cloud, Kind};
use functest_sandbox::{Options, Sandbox};

async fn walk(file: &str) {
    let sandbox = Sandbox::start(Options { seed: Some(13), ..Options::default() }).await.unwrap();
    let cloud = Cloud::log_in(Kind::Sandbox, &sandbox.auth_url(), sandbox.admin().password).await.unwrap();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/edges").join(file);
    for scenario in scenario::read(&path) {
        scenario.play(&cloud).await.unwrap_or_else(|problem| panic!("{}: {problem}", scenario.name));
    }
}

#[tokio::test]
async fn keystone_holds_at_the_edges() {
    walk("identity.yaml").await;
}

#[tokio::test]
async fn glance_holds_at_the_edges() {
    walk("image.yaml").await;
}

#[tokio::test]
async fn neutron_holds_at_the_edges() {
    walk("network.yaml").await;
}

#[tokio::test]
async fn nova_holds_at_the_edges() {
    walk("compute.yaml").await;
}
