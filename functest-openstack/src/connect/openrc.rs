// SPDX-License-Identifier: Apache-2.0
//! openrc files: shell lines that export variables. Only assignments are read; nothing is executed.

use std::collections::BTreeMap;
use std::path::Path;

use crate::error::Error;

/// The variables that the file exports.
pub(super) fn read(path: &Path) -> Result<BTreeMap<String, String>, Error> {
    let text = std::fs::read_to_string(path).map_err(|source| Error::File { path: path.to_owned(), source })?;
    Ok(parse(&text))
}

fn parse(text: &str) -> BTreeMap<String, String> {
    let mut variables = BTreeMap::new();
    for line in text.lines() {
        let line = line.trim();
        if let Some(name) = line.strip_prefix("unset ") {
            variables.remove(name.trim());
            continue;
        }
        let assignment = line.strip_prefix("export ").unwrap_or(line).trim_start();
        let Some((name, value)) = assignment.split_once('=') else { continue };
        if name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && !name.is_empty() {
            variables.insert(name.to_owned(), unquote(value));
        }
    }
    variables
}

/// The value of a shell word: quotes removed, escapes resolved, a comment behind it dropped.
fn unquote(word: &str) -> String {
    let mut value = String::new();
    let mut quote = None;
    let mut chars = word.chars();
    while let Some(c) = chars.next() {
        match (c, quote) {
            ('\'' | '"', None) => quote = Some(c),
            (c, Some(q)) if c == q => quote = None,
            ('\\', None | Some('"')) => value.extend(chars.next()),
            (c, None) if c.is_whitespace() || c == ';' => break,
            (c, _) => value.push(c),
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn assignments_are_read_as_a_shell_would() {
        let read = parse(
            "# comment\nexport OS_PASSWORD='a=b\"c'\nOS_AUTH_URL=http://c:5000/v3 # the cloud\nexport \
             OS_X=\"q\\\"r\"\nif [ -z \"$A\" ]; then\nunset OS_X\n",
        );
        assert_eq!(read["OS_PASSWORD"], "a=b\"c");
        assert_eq!(read["OS_AUTH_URL"], "http://c:5000/v3");
        assert!(!read.contains_key("OS_X"));
    }
}
