// SPDX-License-Identifier: Apache-2.0
//! The part of a URL behind the question mark.

use super::ApiError;

/// The parameters of a request, in their order; one may stand there more than once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    pub(crate) fn parse(text: &str) -> Self {
        Self(url::form_urlencoded::parse(text.as_bytes()).into_owned().collect())
    }

    /// The last value of that name.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Every value of that name.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Whether it stands there, with or without a value.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Every parameter.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// A count such as `limit`.
    ///
    /// # Errors
    /// When it is no whole number, or negative.
    pub(crate) fn count(&self, name: &str) -> Result<Option<usize>, ApiError> {
        let Some(text) = self.get(name) else { return Ok(None) };
        match text.parse::<i64>() {
            Ok(count) if count >= 0 => Ok(Some(usize::try_from(count).unwrap_or(usize::MAX))),
            Ok(_) => Err(ApiError::bad_request(format!("{name} param must be positive"))),
            Err(_) => Err(ApiError::bad_request(format!("{name} param must be an integer"))),
        }
    }

    /// The same parameters with one set or replaced, as they stand in a link to another page.
    pub(crate) fn with(&self, name: &str, value: &str) -> String {
        let others = self.0.iter().filter(|(key, _)| key != name);
        let mut out = url::form_urlencoded::Serializer::new(String::new());
        out.extend_pairs(others.map(|(key, value)| (key.as_str(), value.as_str()))).append_pair(name, value);
        out.finish()
    }
}

/// What OpenStack takes for a truth value in a query.
pub(crate) fn truth(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "1" | "t" | "true" | "on" | "y" | "yes" => Some(true),
        "0" | "f" | "false" | "off" | "n" | "no" => Some(false),
        _ => None,
    }
}
