// SPDX-License-Identifier: Apache-2.0
//! What is asked of every kind of thing: what its bodies look like, that its names are free, that it is there.

use http::StatusCode;
use serde_json::Value;

use super::{DEFAULT_DOMAIN, State};
use crate::api::document::equals;
use crate::api::schema::{self, Field, Problem, Type, python};
use crate::api::{Answer, ApiError, Call, Document, Read, Reply};
use crate::ground::Table;
use crate::services::Cloud;

/// A kind of thing with a table and a path of its own.
pub(super) trait Kind {
    /// What one is called in a body, such as `policy`.
    const KEY: &'static str;
    /// What a list is called in a body.
    const LIST: &'static str;
    /// Its path below `/v3`.
    const PATH: &'static str;
    /// What one is called in a message.
    const NAME: &'static str = Self::KEY;
    /// What a list may be filtered by.
    const FILTERS: &'static [&'static str];

    fn table(state: &mut State) -> &mut Table<Document>;

    /// What goes with one that is deleted.
    fn deleted(_cloud: &mut Cloud, _id: &str) {}

    /// Why it is not there.
    fn missing(id: &str) -> ApiError {
        missing(Self::NAME, id)
    }
}

/// The id that a path names behind a collection is its last part.
pub(super) fn id(call: &Call) -> &str {
    call.params.last().map_or("", |(_, value)| value.as_str())
}

pub(super) fn list<K: Kind>(cloud: &mut Cloud, call: &Call) -> Answer {
    let items = K::table(&mut cloud.identity).values();
    let found = items.filter(|item| super::listing::matches(&call.query, item, K::FILTERS));
    Ok(super::listing::listed(call, K::LIST, found.map(|item| super::listing::linked(call, K::PATH, item)).collect()))
}

pub(super) fn show<K: Kind>(cloud: &mut Cloud, call: &Call) -> Answer {
    let item = K::table(&mut cloud.identity).get(id(call)).ok_or_else(|| K::missing(id(call)))?;
    Ok(answered::<K>(call, StatusCode::OK, item))
}

pub(super) fn delete<K: Kind>(cloud: &mut Cloud, call: &Call) -> Answer {
    let item = K::table(&mut cloud.identity).get(id(call)).ok_or_else(|| K::missing(id(call)))?;
    if item.get("options").is_some_and(|options| options.truth("immutable")) {
        return Err(immutable("delete", K::KEY, id(call)));
    }
    K::deleted(cloud, id(call));
    K::table(&mut cloud.identity).remove(id(call));
    Ok(Reply::no_content())
}

/// Keeps a new one, whose `id` and other attributes are complete.
pub(super) fn kept<K: Kind>(cloud: &mut Cloud, call: &Call, owner: &str, item: Document) -> Answer {
    let reply = answered::<K>(call, StatusCode::CREATED, &item);
    K::table(&mut cloud.identity).insert(item.text("id").to_owned(), owner, item);
    Ok(reply)
}

/// Changes one, if it may be changed.
pub(super) fn update<K: Kind>(cloud: &mut Cloud, call: &Call, changes: Document) -> Answer {
    let item = K::table(&mut cloud.identity).get_mut(id(call)).ok_or_else(|| K::missing(id(call)))?;
    let frozen = item.get("options").is_some_and(|options| options.truth("immutable"));
    if frozen && !thaws(&changes) {
        return Err(immutable("update", K::KEY, id(call)));
    }
    apply(item, changes);
    Ok(answered::<K>(call, StatusCode::OK, item))
}

/// Notes who owns an item by what it says under `key`, after that may have changed.
pub(super) fn let_own(table: &mut Table<Document>, id: &str, key: &str) {
    if let Some(item) = table.get(id).cloned() {
        table.insert(id, item.text(key).to_owned(), item);
    }
}

fn thaws(changes: &Document) -> bool {
    let options = changes.get("options").and_then(|options| options.get("immutable"));
    changes.len() == 1 && matches!(options, Some(Value::Null | Value::Bool(false)))
}

/// The answer that shows one.
pub(super) fn answered<K: Kind>(call: &Call, status: StatusCode, item: &Document) -> Reply {
    Reply::json(status, &serde_json::json!({K::KEY: super::listing::linked(call, K::PATH, item)}))
}

fn apply(item: &mut Document, mut changes: Document) {
    if let Some(Value::Object(options)) = changes.remove("options") {
        let mut kept = item.get("options").and_then(Value::as_object).cloned().unwrap_or_default();
        kept.extend(options);
        kept.retain(|_, value| !value.is_null());
        item.insert("options".into(), Value::Object(kept));
    }
    changes.remove("id");
    changes.remove("links");
    item.extend(changes);
}

/// A new thing: what a body says, on top of what holds when it says nothing.
pub(super) fn fresh(id: String, defaults: Document, asked: Document) -> Document {
    let mut item = defaults;
    item.insert("options".into(), Value::Object(Document::new()));
    apply(&mut item, asked);
    item.insert("id".into(), Value::String(id));
    item
}

