// SPDX-License-Identifier: Apache-2.0
//! What values attributes may have.

use std::net::IpAddr;

use serde_json::{Value, json};

use super::attribute::Attribute;
use super::refusal::invalid_input;
use crate::api::schema::python;
use crate::api::{ApiError, Document, truth};

/// What a value may be.
#[derive(Clone, Copy, Debug)]
pub(super) enum Check {
    Any,
    /// A text of at most that many characters.
    Text(usize),
    Truth,
    /// A whole number between these, or its text.
    Integer(i64, i64),
    OneOf(&'static [&'static str]),
    Id,
    Address,
    Mac,
    /// Null, or that.
    Or(&'static Check),
    /// A list of that, without repetitions.
    List(&'static Check),
    /// An object.
    Object,
    /// What a function says of it; it returns the value to keep.
    By(fn(&Value) -> Result<Value, Complaint>),
}

/// Why a value is refused.
#[derive(Debug)]
pub(super) enum Complaint {
    /// The reason, which the name of the attribute is put in front of.
    Reason(String),
    /// The whole refusal.
    Refusal(ApiError),
}

impl From<String> for Complaint {
    fn from(reason: String) -> Self {
        Self::Reason(reason)
    }
}

/// The value as it is kept, or the refusal.
pub(super) fn check(attribute: &Attribute, value: &Value) -> Result<Value, ApiError> {
    accept(attribute.check, value).map_err(|complaint| match complaint {
        Complaint::Refusal(error) => error,
        Complaint::Reason(reason) => {
            ApiError::bad_request(format!("Invalid input for {}. Reason: {reason}.", attribute.name))
        }
    })
}

/// The value as it is kept, or what is wrong with it.
pub(super) fn accept(check: Check, value: &Value) -> Result<Value, Complaint> {
    match check {
        Check::Any => Ok(value.clone()),
        Check::Text(most) => text(value, most),
        Check::Truth => truth_of(value),
        Check::Integer(least, most) => integer(value, least, most),
        Check::OneOf(words) => match value.as_str() {
            Some(word) if words.contains(&word) => Ok(value.clone()),
            _ => Err(format!("{} is not in valid_values", bare(value)).into()),
        },
        Check::Id => match value.as_str().map(is_id) {
            Some(true) => Ok(value.clone()),
            _ => Err(format!("'{}' is not a valid UUID", bare(value)).into()),
        },
        Check::Address => address(value).map(|address| json!(address)),
        Check::Mac => match value.as_str().and_then(mac) {
            Some(mac) => Ok(mac.into()),
            None => Err(format!("'{}' is not a valid MAC address", bare(value)).into()),
        },
        Check::Or(_) if value.is_null() => Ok(Value::Null),
        Check::Or(inner) => accept(*inner, value),
        Check::List(inner) => list(value, *inner),
        Check::Object if value.is_object() => Ok(value.clone()),
        Check::Object => Err(format!("'{}' is not a dictionary", bare(value)).into()),
        Check::By(function) => function(value),
    }
}

/// Whether it is a UUID as Neutron writes them.
pub(super) fn is_id(text: &str) -> bool {
    text.len() == 36 && uuid::Uuid::try_parse(text).is_ok()
}

/// An address.
pub(super) fn address(value: &Value) -> Result<IpAddr, Complaint> {
    let parsed = value.as_str().and_then(|text| text.parse().ok());
    parsed.ok_or_else(|| Complaint::Reason(format!("'{}' is not a valid IP address", bare(value))))
}

/// The object, which must have exactly these keys.
pub(super) fn exactly<'v>(value: &'v Value, keys: &[&str]) -> Result<&'v Document, Complaint> {
    let quoted = |names: Vec<&str>| names.iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", ");
    let Some(object) = value.as_object() else {
        let keys = quoted(keys.iter().rev().copied().collect());
        let value = bare(value);
        return Err(Complaint::Reason(format!("Invalid input. '{value}' must be a dictionary with keys: [{keys}]")));
    };
    if object.len() == keys.len() && keys.iter().all(|key| object.contains_key(*key)) {
        return Ok(object);
    }
    Err(Complaint::Reason(format!(
        "Validation of dictionary's keys failed. Expected keys: {{{}}} Provided keys: {{{}}}",
        quoted(keys.to_vec()),
        quoted(object.keys().map(String::as_str).collect())
    )))
}

/// The items of a list, or of null, which several attributes take for an empty one.
pub(super) fn items(value: &Value) -> Result<&[Value], Complaint> {
    match value {
        Value::Array(items) => Ok(items),
        Value::Null => Ok(&[]),
        other => Err(Complaint::Reason(format!("'{}' is not a list", bare(other)))),
    }
}

/// A value as it stands between quotes in a message.
pub(super) fn bare(value: &Value) -> String {
    match value {
        Value::String(text) => text.chars().take(255).collect(),
        other => python(other),
    }
}

/// A MAC address in small letters.
pub(super) fn mac(text: &str) -> Option<String> {
    let parts: Vec<&str> = text.split([':', '-']).collect();
    let good = parts.len() == 6 && parts.iter().all(|part| part.len() == 2 && u8::from_str_radix(part, 16).is_ok());
    (good && !text.contains('+')).then(|| parts.join(":").to_ascii_lowercase())
}

fn text(value: &Value, most: usize) -> Result<Value, Complaint> {
    match value {
        Value::String(text) if text.chars().count() <= most => Ok(value.clone()),
        Value::String(_) => Err(format!("'{}' exceeds maximum length of {most}", bare(value)).into()),
        other => Err(format!("'{}' is not a valid string", bare(other)).into()),
    }
}

fn truth_of(value: &Value) -> Result<Value, Complaint> {
    let known = match value {
        Value::Bool(known) => Some(*known),
        Value::String(text) => truth(text),
        Value::Number(number) => match number.as_i64() {
            Some(0) => Some(false),
            Some(1) => Some(true),
            _ => None,
        },
        _ => None,
    };
    let refusal = || Complaint::Refusal(invalid_input(format!("'{}' cannot be converted to boolean", bare(value))));
    known.map(Value::Bool).ok_or_else(refusal)
}

fn integer(value: &Value, least: i64, most: i64) -> Result<Value, Complaint> {
    let number = match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    };
    match number {
        None => Err(Complaint::Refusal(invalid_input(format!("'{}' is not an integer", bare(value))))),
        Some(number) if number < 0 && least == 0 => Err(format!("'{number}' should be non-negative").into()),
        Some(number) if number < least => Err(format!("'{number}' is too small - must be at least '{least}'").into()),
        Some(number) if number > most => {
            Err(format!("'{number}' is too large - must be no larger than '{most}'").into())
        }
        Some(number) => Ok(number.into()),
    }
}

fn list(value: &Value, inner: Check) -> Result<Value, Complaint> {
    if value.is_null() {
        return Err(Complaint::Reason("'None' is not a list".to_owned()));
    }
    let mut kept: Vec<Value> = Vec::new();
    for item in items(value)? {
        let item = accept(inner, item)?;
        if kept.contains(&item) {
            return Err(format!("Duplicate items in the list: '{}'", bare(&item)).into());
        }
        kept.push(item);
    }
    Ok(kept.into())
}
