// SPDX-License-Identifier: Apache-2.0
//! Regular expressions as published catalogues write them: Python's `re.search`, look-around included.

use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, OnceLock};

use fancy_regex::{Expr, Regex, RegexBuilder};
use serde::{Deserialize, Serialize};

/// Steps of backtracking after which a match is given up; far more than any real condition needs.
const BACKTRACK_LIMIT: usize = 200_000;

/// A pattern that is searched for anywhere in a text. Cheap to clone.
#[derive(Clone)]
pub struct Pattern {
    text: Arc<str>,
    matcher: Matcher,
}

/// How a pattern is searched for.
#[derive(Clone)]
enum Matcher {
    /// It has nothing in it that means anything but itself, as most conditions: nothing is compiled.
    Literal,
    /// A regular expression whose form is known to be right. It is compiled once, when it is first looked at.
    Expression(Arc<OnceLock<Result<Regex, String>>>),
}

/// A text that is not a regular expression, or a match that would take for ever.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// The text does not compile.
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
    /// [`PatternError::TooExpensive`] when backtracking exceeds its budget, [`PatternError::Invalid`] when the expression is
    /// too large to be compiled.
    pub fn is_found_in(&self, text: &str) -> Result<bool, PatternError> {
        let regex = match &self.matcher {
            Matcher::Literal => return Ok(text.contains(&*self.text)),
            Matcher::Expression(compiled) => compiled.get_or_init(|| compile(&self.text)),
        };
        let regex = regex.as_ref().map_err(|reason| self.invalid(reason))?;
        regex.is_match(text).map_err(|_| PatternError::TooExpensive { text: self.as_str().to_owned() })
    }

    /// The pattern as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    fn invalid(&self, reason: &str) -> PatternError {
        PatternError::Invalid { text: self.as_str().to_owned(), reason: reason.to_owned() }
    }
}

/// Characters that mean something else than themselves somewhere in a regular expression.
const SPECIAL: &[char] = &['\\', '.', '+', '*', '?', '(', ')', '|', '[', ']', '{', '}', '^', '$'];

fn compile(text: &str) -> Result<Regex, String> {
    RegexBuilder::new(text).backtrack_limit(BACKTRACK_LIMIT).build().map_err(|error| error.to_string())
}

/// Whether the form of an expression says already that it can be compiled. What looks behind, or back at a group, has rules
/// that only the compiler knows, and so have sizes.
fn is_known_to_compile(text: &str) -> bool {
    let asks_the_compiler = ["(?<", "(?P", "(?R", "(?(", "\\", "{", "["];
    !asks_the_compiler.iter().any(|part| text.contains(part)) && Expr::parse_tree(text).is_ok()
}

impl FromStr for Pattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        let pattern = |matcher| Self { text: text.into(), matcher };
        if !text.contains(SPECIAL) {
            return Ok(pattern(Matcher::Literal));
        }
        let compiled = OnceLock::new();
        if !is_known_to_compile(text) {
            let regex = compile(text).map_err(|reason| PatternError::Invalid { text: text.to_owned(), reason })?;
            let _ = compiled.set(Ok(regex));
        }
        Ok(pattern(Matcher::Expression(Arc::new(compiled))))
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
    fn what_cannot_be_compiled_is_refused_at_once() {
        for text in ["(", "[a", "\\", "(?P<n", "[z-a]"] {
            assert!(text.parse::<Pattern>().is_err(), "{text}");
        }
        for text in
            ["", "os-nosdn-nofeature-ha", "^((?!netvirt).)*$", "(apex|fuel)", "[a-c]+x?", r"\d{2}", "(?<=a)b", "a.c"]
        {
            let pattern: Pattern = text.parse().unwrap();
            assert!(pattern.is_found_in("abc").is_ok(), "{text}");
        }
    }

    proptest::proptest! {
        /// What is said of a text beforehand holds when it is compiled, and a literal is found as an expression would be.
        #[test]
        fn what_was_taken_compiles(text in "[a-c.+*?()|^$\\[\\]{}<!=\\\\0-2,:P-]{0,12}", subject in "[a-c]{0,6}") {
            if let Ok(pattern) = text.parse::<Pattern>() {
                let found = pattern.is_found_in(&subject);
                proptest::prop_assert!(!matches!(found, Err(PatternError::Invalid { .. })), "{text}: {found:?}");
            } else {
                proptest::prop_assert!(compile(&text).is_err(), "{text} was refused");
            }
        }

        #[test]
        fn a_literal_is_found_as_its_expression_is(text in "[a-c_-]{0,4}", subject in "[a-c_-]{0,8}") {
            let pattern: Pattern = text.parse().unwrap();
            let expression = compile(&text).unwrap();
            proptest::prop_assert_eq!(pattern.is_found_in(&subject).unwrap(), expression.is_match(&subject).unwrap());
        }
    }
}
