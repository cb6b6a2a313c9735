// SPDX-License-Identifier: Apache-2.0
//! Environment variables: what the system holds for one need not be text, and what is not must not count as unset.

use std::ffi::OsString;
use std::path::PathBuf;

/// A look-up of environment variables: the value of the one of that name, `None` where it is not set.
pub type Variables<'a> = &'a dyn Fn(&str) -> Option<OsString>;

/// A variable whose value is wanted as text and is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the environment variable {name} is not UTF-8 ({lossy:?}): set it to a text, or unset it")]
pub struct NotText {
    /// The variable.
    pub name: String,
    /// Its value, with a sign in place of each byte that is no text.
    pub lossy: String,
}

/// The text in the variable `name`; `None` where it is not set or empty.
///
/// # Errors
/// When its value is not UTF-8.
pub fn text(variables: Variables<'_>, name: &str) -> Result<Option<String>, NotText> {
    let Some(value) = variables(name).filter(|value| !value.is_empty()) else { return Ok(None) };
    let not_text = |value: OsString| NotText { name: name.to_owned(), lossy: value.to_string_lossy().into_owned() };
    value.into_string().map(Some).map_err(not_text)
}

/// The path in the variable `name`, whatever its bytes; `None` where it is not set or empty.
pub fn path(variables: Variables<'_>, name: &str) -> Option<PathBuf> {
    variables(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}

#[cfg(test)]
mod tests {
    use std::os::unix::ffi::OsStringExt;

    use super::*;

    #[test]
    fn what_is_no_text_is_neither_taken_nor_passed_over() {
        let variables = |name: &str| match name {
            "BROKEN" => Some(OsString::from_vec(b"os-\xff".to_vec())),
            "EMPTY" => Some(OsString::new()),
            "SET" => Some("os".into()),
            _ => None,
        };
        assert_eq!(text(&variables, "SET"), Ok(Some("os".into())));
        assert_eq!((text(&variables, "EMPTY"), text(&variables, "UNSET")), (Ok(None), Ok(None)));
        let error = text(&variables, "BROKEN").unwrap_err().to_string();
        assert_eq!(
            error,
            "the environment variable BROKEN is not UTF-8 (\"os-\u{fffd}\"): set it to a text, or unset it"
        );
        assert_eq!(path(&variables, "BROKEN"), Some(PathBuf::from(OsString::from_vec(b"os-\xff".to_vec()))));
        assert_eq!((path(&variables, "EMPTY"), path(&variables, "UNSET")), (None, None));
    }
}
