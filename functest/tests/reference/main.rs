// SPDX-License-Identifier: Apache-2.0
//! `docs/reference.md` names every setting and every environment variable, as the code has them.
//!
//! `FUNCTEST_UPDATE=1 cargo test -p functest --test reference` writes it anew.

#![allow(clippy::unwrap_used, reason = "a test says what is wrong by ending")]

mod settings;
mod variables;

use std::path::Path;

const INTRODUCTION: &str = "\
# Reference

Every setting and every environment variable, as the code has them: this page is generated, and a test holds it up to date.
What layers there are, and which wins, is in [settings.md](settings.md); the keys of `functest.yaml` are in
[configuration.md](configuration.md), those of a system under test in [installers.md](installers.md).
";

fn repository() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

#[test]
fn the_reference_is_up_to_date() {
    let page = [INTRODUCTION.to_owned(), settings::section(), variables::section()].join("\n");
    let path = repository().join("docs/reference.md");
    if std::env::var_os("FUNCTEST_UPDATE").is_some_and(|value| value == "1") {
        std::fs::write(&path, &page).unwrap();
    }
    let checked_in = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(page == checked_in, "FUNCTEST_UPDATE=1 cargo test -p functest --test reference brings it up to date");
}

/// A table of Markdown.
fn table(head: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let head: Vec<String> = head.iter().map(|cell| (*cell).to_owned()).collect();
    let rule = vec!["---".to_owned(); head.len()];
    let rows = rows.into_iter().map(|cells| {
        let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|").replace('\n', " ")).collect();
        line(&cells)
    });
    [line(&head), line(&rule)].into_iter().chain(rows).collect()
}
