// SPDX-License-Identifier: Apache-2.0
//! JUnit XML that others accept.

use std::fs;
use std::process::Command;

use functest_results::{Format, render};

use crate::{record, sample};

const SCHEMA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/junit.xsd");

#[test]
fn junit_follows_the_schema() {
    if Command::new("xmllint").arg("--version").output().is_err() {
        println!("skipped: xmllint is not installed");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for (name, _) in sample::ALL {
        let file = folder.path().join(format!("{name}.xml"));
        fs::write(&file, render(&record(name), Format::Junit).unwrap()).unwrap();
        let result =
            Command::new("xmllint").args(["--noout", "--nonet", "--schema", SCHEMA]).arg(&file).output().unwrap();
        assert!(result.status.success(), "{name}: {}", String::from_utf8_lossy(&result.stderr));
    }
}
