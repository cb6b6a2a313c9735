// SPDX-License-Identifier: Apache-2.0
//! Tables for people: columns between `|`, found by their header. The last resort, where a tool offers nothing else.

use std::collections::BTreeMap;

/// A row: what stands under each header, which is in lower case.
pub type Row = BTreeMap<String, String>;

/// The rows of the first table in `text`; what stands before and after it is passed over.
pub fn read(text: &str) -> Vec<Row> {
    let is_line = |line: &&str| line.contains('|') && line.contains(|c: char| !"|-+ \t".contains(c));
    let mut lines = text.lines().map(str::trim).filter(is_line).map(cells);
    let Some(headers) = lines.next() else { return Vec::new() };
    let headers: Vec<String> = headers.into_iter().map(|header| header.to_lowercase()).collect();
    let row = |cells: Vec<String>| headers.iter().cloned().zip(cells).collect();
    lines.filter(|cells| cells.len() == headers.len()).map(row).collect()
}

fn cells(line: &str) -> Vec<String> {
    // Where the frame has sides, they are no columns.
    let inner = line.strip_prefix('|').map(|rest| rest.strip_suffix('|').unwrap_or(rest));
    inner.unwrap_or(line).split('|').map(|cell| cell.trim().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_kinds_of_frame_are_read() {
        let boxed =
            "warning: old\n+----+------+\n| ID | Name |\n+----+------+\n| 1  | a b  |\n| 2  |      |\n+----+------+\n";
        let open = "id | name\n---|-----\n1  | a b \n2  |\n";
        for text in [boxed, open] {
            let rows = read(text);
            assert_eq!(rows.len(), 2, "{text}");
            assert_eq!((rows[0]["id"].as_str(), rows[0]["name"].as_str()), ("1", "a b"));
            assert_eq!(rows[1]["name"], "");
        }
        assert!(read("").is_empty());
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[|+\\- a\n]{0,80}") {
            read(&text);
        }
    }
}
