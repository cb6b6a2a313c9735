// SPDX-License-Identifier: Apache-2.0
//! Regular expressions as published catalogues write them: Python's `re.search`, look-around included.

use std::fmt;
use std::str::FromStr;

use fancy_regex::{Regex, RegexBuilder};
use serde::{Deserialize, Serialize};

/// Steps of backtracking after which a match is given up; far more than any real condition needs.
const BACKTRACK_LIMIT: usize = 200_000;

/// A pattern that is searched for anywhere in a text.
#[derive(Clone)]
pub struct Pattern(Regex);

/// A text that is no regular expression, or a match that would take for ever.
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
    /// [`PatternError::TooExpensive`] when backtracking exceeds its budget.
    pub fn is_found_in(&self, text: &str) -> Result<bool, PatternError> {
        self.0.is_match(text).map_err(|_| PatternError::TooExpensive { text: self.as_str().to_owned() })
    }

    /// The pattern as it was written.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl FromStr for Pattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        RegexBuilder::new(text)
            .backtrack_limit(BACKTRACK_LIMIT)
            .build()
            .map(Self)
            .map_err(|e| PatternError::Invalid { text: text.to_owned(), reason: e.to_string() })
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
}
