// SPDX-License-Identifier: Apache-2.0
//! The JSON Schema of a catalogue in `docs/schema` is the one that the code generates.

use std::path::Path;

use functest_core::catalogue::json_schema;

#[test]
fn the_checked_in_schema_is_up_to_date() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/schema/testcases.json");
    let generated = serde_json::to_string_pretty(&json_schema()).unwrap() + "\n";
    if std::env::var_os("FUNCTEST_UPDATE").is_some_and(|value| value == "1") {
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        return std::fs::write(&file, generated).unwrap();
    }
    let checked_in = std::fs::read_to_string(&file).unwrap_or_default();
    if checked_in != generated {
        let same = checked_in.lines().zip(generated.lines()).take_while(|(old, new)| old == new).count();
        panic!(
            "docs/schema/testcases.json is out of date from line {} on; rewrite it with\n  \
             FUNCTEST_UPDATE=1 cargo nextest run -p functest-core --test schema",
            same + 1
        );
    }
}
