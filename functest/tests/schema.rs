// SPDX-License-Identifier: Apache-2.0
//! The schemas in `docs/schema` are those of the documents that the verbs read and write.

#![allow(clippy::unwrap_used, reason = "a test says what is wrong by ending")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use functest::schema::documents;
use serde_json::Value;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/schema")
}

fn generated() -> BTreeMap<String, String> {
    let text = |schema: &Value| serde_json::to_string_pretty(schema).unwrap() + "\n";
    documents().iter().map(|(name, schema)| (format!("{name}.json"), text(schema))).collect()
}

/// Whether `functest-core` holds the schema of that name.
fn is_of_core(file: &str) -> bool {
    functest::core::schema::documents().iter().any(|(name, _)| format!("{name}.json") == file)
}

fn checked_in() -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name.ends_with(".json") && !is_of_core(&name) {
            files.insert(name, std::fs::read_to_string(&path).unwrap());
        }
    }
    files
}

#[test]
fn the_checked_in_schemas_are_up_to_date() {
    let generated = generated();
    if std::env::var_os("FUNCTEST_UPDATE").is_some_and(|value| value == "1") {
        for name in checked_in().keys().filter(|name| !generated.contains_key(*name)) {
            std::fs::remove_file(folder().join(name)).unwrap();
        }
        for (name, text) in &generated {
            std::fs::write(folder().join(name), text).unwrap();
        }
    }
    let checked_in = checked_in();
    let names = generated.keys().chain(checked_in.keys());
    let stale: Vec<&String> = names.filter(|name| generated.get(*name) != checked_in.get(*name)).collect();
    assert!(
        stale.is_empty(),
        "docs/schema is out of date: {stale:?}; rewrite it with\n  FUNCTEST_UPDATE=1 cargo test -p functest --test schema"
    );
}

#[test]
fn no_two_documents_share_a_name() {
    let documents = documents();
    assert_eq!(generated().len(), documents.len());
}

/// A key that is passed over may be one that says who, where or what.
#[test]
fn requests_refuse_keys_that_they_do_not_know() {
    for (name, schema) in documents().iter().filter(|(name, _)| name.ends_with("-request")) {
        let nested = schema["$defs"].as_object().into_iter().flatten().map(|(_, schema)| schema);
        for object in nested.chain([schema]).filter(|schema| schema["properties"].is_object()) {
            assert_eq!(object["additionalProperties"], false, "{name}: {object}");
        }
    }
}

/// What a front end prints says by which version of its form it is to be read.
#[test]
fn answers_have_a_version() {
    for (name, schema) in documents().iter().filter(|(name, _)| !name.ends_with("-request")) {
        // Progress is a stream and stands under its answer's version.
        if name != "nodes-progress" {
            assert!(schema["properties"]["version"].is_object(), "{name}: {schema}");
        }
    }
}