/// What a body has under `key`, which is to make something.
pub(super) fn asked(call: &Call, key: &str, fields: &[Field], more: bool) -> Result<Document, ApiError> {
    let object = object(call, key)?;
    schema::check(&object, fields, more).map_err(invalid)?;
    names_say_something(&object)?;
    Ok(object)
}

/// What a body has under `key`, which is to change something.
pub(super) fn changes(call: &Call, key: &str, fields: &[Field], more: bool) -> Result<Document, ApiError> {
    let object = object(call, key)?;
    if object.is_empty() {
        return Err(ApiError::bad_request("{} does not have enough properties"));
    }
    if object.get("id").is_some_and(|own| own != id(call)) {
        return Err(ApiError::bad_request("Cannot change ID"));
    }
    let fields: Vec<Field> = fields.iter().map(|field| Field { required: false, ..*field }).collect();
    schema::check(&object, &fields, more).map_err(invalid)?;
    names_say_something(&object)?;
    Ok(object)
}

fn object(call: &Call, key: &str) -> Result<Document, ApiError> {
    match call.json()? {
        Value::Object(mut body) => match body.remove(key) {
            Some(Value::Object(object)) => Ok(object),
            None => Ok(Document::new()),
            Some(other) => Err(ApiError::bad_request(format!("{} is not of type 'object'", python(&other)))),
        },
        other => Err(ApiError::bad_request(format!("{} is not of type 'object'", python(&other)))),
    }
}

/// Of the options that Keystone knows, domains, projects and roles have one.
pub(super) fn check_options(asked: &Document) -> Result<(), ApiError> {
    let options = asked.get("options").and_then(Value::as_object);
    let is_right = |key: &str, value: &Value| key == "immutable" && (value.is_boolean() || value.is_null());
    match options.into_iter().flatten().find(|(key, value)| !is_right(key, value)) {
        Some((key, _)) => Err(ApiError::bad_request(format!("Invalid input for field 'options': '{key}'"))),
        None => Ok(()),
    }
}

fn names_say_something(object: &Document) -> Result<(), ApiError> {
    match object.get("name") {
        Some(Value::String(name)) if !name.is_empty() && name.trim().is_empty() => {
            Err(ApiError::bad_request(format!("Invalid input for field 'name': '{name}' does not match '[\\\\S]+'")))
        }
        _ => Ok(()),
    }
}

/// A body that is not as it must be.
pub(super) fn invalid(problem: Problem) -> ApiError {
    ApiError::bad_request(match problem.key.as_str() {
        "" => problem.reason,
        key => format!("Invalid input for field '{key}': {}", problem.reason),
    })
}

/// Tags of a project or a domain.
pub(super) const TAGS: Type = Type::List(&Type::Text(1, 255));

pub(super) fn missing(name: &str, id: &str) -> ApiError {
    ApiError::not_found(format!("Could not find {name}: {id}."))
}

fn immutable(verb: &str, key: &str, id: &str) -> ApiError {
    ApiError::forbidden(format!(
        "Unable to {verb} immutable {key} resource: `{id}. Set resource option \"immutable\" to false first."
    ))
}

pub(super) fn duplicate(kind: &str, details: &str) -> ApiError {
    ApiError::conflict(format!("Conflict occurred attempting to store {kind} - {details}."))
}

/// Whether one among these has that name, other than the one with that id.
pub(super) fn is_taken<'a>(mut items: impl Iterator<Item = &'a Document>, name: &str, id: &str) -> bool {
    items.any(|item| item.text("name").to_lowercase() == name.to_lowercase() && item.text("id") != id)
}

/// A domain may not be changed; saying the one it is in changes nothing.
pub(super) fn stays_in_its_domain(item: Option<&Document>, changes: &Document) -> Result<(), ApiError> {
    match (item.and_then(|item| item.get("domain_id")), changes.get("domain_id")) {
        (Some(old), Some(new)) if !equals(old, new.as_str().unwrap_or_default()) => {
            Err(ApiError::bad_request("Cannot change Domain ID"))
        }
        _ => Ok(()),
    }
}

/// Refuses what only some may do.
pub(super) fn allow(allowed: bool, rule: &'static str) -> Result<(), ApiError> {
    if allowed { Ok(()) } else { Err(ApiError::policy(rule)) }
}

impl State {
    /// The domain in which things are made when the body names none: the caller's.
    pub(super) fn domain_of(&self, call: &Call) -> String {
        let caller = call.caller.as_ref();
        let own = caller.and_then(|caller| caller.domain_id.clone());
        let of_project = || self.projects.get(call.project_id()).map(|project| project.text("domain_id").to_owned());
        own.or_else(of_project).unwrap_or_else(|| DEFAULT_DOMAIN.to_owned())
    }

    /// The domain that a body names, or else the caller's.
    pub(super) fn chosen_domain(&self, call: &Call, asked: &Document) -> Result<String, ApiError> {
        match asked.get("domain_id").and_then(Value::as_str) {
            Some(id) if self.domains.contains(id) => Ok(id.to_owned()),
            Some(id) => Err(missing("domain", id)),
            None => Ok(self.domain_of(call)),
        }
    }
}
