// SPDX-License-Identifier: Apache-2.0
//! Clients that others wrote, put to a sandbox: openstackclient and openstacksdk.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says what is wrong by ending")]

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output};

use functest_sandbox::{Options, Sandbox};

/// Debian's, which python3-openstackclient is installed for.
const PYTHON: &str = "/usr/bin/python3";

fn is_installed(module: &str) -> bool {
    let output = Command::new(PYTHON).args(["-c", &format!("import {module}")]).output();
    output.is_ok_and(|output| output.status.success())
}

/// Runs a program of `tests/clients` on a sandbox of its own; says what it printed last.
async fn tour(module: &str, program: &'static str, words: &'static [&'static str]) -> Option<String> {
    if !is_installed(module) {
        // Past the test runner, which keeps what a passing test prints.
        let _ = writeln!(std::io::stderr(), "skipped: python3-openstackclient is not installed");
        return None;
    }
    let sandbox = Sandbox::start(Options { seed: Some(3), ..Options::default() }).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let clouds = folder.path().join("clouds.yaml");
    sandbox.write_clouds(&clouds).unwrap();
    let output = tokio::task::spawn_blocking(move || run(&clouds, program, words)).await.unwrap();
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{printed}\n{complaint}");
    printed.lines().last().map(str::to_owned)
}

fn run(clouds: &Path, program: &str, words: &[&str]) -> Output {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients");
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("OS_")) {
        command.env_remove(name);
    }
    command.args(words).current_dir(folder);
    command.env("OS_CLIENT_CONFIG_FILE", clouds).env("OS_CLOUD", "sandbox-admin").output().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn openstackclient_finds_its_way() {
    let Some(last) = tour("openstackclient", "/bin/sh", &["tour.sh"]).await else { return };
    let count: usize = last.split(' ').next().unwrap().parse().unwrap();
    assert!(last.ends_with(" commands passed") && count > 300, "{last}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn openstacksdk_finds_its_way() {
    let Some(last) = tour("openstack", PYTHON, &["sdk.py"]).await else { return };
    assert_eq!(last, "the tour with openstacksdk is over");
}
