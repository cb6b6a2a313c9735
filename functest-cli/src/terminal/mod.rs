// SPDX-License-Identifier: Apache-2.0
//! What is shown on a terminal.

pub(crate) mod case_page;
pub(crate) mod plan_table;
pub(crate) mod progress;
pub(crate) mod summary;

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

/// A length of time, as people say it.
pub(crate) fn duration(milliseconds: u64) -> String {
    match milliseconds {
        0 => String::new(),
        1..1_000 => format!("{milliseconds} ms"),
        1_000..60_000 => format!("{:.1} s", milliseconds as f64 / 1000.0),
        _ => format!("{}:{:02} min", milliseconds / 60_000, milliseconds / 1000 % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::duration;

    #[test]
    fn durations_are_readable() {
        assert_eq!([0, 7, 1_250, 61_000].map(duration), ["", "7 ms", "1.2 s", "1:01 min"]);
    }
}
