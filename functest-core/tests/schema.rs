// SPDX-License-Identifier: Apache-2.0
//! What `docs` says about catalogues is what the code does: the JSON Schema is the generated one, the references name
//! every key and every word.

#![allow(clippy::unwrap_used, reason = "a test says what is wrong by ending")]

use std::path::{Path, PathBuf};

use functest_core::catalogue::json_schema;
use functest_core::schema::documents;
use functest_core::selection::{Decision, FactSource};

fn docs(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs").join(file)
}

#[test]
fn the_checked_in_schemas_are_up_to_date() {
    for (name, schema) in documents() {
        let file = docs(&format!("schema/{name}.json"));
        let generated = serde_json::to_string_pretty(&schema).unwrap() + "\n";
        if std::env::var_os("FUNCTEST_UPDATE").is_some_and(|value| value == "1") {
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(&file, generated).unwrap();
            continue;
        }
        let checked_in = std::fs::read_to_string(&file).unwrap_or_default();
        let same = checked_in.lines().zip(generated.lines()).take_while(|(old, new)| old == new).count();
        assert!(
            checked_in == generated,
            "docs/schema/{name}.json is out of date from line {} on; rewrite it with\n  \
             FUNCTEST_UPDATE=1 cargo test -p functest-core --test schema",
            same + 1
        );
    }
}

#[test]
fn the_reference_names_every_key_and_decision() {
    let schema = json_schema();
    let tables = [&schema].into_iter().chain(schema["$defs"].as_object().unwrap().values());
    let keys =
        tables.filter_map(|table| table["properties"].as_object()).flat_map(|properties| properties.keys().cloned());
    use Decision::*;
    let decisions = [Selected, Disabled, Installer, Scenario, Environment, Excluded, OutOfScope, NoDriver];
    let sources =
        [FactSource::Given, FactSource::Environment, FactSource::Installer, FactSource::Default, FactSource::Unknown];
    let words = decisions.iter().map(serde_json::to_value).chain(sources.iter().map(serde_json::to_value));
    let words = words.map(|word| word.unwrap().as_str().unwrap().to_owned());
    let reference = std::fs::read_to_string(docs("catalogue.md")).unwrap();
    let missing: Vec<String> = keys.chain(words).filter(|name| !reference.contains(&format!("`{name}`"))).collect();
    assert!(missing.is_empty(), "docs/catalogue.md does not mention {missing:?}");
}
