// SPDX-License-Identifier: Apache-2.0
//! What every kind of resource can do, by its table of attributes and what it adds to that.

use http::StatusCode;
use serde_json::{Value, json};

use super::asker::Asker;
use super::attribute::{self, Attribute};
use super::refusal::disallowed;
use super::{State, quota};
use crate::api::{Answer, ApiError, Call, Document, Read, Reply};
use crate::ground::Table;
use crate::services::Cloud;

/// A kind of resource.
pub(super) trait Kind {
    /// What one is called in bodies and rules, such as `network`.
    const NAME: &'static str;
    /// What several are called, such as `networks`.
    const COLLECTION: &'static str;
    /// What it consists of, besides what all have.
    const ATTRIBUTES: &'static [Attribute];
    /// Its revision when it is new.
    const FIRST_REVISION: u64 = 1;

    fn table(state: &State) -> &Table<Document>;
    fn table_mut(state: &mut State) -> &mut Table<Document>;

    /// The refusal when there is none with that id.
    fn missing(id: &str) -> ApiError;

    /// Makes one of a complete document, and returns its id.
    fn create(cloud: &mut Cloud, _: &Asker, item: Document) -> Result<String, ApiError>
    where
        Self: Sized,
    {
        Ok(store::<Self>(cloud, item))
    }

    fn update(cloud: &mut Cloud, _: &Asker, id: &str, changes: Document) -> Result<(), ApiError>
    where
        Self: Sized,
    {
        change::<Self>(cloud, id, changes);
        Ok(())
    }

    fn delete(cloud: &mut Cloud, _: &Asker, id: &str) -> Result<(), ApiError> {
        Self::table_mut(&mut cloud.network).remove(id);
        Ok(())
    }

    /// Whether a project may see and change it.
    fn belongs(_: &State, item: &Document, project_id: &str) -> bool {
        item.text("project_id") == project_id
    }

    /// Whether others than its project see it.
    fn is_open(_: &State, item: &Document) -> bool {
        item.truth("shared")
    }

    /// What of it a project may see, so that its lists take no walk over everybody's.
    fn within_reach<'s>(state: &'s State, project_id: &str) -> Vec<&'s Document> {
        Self::table(state).of(project_id).collect()
    }

    /// The document with what is not stored in it.
    fn complete(_: &State, item: &Document) -> Document {
        item.clone()
    }

    /// What must be there before anybody looks.
    fn prepare(_: &mut Cloud, _: &Asker) {}

    /// The ids among which a list's filters choose, if an index knows.
    fn candidates(_: &State, _: &Call) -> Option<Vec<String>> {
        None
    }

    /// What must hold for several that are to be made at once.
    fn check_bulk(_: &[Document]) -> Result<(), ApiError> {
        Ok(())
    }
}

/// The routes of a kind.
macro_rules! routes {
    ($kind:ty, $path:literal) => {
        &[
            crate::api::Route::get(concat!("/v2.0/", $path), crate::services::network::list::list::<$kind>),
            crate::api::Route::post(concat!("/v2.0/", $path), crate::services::network::kind::create::<$kind>),
            crate::api::Route::get(concat!("/v2.0/", $path, "/{id}"), crate::services::network::kind::show::<$kind>),
            crate::api::Route::put(concat!("/v2.0/", $path, "/{id}"), crate::services::network::kind::update::<$kind>),
            crate::api::Route::delete(
                concat!("/v2.0/", $path, "/{id}"),
                crate::services::network::kind::delete::<$kind>,
            ),
        ]
    };
}
pub(super) use routes;

/// Whether the asker sees it.
pub(super) fn sees<K: Kind>(state: &State, asker: &Asker, item: &Document) -> bool {
    asker.sees_everything() || is_theirs::<K>(state, asker, item) || K::is_open(state, item)
}

