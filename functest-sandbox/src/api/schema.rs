// SPDX-License-Identifier: Apache-2.0
//! What a body must look like. Keystone, Nova and Glance check theirs with JSON Schema; this is as much of it as their
//! rules for users' bodies need, said as tables.

use serde_json::Value;

use super::Document;

/// One key of an object.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) kind: Type,
    pub(crate) required: bool,
}

/// What a value may be.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Type {
    /// A text of that many characters.
    Text(usize, usize),
    /// One of these texts.
    OneOf(&'static [&'static str]),
    /// `true` or `false`.
    Truth,
    /// What OpenStack's services take for a truth value: `true`, `"True"`, `"1"`, ...
    LooseTruth,
    /// A whole number between these.
    Integer(i64, i64),
    /// A whole number between these, or its text.
    LooseInteger(i64, i64),
    /// A UUID, with or without dashes.
    Id,
    /// An object whose keys and values a handler looks at.
    Object,
    /// A map of texts, each of at most that many characters, keys too.
    Texts(usize),
    /// A list, of that.
    List(&'static Type),
    /// Null, or that.
    Or(&'static Type),
    /// Anything.
    Any,
}

/// What is wrong with a body.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Problem {
    /// The key; empty when it is the object itself.
    pub(crate) key: String,
    /// The value that is wrong.
    pub(crate) value: Value,
    /// What is wrong, in the words of a JSON Schema validator.
    pub(crate) reason: String,
}

/// Whether what [`Type::LooseTruth`] takes is there, and true.
pub(crate) fn is_wished(object: &Document, key: &str) -> bool {
    match object.get(key) {
        Some(Value::Bool(wish)) => *wish,
        Some(Value::String(text)) => super::truth(text) == Some(true),
        _ => false,
    }
}

/// A key that must be there.
pub(crate) const fn required(name: &'static str, kind: Type) -> Field {
    Field { name, kind, required: true }
}

/// A key that may be there.
pub(crate) const fn optional(name: &'static str, kind: Type) -> Field {
    Field { name, kind, required: false }
}

/// Checks an object's keys; `more` says whether it may have others.
pub(crate) fn check(object: &Document, fields: &[Field], more: bool) -> Result<(), Problem> {
    let whole = || Value::Object(object.clone());
    for field in fields {
        match object.get(field.name) {
            Some(value) => check_value(field.name, value, field.kind)?,
            None if field.required => {
                let reason = format!("'{}' is a required property", field.name);
                return Err(Problem { key: String::new(), value: whole(), reason });
            }
            None => {}
        }
    }
    let unknown: Vec<&String> = object.keys().filter(|key| fields.iter().all(|field| field.name != *key)).collect();
    if !more && !unknown.is_empty() {
        let names: Vec<String> = unknown.iter().map(|name| format!("'{name}'")).collect();
        let were = if names.len() == 1 { "was" } else { "were" };
        let reason = format!("Additional properties are not allowed ({} {were} unexpected)", names.join(", "));
        return Err(Problem { key: String::new(), value: whole(), reason });
    }
    Ok(())
}

/// Checks one value.
pub(crate) fn check_value(key: &str, value: &Value, kind: Type) -> Result<(), Problem> {
    let wrong = |reason: String| Err(Problem { key: key.to_owned(), value: value.clone(), reason });
    let not_of_type = |name: &str| wrong(format!("{} is not of type '{name}'", python(value)));
    match (kind, value) {
        (Type::Any, _)
        | (Type::Or(_), Value::Null)
        | (Type::Truth, Value::Bool(_))
        | (Type::Object, Value::Object(_)) => Ok(()),
        (Type::Or(inner), value) => check_value(key, value, *inner),
        (Type::Text(least, most), Value::String(text)) => match text.chars().count() {
            length if length < least => wrong(format!("{} is too short", python(value))),
            length if length > most => wrong(format!("{} is too long", python(value))),
            _ => Ok(()),
        },
        (Type::Text(..) | Type::OneOf(_) | Type::Id, value) if !value.is_string() => not_of_type("string"),
        (Type::OneOf(words), Value::String(text)) => {
            if words.contains(&text.as_str()) {
                Ok(())
            } else {
                wrong(format!("{} is not one of {words:?}", python(value)).replace('"', "'"))
            }
        }
        (Type::Id, Value::String(text)) => match uuid::Uuid::try_parse(text) {
            Ok(_) => Ok(()),
            Err(_) => wrong(format!("{} is not a 'uuid'", python(value))),
        },
        (Type::LooseTruth, Value::Bool(_)) => Ok(()),
        (Type::LooseTruth, Value::String(text)) if super::truth(text).is_some() => Ok(()),
        (Type::LooseTruth, value) => wrong(format!(
            "{} is not one of [True, 'True', 'TRUE', 'true', '1', 'ON', 'On', 'on', 'YES', 'Yes', 'yes', 'y', 't', False, 'False', 'FALSE', 'false', '0', 'OFF', 'Off', 'off', 'NO', 'No', 'no', 'n', 'f']",
            python(value)
        )),
        (Type::Integer(least, most), Value::Number(number)) => match number.as_i64() {
            Some(number) => in_range(key, value, number, least, most),
            None => not_of_type("integer"),
        },
        (Type::LooseInteger(least, most), Value::Number(number)) => match number.as_i64() {
            Some(number) => in_range(key, value, number, least, most),
            None => not_of_type("integer"),
        },
        (Type::LooseInteger(least, most), Value::String(text)) => match text.parse() {
            Ok(number) => in_range(key, value, number, least, most),
            Err(_) => wrong(format!("{} does not match '^-?[0-9]+$'", python(value))),
        },
        (Type::Texts(most), Value::Object(map)) => map.iter().try_for_each(|(name, item)| {
            check_value(name, &Value::String(name.clone()), Type::Text(1, most))?;
            check_value(name, item, Type::Text(0, most))
        }),
        (Type::List(inner), Value::Array(items)) => items.iter().try_for_each(|item| check_value(key, item, *inner)),
        (Type::Truth, _) => not_of_type("boolean"),
        (Type::Integer(..) | Type::LooseInteger(..), _) => not_of_type("integer"),
        (Type::Object | Type::Texts(_), _) => not_of_type("object"),
        (Type::List(_), _) => not_of_type("array"),
        (Type::Text(..) | Type::OneOf(_) | Type::Id, _) => not_of_type("string"),
    }
}

fn in_range(key: &str, value: &Value, number: i64, least: i64, most: i64) -> Result<(), Problem> {
    let wrong = |reason: String| Err(Problem { key: key.to_owned(), value: value.clone(), reason });
    match number {
        number if number < least => wrong(format!("{number} is less than the minimum of {least}")),
        number if number > most => wrong(format!("{number} is greater than the maximum of {most}")),
        _ => Ok(()),
    }
}

/// A value as Python prints it, which is how OpenStack's messages show it. Long ones are cut.
pub(crate) fn python(value: &Value) -> String {
    let text = match value {
        Value::Null => "None".into(),
        Value::Bool(true) => "True".into(),
        Value::Bool(false) => "False".into(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => format!("'{text}'"),
        Value::Array(items) => format!("[{}]", items.iter().map(python).collect::<Vec<_>>().join(", ")),
        Value::Object(map) => {
            let pairs = map.iter().map(|(key, value)| format!("'{key}': {}", python(value)));
            format!("{{{}}}", pairs.collect::<Vec<_>>().join(", "))
        }
    };
    match text.char_indices().nth(1000) {
        Some((cut, _)) => format!("{}...", &text[..cut]),
        None => text,
    }
}
