// SPDX-License-Identifier: Apache-2.0
//! openrc files: shell lines that export variables. Only assignments are read; nothing is executed.

use std::collections::BTreeMap;
use std::path::Path;

use crate::error::Error;

/// The variables that the file exports.
pub(super) fn read(path: &Path) -> Result<BTreeMap<String, String>, Error> {
    let text = std::fs::read_to_string(path).map_err(|source| Error::File { path: path.to_owned(), source })?;
    parse(&text).map_err(|message| Error::Config { origin: path.display().to_string(), message })
}

fn parse(text: &str) -> Result<BTreeMap<String, String>, String> {
    let mut variables = BTreeMap::new();
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if let Some(name) = line.strip_prefix("unset ") {
            variables.remove(name.trim());
            continue;
        }
        let assignment = line.strip_prefix("export ").unwrap_or(line).trim_start();
        let Some((name, value)) = assignment.split_once('=') else { continue };
        if name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && !name.is_empty() {
            let value = unquote(value);
            if name.starts_with("OS_") && value.expands {
                return Err(format!(
                    "line {}: the value of {name} is for a shell to work out, which functest does not do: source the file, \
                     and leave --cloud out",
                    number + 1
                ));
            }
            variables.insert(name.to_owned(), value.text);
        }
    }
    Ok(variables)
}

/// A shell word without its quotes.
struct Word {
    text: String,
    /// Whether a shell would put something else in its place: `$X`, `` `x` ``.
    expands: bool,
}

/// The value of a shell word: quotes removed, escapes resolved, a comment behind it dropped.
fn unquote(word: &str) -> Word {
    let mut value = String::new();
    let mut expands = false;
    let mut quote = None;
    let mut chars = word.chars();
    while let Some(c) = chars.next() {
        match (c, quote) {
            ('\'' | '"', None) => quote = Some(c),
            (c, Some(q)) if c == q => quote = None,
            ('\\', None) => value.extend(chars.next()),
            ('\\', Some('"')) => match chars.next() {
                // Between double quotes a backslash is itself, except before these.
                Some(c) if "$`\"\\".contains(c) => value.push(c),
                other => value.extend(std::iter::once('\\').chain(other)),
            },
            (c, None) if c.is_whitespace() || c == ';' => break,
            (c, quote) => {
                expands |= "$`".contains(c) && quote != Some('\'');
                value.push(c);
            }
        }
    }
    Word { text: value, expands }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn assignments_are_read_as_a_shell_would() {
        let read = parse(
            "# comment\nexport OS_PASSWORD='a=b\"c'\nOS_AUTH_URL=http://c:5000/v3 # the cloud\nexport \
             OS_X=\"q\\\"r\"\nif [ -z \"$A\" ]; then\nunset OS_X\nexport OS_Y='a$b'\n",
        )
        .unwrap();
        assert_eq!(read["OS_PASSWORD"], "a=b\"c");
        assert_eq!(read["OS_AUTH_URL"], "http://c:5000/v3");
        assert!(!read.contains_key("OS_X"));
        assert_eq!(read["OS_Y"], "a$b");
    }

    #[test]
    fn what_only_a_shell_can_work_out_is_refused() {
        let error = parse("read -sr OS_PASSWORD_INPUT\nexport OS_PASSWORD=$OS_PASSWORD_INPUT\n").unwrap_err();
        assert!(error.starts_with("line 2: the value of OS_PASSWORD is for a shell"), "{error}");
    }
}