/// Whether it belongs to the asker's project. Who has none has nothing: what is Neutron's own is of no project, too.
fn is_theirs<K: Kind>(state: &State, asker: &Asker, item: &Document) -> bool {
    !asker.project_id.is_empty() && K::belongs(state, item, &asker.project_id)
}

/// The one with that id, if the asker sees it.
pub(super) fn visible<'s, K: Kind>(state: &'s State, asker: &Asker, id: &str) -> Result<&'s Document, ApiError> {
    let item = K::table(state).get(id).filter(|item| sees::<K>(state, asker, item));
    item.ok_or_else(|| K::missing(id))
}

/// The same, if the asker may do that to it.
pub(super) fn owned<'s, K: Kind>(
    state: &'s State,
    asker: &Asker,
    id: &str,
    action: &str,
) -> Result<&'s Document, ApiError> {
    let item = visible::<K>(state, asker, id)?;
    if asker.is_admin || is_theirs::<K>(state, asker, item) {
        Ok(item)
    } else {
        Err(disallowed(&format!("{action}_{}", K::NAME), None))
    }
}

/// How the asker is shown one; `fields` empty means all of it.
pub(super) fn shown<K: Kind>(state: &State, asker: &Asker, item: &Document, fields: &[&str]) -> Value {
    let mut whole = K::complete(state, item);
    whole.retain(|name, _| {
        let known = attribute::find(K::ATTRIBUTES, name).is_some_and(|attribute| attribute.is_shown_to(asker));
        known && (fields.is_empty() || fields.contains(&name.as_str()))
    });
    Value::Object(whole)
}

/// Keeps a new one, and returns its id.
pub(super) fn store<K: Kind>(cloud: &mut Cloud, mut item: Document) -> String {
    let (id, now) = (cloud.random.uuid(), cloud.clock.stamp());
    let project_id = item.text("project_id").to_owned();
    for (key, value) in [
        ("id", json!(id)),
        ("tenant_id", json!(project_id)),
        ("tags", json!([])),
        ("created_at", json!(now)),
        ("updated_at", json!(now)),
        ("revision_number", json!(K::FIRST_REVISION)),
    ] {
        item.insert(key.into(), value);
    }
    K::table_mut(&mut cloud.network).insert(id.clone(), project_id, item);
    id
}

/// Changes one.
pub(super) fn change<K: Kind>(cloud: &mut Cloud, id: &str, changes: Document) {
    let now = cloud.clock.stamp();
    if let Some(item) = K::table_mut(&mut cloud.network).get_mut(id) {
        let differs = changes.iter().any(|(key, value)| item.get(key) != Some(value));
        item.extend(changes);
        if differs {
            let revision = item.get("revision_number").and_then(Value::as_u64).unwrap_or_default();
            item.insert("revision_number".into(), revision.saturating_add(1).into());
            item.insert("updated_at".into(), now.into());
        }
    }
}

pub(super) fn show<K: Kind>(cloud: &mut Cloud, call: &Call) -> Answer {
    let asker = Asker::of(call)?;
    K::prepare(cloud, &asker);
    let item = visible::<K>(&cloud.network, &asker, call.param("id"))?;
    let fields: Vec<&str> = call.query.all("fields").collect();
    Ok(Reply::ok(&json!({K::NAME: shown::<K>(&cloud.network, &asker, item, &fields)})))
}

/// Creates one, or as many as the body has.
pub(super) fn create<K: Kind>(cloud: &mut Cloud, call: &Call) -> Answer {
    let asker = Asker::of(call)?;
    K::prepare(cloud, &asker);
    let (several, requests) = requests::<K>(call)?;
    let items = requests
        .into_iter()
        .map(|request| attribute::for_creation(K::ATTRIBUTES, K::NAME, &asker, request))
        .collect::<Result<Vec<_>, _>>()?;
    for item in &items {
        quota::admit::<K>(cloud, item.text("project_id"), items.len())?;
    }
    K::check_bulk(&items)?;
    let mut made: Vec<String> = Vec::new();
    for item in items {
        match K::create(cloud, &asker, item) {
            Ok(id) => made.push(id),
            Err(error) => {
                // All or none of them.
                for id in made {
                    K::delete(cloud, &asker, &id)?;
                }
                return Err(error);
            }
        }
    }
    let state = &cloud.network;
    let shown = made.iter().filter_map(|id| K::table(state).get(id)).map(|item| shown::<K>(state, &asker, item, &[]));
    let mut shown: Vec<Value> = shown.collect();
    if several {
        Ok(Reply::created(&json!({K::COLLECTION: shown})))
    } else {
        Ok(Reply::created(&json!({K::NAME: shown.pop()})))
    }
}

