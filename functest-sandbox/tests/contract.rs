// SPDX-License-Identifier: Apache-2.0
//! The contract: what a cloud of this kind answers to which requests. The same requests and expectations, in
//! `tests/contract/*.yaml`, are put to a sandbox and to the devcloud; where the sandbox answers otherwise, the step
//! says what it answers and why, and `docs/sandbox.md` lists it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says what is wrong by ending")]

#[path = "contract/cloud.rs"]
mod cloud;
#[path = "contract/scenario.rs"]
mod scenario;

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};

use cloud::{Cloud, Kind};
use functest_sandbox::{Options, Sandbox};
use scenario::Scenario;

fn scenarios() -> Vec<Scenario> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/contract");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    files.sort();
    files.iter().flat_map(|path| scenario::read(path)).collect()
}

/// Puts every scenario to a cloud, and tells of every expectation that did not hold.
async fn keep(cloud: &Cloud) {
    let mut broken = Vec::new();
    let all = scenarios();
    for scenario in &all {
        if let Err(problem) = scenario.play(cloud).await {
            broken.push(format!("{}: {problem}", scenario.name));
        }
    }
    assert!(all.len() > 30, "the contract has lost its scenarios");
    assert!(broken.is_empty(), "{} of {} scenarios:\n{}", broken.len(), all.len(), broken.join("\n"));
}

#[tokio::test]
async fn the_sandbox_keeps_the_contract() {
    let sandbox = Sandbox::start(Options { seed: Some(7), ..Options::default() }).await.unwrap();
    keep(&Cloud::log_in(Kind::Sandbox, &sandbox.auth_url(), sandbox.admin().password).await.unwrap()).await;
}

#[tokio::test]
async fn the_devcloud_keeps_the_contract() {
    let Some(cloud) = Cloud::log_in(Kind::Devcloud, "http://127.0.0.1:5000/v3", "devcloud").await else {
        // Past the test runner, which keeps what a passing test prints.
        let _ = writeln!(std::io::stderr(), "skipped: there is no devcloud (devcloud/up brings it up)");
        return;
    };
    // End-to-end tests count what is in the cloud, and want it for themselves meanwhile.
    let turn = std::fs::File::create(std::env::temp_dir().join("functest-devcloud.turn")).unwrap();
    turn.lock_shared().unwrap();
    keep(&cloud).await;
}

/// How many answers of the sandbox are known to differ. This number may only shrink.
const DIFFERENCES: usize = 5;

#[test]
fn every_difference_is_documented() {
    let documented = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/sandbox.md")).unwrap();
    let all = scenarios();
    let differences: BTreeSet<&str> = all.iter().flat_map(Scenario::differences).collect();
    for difference in &differences {
        assert!(documented.contains(difference), "docs/sandbox.md does not say: {difference}");
    }
    assert!(differences.len() <= DIFFERENCES, "{differences:#?}");
}
