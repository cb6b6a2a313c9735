// SPDX-License-Identifier: Apache-2.0
//! Tables, as all of the command prints them.

use comfy_table::{ContentArrangement, Table, presets};
use owo_colors::OwoColorize;

use crate::output::Output;

/// A table with these headings, as wide as its content needs and the terminal allows.
pub(crate) fn table(headings: &[&str], output: &Output) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(headings.iter().map(|heading| heading.to_uppercase().style(output.styles.strong).to_string()));
    table
}