fn requests<K: Kind>(call: &Call) -> Result<(bool, Vec<Document>), ApiError> {
    let lacking = || ApiError::bad_request(format!("Unable to find '{}' in request body", K::NAME));
    if call.bytes().is_empty() {
        return Err(lacking());
    }
    let Value::Object(mut body) = call.json()? else { return Err(lacking()) };
    match (body.remove(K::NAME), body.remove(K::COLLECTION)) {
        (Some(Value::Object(one)), _) => Ok((false, vec![one])),
        (None, Some(Value::Array(items))) if items.is_empty() => Err(ApiError::bad_request("Resources required")),
        (None, Some(Value::Array(items))) => {
            let documents = items.into_iter().map(|item| match item {
                // Some clients wrap each of them once more.
                Value::Object(mut item) => match item.remove(K::NAME) {
                    Some(Value::Object(inner)) => Ok(inner),
                    Some(other) => {
                        item.insert(K::NAME.into(), other);
                        Ok(item)
                    }
                    None => Ok(item),
                },
                _ => Err(ApiError::bad_request(format!("Invalid {} in request body", K::NAME))),
            });
            Ok((true, documents.collect::<Result<_, _>>()?))
        }
        (Some(_), _) => Err(ApiError::bad_request(format!("Object '{}' contains invalid data", K::NAME))),
        _ => Err(lacking()),
    }
}

pub(super) fn update<K: Kind>(cloud: &mut Cloud, call: &Call) -> Answer {
    let (asker, id) = (Asker::of(call)?, call.param("id"));
    if call.bytes().is_empty() {
        return Err(ApiError::bad_request(format!("Unable to find '{}' in request body", K::NAME)));
    }
    let request = call.object(K::NAME)?;
    visible::<K>(&cloud.network, &asker, id)?;
    let changes = attribute::for_change(K::ATTRIBUTES, K::NAME, &asker, request)?;
    let item = owned::<K>(&cloud.network, &asker, id, "update")?;
    check_revision(call, item)?;
    K::update(cloud, &asker, id, changes)?;
    let item = visible::<K>(&cloud.network, &asker, id)?;
    Ok(Reply::ok(&json!({K::NAME: shown::<K>(&cloud.network, &asker, item, &[])})))
}

pub(super) fn delete<K: Kind>(cloud: &mut Cloud, call: &Call) -> Answer {
    let (asker, id) = (Asker::of(call)?, call.param("id"));
    let item = owned::<K>(&cloud.network, &asker, id, "delete")?;
    check_revision(call, item)?;
    K::delete(cloud, &asker, id)?;
    Ok(Reply::no_content())
}

/// Whether the caller wants another revision than there is.
fn check_revision(call: &Call, item: &Document) -> Result<(), ApiError> {
    let Some(wanted) = call.header("if-match").and_then(|text| text.trim().strip_prefix("revision_number=")) else {
        return Ok(());
    };
    match item.get("revision_number").map(Value::to_string) {
        Some(revision) if revision != wanted => Err(ApiError::new(
            StatusCode::PRECONDITION_FAILED,
            format!("Constrained to {wanted}, but current revision is {revision}"),
        )
        .kind("RevisionNumberConstraintViolated")),
        _ => Ok(()),
    }
}
