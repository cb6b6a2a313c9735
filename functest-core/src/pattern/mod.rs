// SPDX-License-Identifier: Apache-2.0
//! Regular expressions as published catalogues write them: what Python's `re.search` takes, with its meaning.
//!
//! No library of Rust's reads them so: each has a `$`, a `[a&&b]` or a `\Z` of its own, and takes longer to compile a
//! condition than a plan takes to look at it.

mod class;
mod node;
mod parse;
mod program;
mod search;

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use self::program::Program;

/// A pattern that is searched for anywhere in a text. Cheap to clone.
///
/// The texts that Python 3.11's `re.compile` accepts are patterns and mean the same here; only names of characters
/// (`\N{...}`), surrogates, and more than a hundred groups in each other are refused, with the reason.
#[derive(Clone)]
pub struct Pattern {
    text: Arc<str>,
    matcher: Matcher,
}

/// How a pattern is searched for.
#[derive(Clone)]
enum Matcher {
    /// It has nothing in it that means anything but itself, as most conditions.
    Literal,
    Expression(Arc<Program>),
}

/// A text that is not a regular expression, or a match that would take for ever.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// Python's `re` would not take the text either, or it is one of the few that we do not.
    #[error("{text:?} is not a regular expression: {reason}")]
    Invalid {
        /// The text.
        text: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The match was given up.
    #[error("matching {text:?} takes too many steps; simplify the pattern")]
    TooExpensive {
        /// The pattern.
        text: String,
    },
}

impl Pattern {
    /// Whether the pattern is found anywhere in `text`.
    ///
    /// # Errors
    /// [`PatternError::TooExpensive`] when the search exceeds its budget.
    pub fn is_found_in(&self, text: &str) -> Result<bool, PatternError> {
        match &self.matcher {
            Matcher::Literal => Ok(text.contains(&*self.text)),
            Matcher::Expression(program) => search::is_found(program, text)
                .map_err(|search::GivenUp| PatternError::TooExpensive { text: self.as_str().to_owned() }),
        }
    }

    /// The pattern as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// Characters that mean something else than themselves somewhere in a regular expression.
const SPECIAL: &[char] = &['\\', '.', '+', '*', '?', '(', ')', '|', '[', '{', '^', '$'];

impl FromStr for Pattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        let matcher = if text.contains(SPECIAL) {
            let parsed =
                parse::parse(text).map_err(|reason| PatternError::Invalid { text: text.to_owned(), reason })?;
            Matcher::Expression(Arc::new(Program::new(&parsed.node, &parsed.widths)))
        } else {
            Matcher::Literal
        };
        Ok(Self { text: text.into(), matcher })
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/{}/", self.as_str())
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Serialize for Pattern {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn look_ahead_excludes() {
        let pattern: Pattern = "^((?!netvirt).)*$".parse().unwrap();
        assert!(pattern.is_found_in("apex").unwrap());
        assert!(pattern.is_found_in("").unwrap());
        assert!(!pattern.is_found_in("os-netvirt-x").unwrap());
        assert!("(".parse::<Pattern>().is_err());
    }

    #[test]
    fn endless_backtracking_is_given_up() {
        let pattern: Pattern = r"^(?=(a+)+$)b".parse().unwrap();
        let text = format!("{}!", "a".repeat(64));
        assert!(!matches!(pattern.is_found_in(&text), Ok(true)));
    }

    #[test]
    fn what_differs_between_languages_is_python_s() {
        for (pattern, text, is_found) in [
            ("true$", "true\n", true),
            (r"true\Z", "true\n", false),
            ("[a&&b]", "&", true),
            (r"(?a)\w", "é", false),
            (r"\w", "é", true),
            (r"\101", "A", true),
            (r"\<os", "<os", true),
            ("[[]", "[", true),
            ("x{,2}y", "xxy", true),
            ("x{a}", "x{a}", true),
        ] {
            let compiled: Pattern = pattern.parse().unwrap();
            assert_eq!(compiled.is_found_in(text), Ok(is_found), "{pattern} in {text:?}");
        }
    }

    #[test]
    fn a_mistake_has_its_place() {
        for (text, words) in [
            ("os-(nosdn", "the group that begins here has no closing bracket (at character 4)"),
            ("a)", "this closing bracket has no opening one (at character 2)"),
            ("[a", "the class has no closing bracket"),
            ("*", "there is nothing to repeat (at character 1)"),
            (r"a\q", r#""\q" has no meaning"#),
            ("(?<=a*)b", "must have a fixed width"),
            ("a\\", "it ends with a backslash"),
            ("a{4294967295}", "nothing is repeated that often"),
        ] {
            let error = text.parse::<Pattern>().unwrap_err().to_string();
            assert!(error.contains(words), "{error}");
        }
        assert!("(".repeat(5_000).parse::<Pattern>().is_err(), "deep brackets do not exhaust the stack");
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in ".{0,24}", subject in ".{0,8}") {
            if let Ok(pattern) = text.parse::<Pattern>() {
                let _ = pattern.is_found_in(&subject);
            }
        }
    }
}
