// SPDX-License-Identifier: Apache-2.0
//! What a cloud answered.

use bytes::Bytes;
use functest_core::verdict::FailedRequest;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::Error;

/// An answer that is no error, whole. Its `Debug` does not show the body: it may hold secrets.
#[derive(Clone)]
pub struct Answer {
    /// The request it answers, with its status and the service's request id.
    pub request: FailedRequest,
    /// The value of `X-Subject-Token`: the token of a login.
    pub(crate) subject_token: Option<String>,
    /// What the server says it is, as in its `Server` header.
    pub(crate) server: Option<String>,
    /// The body.
    pub body: Bytes,
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Answer({:?}, {} bytes)", self.request, self.body.len())
    }
}

impl Answer {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        self.request.status.unwrap_or_default()
    }

    /// An error about this answer.
    pub fn unexpected(&self, message: impl Into<String>) -> Error {
        // A page is nobody's answer that has an API: a portal says so that one has to log in, and a proxy that it is busy.
        let of_service = self.request.request_id.is_some() || serde_json::from_slice::<Value>(&self.body).is_ok();
        Error::Unexpected { message: message.into(), request: self.request.clone(), of_service }
    }

    /// The body as a document.
    ///
    /// # Errors
    /// [`Error::Unexpected`] when it is no JSON.
    pub fn json(&self) -> Result<Value, Error> {
        serde_json::from_slice(&self.body).map_err(|e| self.unexpected(format!("no JSON: {e}")))
    }

    /// The value under `key` of the body, or the whole body when `key` is empty.
    ///
    /// # Errors
    /// [`Error::Unexpected`] when it is not there, or not a `T`.
    pub fn read<T: DeserializeOwned>(&self, key: &str) -> Result<T, Error> {
        let mut document = self.json()?;
        let value = if key.is_empty() { Some(document) } else { document.get_mut(key).map(Value::take) };
        let value = value.ok_or_else(|| self.unexpected(format!("no `{key}` in the answer")))?;
        serde_json::from_value(value).map_err(|e| self.unexpected(format!("`{key}` is not what the API promises: {e}")))
    }
}

/// Whether a service of OpenStack made this error answer: each of them gives its requests an id, and those that do not wrap
/// the message in an object with one key.
pub(super) fn is_of_service(request_id: Option<&str>, body: &[u8]) -> bool {
    let is_wrapped = || match serde_json::from_slice(body) {
        Ok(Value::Object(document)) if document.len() == 1 => {
            document.values().all(|inner| inner.get("message").is_some_and(Value::is_string))
        }
        _ => false,
    };
    request_id.is_some() || is_wrapped()
}

/// The words of an error answer: every service wraps them in another way.
pub(super) fn error_message(body: &[u8]) -> String {
    const LONGEST: usize = 400;
    let text = String::from_utf8_lossy(body);
    let found = serde_json::from_str::<Value>(&text).ok().and_then(|document| message_in(&document));
    let words = found.unwrap_or_else(|| without_markup(&text));
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    match words.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}...", &words[..end]),
        None if words.is_empty() => "without a word".into(),
        None => words,
    }
}

fn message_in(document: &Value) -> Option<String> {
    match document {
        Value::Object(map) => {
            let own = map.get("message").or_else(|| map.get("detail")).and_then(Value::as_str).map(str::to_owned);
            own.or_else(|| map.values().find_map(message_in))
        }
        Value::Array(items) => items.iter().find_map(message_in),
        _ => None,
    }
}

/// A page without its title, where the heading says the same again; else all of it.
fn around_title(page: &str) -> (&str, &str) {
    let parts = page.split_once("<title>").and_then(|(before, rest)| Some((before, rest.split_once("</title>")?)));
    match parts {
        Some((before, (title, after))) if after.contains(title) => (before, after),
        _ => (page, ""),
    }
}

fn without_markup(text: &str) -> String {
    let mut words = String::new();
    let mut in_tag = false;
    let (before, after) = around_title(text);
    for c in before.chars().chain(after.chars()) {
        match c {
            '<' => in_tag = true,
            '>' => {
                in_tag = false;
                words.push(' ');
            }
            c if !in_tag => words.push(c),
            _ => {}
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::{error_message, is_of_service};

    #[test]
    fn what_stands_before_a_service_does_not_speak_for_it() {
        assert!(is_of_service(Some("req-1"), b"<html>404 Not Found</html>"), "Glance answers in HTML");
        assert!(is_of_service(None, br#"{"itemNotFound": {"code": 404, "message": "no such server"}}"#));
        for body in
            ["404 page not found", "", r#"{"message": "no Route matched"}"#, r#"{"error": "not found"}"#, "null"]
        {
            assert!(!is_of_service(None, body.as_bytes()), "{body}");
        }
    }

    #[test]
    fn every_service_says_it_differently() {
        let table = [
            (r#"{"error": {"code": 401, "message": "no", "title": "Unauthorized"}}"#, "no"),
            (r#"{"badRequest": {"code": 400, "message": "bad  name"}}"#, "bad name"),
            (r#"{"NeutronError": {"type": "X", "message": "in use", "detail": ""}}"#, "in use"),
            ("<html><body><h1>403 Forbidden</h1>\nNo.</body></html>", "403 Forbidden No."),
            (
                "<html><head><title>403 Forbidden</title></head><body><h1>403 Forbidden</h1>No.</body></html>",
                "403 Forbidden No.",
            ),
            ("<html><head><title>502 Bad Gateway</title></head><body>Later.</body></html>", "502 Bad Gateway Later."),
            ("", "without a word"),
        ];
        for (body, words) in table {
            assert_eq!(error_message(body.as_bytes()), words);
        }
        assert_eq!(error_message("ü".repeat(1000).as_bytes()).chars().count(), 403);
    }
}
