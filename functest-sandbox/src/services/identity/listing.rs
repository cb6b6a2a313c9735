// SPDX-License-Identifier: Apache-2.0
//! How Keystone shows what it has: links, lists and the filters on them.

use http::StatusCode;
use serde_json::{Value, json};

use crate::api::document::equals;
use crate::api::{Call, Document, Query, Read, Reply, truth};

/// An item with the link to itself. `collection` is its path below `/v3`.
pub(super) fn linked(call: &Call, collection: &str, item: &Document) -> Value {
    linked_by(call, collection, item.text("id"), item)
}

/// An item that goes by another name than its `id`.
pub(super) fn linked_by(call: &Call, collection: &str, name: &str, item: &Document) -> Value {
    let mut item = item.clone();
    item.insert("links".into(), json!({"self": format!("{}/v3/{collection}/{name}", call.base)}));
    Value::Object(item)
}

/// A list, under its own name.
pub(super) fn listed(call: &Call, name: &str, items: Vec<Value>) -> Reply {
    let links = json!({"next": null, "self": own_url(call), "previous": null});
    Reply::json(StatusCode::OK, &json!({name: items, "links": links}))
}

fn own_url(call: &Call) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    let query = query.extend_pairs(call.query.pairs()).finish();
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{}{}{mark}{query}", call.base, call.path)
}

/// Whether an item passes the filters on these attributes, such as `name=a` and `name__contains=a`.
pub(super) fn matches(query: &Query, item: &Document, attributes: &[&str]) -> bool {
    query.pairs().all(|(key, wanted)| {
        let (attribute, operator) = key.split_once("__").unwrap_or((key, "equals"));
        !attributes.contains(&attribute) || item.get(attribute).is_some_and(|value| passes(value, operator, wanted))
    })
}

fn passes(value: &Value, operator: &str, wanted: &str) -> bool {
    match (value, operator) {
        // A truth that is asked for without saying which is asked to be true.
        (Value::Bool(value), _) => truth(wanted).unwrap_or(true) == *value,
        (Value::String(value), "contains") => value.contains(wanted),
        (Value::String(value), "startswith") => value.starts_with(wanted),
        (Value::String(value), "endswith") => value.ends_with(wanted),
        (Value::String(value), "icontains") => value.to_lowercase().contains(&wanted.to_lowercase()),
        (Value::String(value), "istartswith") => value.to_lowercase().starts_with(&wanted.to_lowercase()),
        (Value::String(value), "iendswith") => value.to_lowercase().ends_with(&wanted.to_lowercase()),
        (value, _) => equals(value, wanted),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::document;

    #[test]
    fn filters_are_exact_or_not() {
        let item = document!({"name": "Alpha", "enabled": true, "parent": null});
        let passes = |query: &str| matches(&Query::parse(query), &item, &["name", "enabled", "parent"]);
        assert!(passes("name=Alpha&enabled=1") && passes("enabled") && passes("name__icontains=LPH"));
        assert!(passes("unknown=x"));
        assert!(!passes("name=alpha") && !passes("enabled=False") && !passes("parent=x"));
        assert!(!passes("name__startswith=B"));
    }
}
