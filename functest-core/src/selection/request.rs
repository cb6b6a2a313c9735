// SPDX-License-Identifier: Apache-2.0
//! What a user asks to run.

use globset::GlobMatcher;

use crate::catalogue::Catalogue;
use crate::pattern::{Pattern, PatternError};
use crate::suggest;

/// What to run of a catalogue.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Cases and tiers by name; none is the whole catalogue.
    names: Vec<String>,
    exclude: Vec<GlobMatcher>,
    scope: Option<Pattern>,
}

/// A request that cannot be meant.
#[derive(Debug, thiserror::Error)]
pub enum RequestError {
    /// A name that the catalogue does not have.
    #[error("`{name}` is neither a test case nor a tier of {catalogue}{suggestion}")]
    UnknownName {
        /// The name.
        name: String,
        /// The catalogue's origin.
        catalogue: String,
        /// What was probably meant, as an appendix to the message.
        suggestion: String,
    },
    /// A pattern of `--exclude` that is no glob.
    #[error("cannot exclude {text:?}: {reason}")]
    Glob {
        /// The pattern.
        text: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A scope that is no regular expression.
    #[error("cannot use the scope: {0}")]
    Scope(#[from] PatternError),
}

impl Request {
    /// A request for the cases and tiers `names` (all, when empty), without those whose name matches a glob of
    /// `exclude`, and reduced to the checks whose name `scope` is found in.
    ///
    /// # Errors
    /// When a glob or the regular expression is malformed.
    pub fn new(names: &[String], exclude: &[String], scope: Option<&str>) -> Result<Self, RequestError> {
        let glob = |text: &String| {
            globset::Glob::new(text)
                .map(|glob| glob.compile_matcher())
                .map_err(|e| RequestError::Glob { text: text.clone(), reason: e.kind().to_string() })
        };
        Ok(Self {
            names: names.to_vec(),
            exclude: exclude.iter().map(glob).collect::<Result<_, _>>()?,
            scope: scope.map(str::parse).transpose()?,
        })
    }

    /// Refuses names that the catalogue does not have.
    ///
    /// # Errors
    /// [`RequestError::UnknownName`], for the first such name.
    pub fn check_names(&self, catalogue: &Catalogue) -> Result<(), RequestError> {
        let tiers = catalogue.tiers.iter().map(|tier| tier.name());
        let known: Vec<&str> = tiers.chain(catalogue.cases().map(|(_, case)| case.case_name.as_str())).collect();
        match self.names.iter().find(|name| !known.contains(&name.as_str())) {
            None => Ok(()),
            Some(name) => Err(RequestError::UnknownName {
                name: name.clone(),
                catalogue: catalogue.origin.clone(),
                suggestion: suggest::did_you_mean(name, known),
            }),
        }
    }

    /// Whether the whole catalogue is asked for.
    pub(super) fn is_for_everything(&self) -> bool {
        self.names.is_empty()
    }

    pub(super) fn names(&self, tier: &str, case: &str) -> bool {
        self.is_for_everything() || self.names.iter().any(|name| name == case || name == tier)
    }

    pub(super) fn excludes(&self, tier: &str, case: &str) -> Option<&str> {
        self.exclude.iter().find(|glob| glob.is_match(case) || glob.is_match(tier)).map(|glob| glob.glob().glob())
    }

    /// The regular expression that check names are reduced to.
    pub fn scope(&self) -> Option<&Pattern> {
        self.scope.as_ref()
    }
}
