// SPDX-License-Identifier: Apache-2.0
//! Documents: what most resources are stored as, and how lists of them are filtered, sorted and cut into pages.

use std::cmp::Ordering;

use serde_json::{Map, Value};

use super::query::truth;

/// One resource as its service shows it.
pub(crate) type Document = Map<String, Value>;

/// Reading a document without unwrapping.
pub(crate) trait Read {
    /// What is under `key`.
    fn at(&self, key: &str) -> Option<&Value>;

    /// The text under `key`; empty when there is none.
    fn text(&self, key: &str) -> &str {
        self.at(key).and_then(Value::as_str).unwrap_or_default()
    }

    /// The truth under `key`; false when there is none.
    fn truth(&self, key: &str) -> bool {
        self.at(key).and_then(Value::as_bool).unwrap_or_default()
    }

    /// The items under `key`; none when there is no list.
    fn items(&self, key: &str) -> &[Value] {
        self.at(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
    }
}

impl Read for Document {
    fn at(&self, key: &str) -> Option<&Value> {
        self.get(key)
    }
}

impl Read for Value {
    fn at(&self, key: &str) -> Option<&Value> {
        self.get(key)
    }
}

/// An object literal as a document: `document!({"id": id})`.
macro_rules! document {
    ($($json:tt)+) => {
        match serde_json::json!($($json)+) {
            serde_json::Value::Object(map) => map,
            _ => serde_json::Map::new(),
        }
    };
}
pub(crate) use document;

/// Whether a value is what a query's text asks for: `true`, `True` and `1` are one truth, `null` is the empty text.
pub(crate) fn equals(value: &Value, text: &str) -> bool {
    match value {
        Value::Null => text.is_empty() || text == "None" || text == "null",
        Value::Bool(b) => truth(text) == Some(*b),
        Value::String(s) => s == text,
        Value::Number(n) => n.to_string() == text,
        Value::Array(items) => items.iter().any(|item| equals(item, text)),
        Value::Object(_) => false,
    }
}

/// The order of two values: nothing, truths, numbers, texts.
pub(crate) fn compare(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.as_f64().partial_cmp(&b.as_f64()).unwrap_or(Ordering::Equal),
        (Value::String(a), Value::String(b)) => a.cmp(b),
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        _ => rank(a).cmp(&rank(b)),
    }
}

fn rank(value: &Value) -> u8 {
    match value {
        Value::Null => 0,
        Value::Bool(_) => 1,
        Value::Number(_) => 2,
        Value::String(_) => 3,
        Value::Array(_) => 4,
        Value::Object(_) => 5,
    }
}

/// Sorts by several keys, each ascending or descending; what is equal keeps its order.
pub(crate) fn sort_by_keys<T: std::borrow::Borrow<Document>>(items: &mut [T], keys: &[(String, bool)]) {
    // A key that stands there again decides nothing: a query may name one thousands of times.
    let is_first = |place: usize, key: &String| keys.iter().position(|(other, _)| other == key) == Some(place);
    let keys = keys.iter().enumerate().filter(|(place, (key, _))| is_first(*place, key)).map(|(_, key)| key);
    let keys: Vec<&(String, bool)> = keys.collect();
    items.sort_by(|a, b| {
        keys.iter()
            .map(|(key, descending)| {
                let order = compare(value(a.borrow(), key), value(b.borrow(), key));
                if *descending { order.reverse() } else { order }
            })
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    });
}

/// What is under `key`, or nothing.
fn value<'d>(document: &'d Document, key: &str) -> &'d Value {
    const NOTHING: &Value = &Value::Null;
    document.get(key).unwrap_or(NOTHING)
}

/// One page of a list.
#[derive(Debug)]
pub(crate) struct Page<T> {
    /// What is on it.
    pub(crate) items: Vec<T>,
    /// Whether there is more behind it.
    pub(crate) more: bool,
}

/// The page behind `marker`. `None` when nothing in the list has that id.
pub(crate) fn page<T>(
    items: Vec<T>,
    id: impl Fn(&T) -> &str,
    marker: Option<&str>,
    limit: Option<usize>,
) -> Option<Page<T>> {
    let start = match marker {
        None => 0,
        Some(marker) => items.iter().position(|item| id(item) == marker)? + 1,
    };
    let left = items.len() - start;
    let limit = limit.unwrap_or(usize::MAX);
    Some(Page { items: items.into_iter().skip(start).take(limit).collect(), more: left > limit })
}
