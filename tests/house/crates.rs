// SPDX-License-Identifier: Apache-2.0
//! Which crate may use which.

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::Value;

use crate::repository;

/// Each crate, and those that it may use. A row uses rows above it.
pub(crate) const CRATES: &[(&str, &[&str])] = &[
    ("functest-core", &[]),
    ("functest-ssh", &[]),
    ("functest-openstack", &["functest-core", "functest-ssh"]),
    ("functest-installers", &["functest-core", "functest-ssh"]),
    ("functest-cases", &["functest-core", "functest-ssh", "functest-openstack", "functest-installers"]),
    ("functest-drivers", &["functest-core"]),
    ("functest-runner", &["functest-core"]),
    ("functest-results", &["functest-core"]),
    ("functest-sandbox", &[]),
    (
        "functest",
        &[
            "functest-core",
            "functest-ssh",
            "functest-openstack",
            "functest-installers",
            "functest-cases",
            "functest-drivers",
            "functest-runner",
            "functest-results",
            "functest-sandbox",
        ],
    ),
    ("functest-cli", &["functest"]),
    ("functest-examples", &["functest"]),
];

/// Rows for crates that are to come.
const TO_COME: &[&str] = &[];

/// What each member of the workspace depends on of ours, as Cargo understands its file. Tests may use what they want.
fn dependencies() -> BTreeMap<String, Vec<String>> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["metadata", "--no-deps", "--offline", "--format-version", "1"]).current_dir(repository());
    let output = cargo.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    metadata["packages"].as_array().unwrap().iter().map(package).collect()
}

fn package(package: &Value) -> (String, Vec<String>) {
    let dependencies = package["dependencies"].as_array().unwrap().iter();
    // The kind is null for what the crate itself uses; path and not name, since another could have a name like ours.
    let ours = dependencies.filter(|dependency| dependency["kind"] != "dev" && dependency["path"].is_string());
    let names = ours.map(|dependency| dependency["name"].as_str().unwrap().to_owned()).collect();
    (package["name"].as_str().unwrap().to_owned(), names)
}

fn row(name: &str) -> &'static [&'static str] {
    let row = CRATES.iter().find(|(known, _)| *known == name);
    row.unwrap_or_else(|| panic!("{name} has no row in tests/house/crates.rs: say what it may use")).1
}

#[test]
fn a_crate_uses_only_what_its_row_names() {
    let dependencies = dependencies();
    let (mut uses, mut wrong) = (0, Vec::new());
    for (name, used) in &dependencies {
        let allowed = row(name);
        for other in used {
            if !allowed.contains(&other.as_str()) {
                wrong.push(format!("{name}/Cargo.toml: {name} may not depend on {other}"));
            }
        }
        uses += used.len();
    }
    assert!(uses >= 15, "only {uses} dependencies were found");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_row_is_a_crate_and_uses_rows_above_it() {
    let dependencies = dependencies();
    for (place, (name, allowed)) in CRATES.iter().enumerate() {
        for other in *allowed {
            let is_above = CRATES[..place].iter().any(|(above, _)| above == other);
            assert!(is_above, "{name} may use {other}, which does not stand above it");
        }
        let is_there = dependencies.contains_key(*name) || TO_COME.contains(name);
        assert!(is_there, "there is no crate {name} any more: take its row out");
    }
}
