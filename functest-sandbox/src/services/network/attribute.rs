// SPDX-License-Identifier: Apache-2.0
//! Attributes: what a kind of resource consists of, and what a request may say about it.

use serde_json::{Value, json};

use super::asker::Asker;
use super::refusal::disallowed;
use super::validate::{Check, check};
use crate::api::schema::python;
use crate::api::{ApiError, Document};

/// One attribute of a kind of resource.
#[derive(Clone, Copy, Debug)]
pub(super) struct Attribute {
    pub(super) name: &'static str,
    pub(super) check: Check,
    initial: Initial,
    changeable: bool,
    admin_sets: bool,
    admin_changes: bool,
    admin_sees: bool,
}

/// What an attribute is when a request to create does not name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Initial {
    /// It must be named.
    Required,
    /// It must not be named.
    Forbidden,
    /// What the kind decides.
    Open,
    Null,
    Truth(bool),
    Text(&'static str),
    List,
}

impl Initial {
    fn value(self) -> Option<Value> {
        match self {
            Self::Required | Self::Forbidden | Self::Open => None,
            Self::Null => Some(Value::Null),
            Self::Truth(truth) => Some(truth.into()),
            Self::Text(text) => Some(text.into()),
            Self::List => Some(json!([])),
        }
    }
}

impl Attribute {
    /// One that may be set and changed.
    pub(super) const fn new(name: &'static str, check: Check, initial: Initial) -> Self {
        let (admin_sets, admin_changes, admin_sees) = (false, false, false);
        Self { name, check, initial, changeable: true, admin_sets, admin_changes, admin_sees }
    }

    /// One that only the cloud sets.
    pub(super) const fn read_only(name: &'static str) -> Self {
        Self::new(name, Check::Any, Initial::Forbidden).fixed()
    }

    /// The same, but once set it stays.
    pub(super) const fn fixed(mut self) -> Self {
        self.changeable = false;
        self
    }

    /// The same, but only administrators set and change it.
    pub(super) const fn set_by_admin(mut self) -> Self {
        self.admin_sets = true;
        self.admin_changes = true;
        self
    }

    /// The same, but only administrators change it.
    pub(super) const fn changed_by_admin(mut self) -> Self {
        self.admin_changes = true;
        self
    }

    /// The same, but only administrators see it.
    pub(super) const fn seen_by_admin(mut self) -> Self {
        self.admin_sees = true;
        self
    }

    pub(super) fn is_shown_to(&self, asker: &Asker) -> bool {
        asker.is_admin || !self.admin_sees
    }
}

/// What resources of nearly all kinds have.
pub(super) const STANDARD: &[Attribute] = &[
    Attribute::read_only("id"),
    Attribute::new("project_id", Check::Text(255), Initial::Open).fixed(),
    Attribute::new("tenant_id", Check::Text(255), Initial::Open).fixed(),
    Attribute::new("description", Check::Text(255), Initial::Text("")),
    Attribute::read_only("tags"),
    Attribute::read_only("created_at"),
    Attribute::read_only("updated_at"),
    Attribute::read_only("revision_number"),
];

/// The attribute of that name.
pub(super) fn find(own: &'static [Attribute], name: &str) -> Option<&'static Attribute> {
    own.iter().chain(STANDARD).find(|attribute| attribute.name == name)
}

/// The document that a request to create one is about, complete with what it did not name.
pub(super) fn for_creation(
    own: &'static [Attribute],
    kind: &str,
    asker: &Asker,
    mut given: Document,
) -> Result<Document, ApiError> {
    let project = project_of(asker, &given)?;
    known(own, &given)?;
    for attribute in own.iter().chain(STANDARD) {
        match (given.get(attribute.name), attribute.initial) {
            (None, Initial::Required) => {
                let message = format!("Failed to parse request. Required attribute '{}' not specified", attribute.name);
                return Err(ApiError::bad_request(message));
            }
            (Some(_), Initial::Forbidden) => {
                return Err(ApiError::bad_request(format!("Attribute '{}' not allowed in POST", attribute.name)));
            }
            (Some(value), _) => {
                let value = check(attribute, value)?;
                given.insert(attribute.name.to_owned(), value);
            }
            (None, initial) => {
                if let Some(value) = initial.value() {
                    given.insert(attribute.name.to_owned(), value);
                }
            }
        }
    }
    for attribute in own.iter().filter(|attribute| attribute.admin_sets && !asker.is_admin) {
        let value = given.get(attribute.name);
        if value.is_some() && value.cloned() != attribute.initial.value() {
            return Err(disallowed(&format!("create_{kind}"), Some(attribute.name)));
        }
    }
    given.insert("project_id".into(), project.clone().into());
    given.insert("tenant_id".into(), project.into());
    Ok(given)
}

/// What a request to change one changes.
pub(super) fn for_change(
    own: &'static [Attribute],
    kind: &str,
    asker: &Asker,
    mut given: Document,
) -> Result<Document, ApiError> {
    known(own, &given)?;
    for attribute in own.iter().chain(STANDARD) {
        let Some(value) = given.get(attribute.name) else { continue };
        if !attribute.changeable {
            return Err(ApiError::bad_request(format!("Cannot update read-only attribute {}", attribute.name)));
        }
        let value = check(attribute, value)?;
        if attribute.admin_changes && !asker.is_admin {
            return Err(disallowed(&format!("update_{kind}"), Some(attribute.name)));
        }
        given.insert(attribute.name.to_owned(), value);
    }
    Ok(given)
}

fn project_of(asker: &Asker, given: &Document) -> Result<String, ApiError> {
    let named = ["project_id", "tenant_id"].iter().find_map(|key| given.get(*key));
    match named {
        None if asker.project_id.is_empty() => {
            Err(ApiError::bad_request("Running without keystone AuthN requires that tenant_id is specified"))
        }
        None => Ok(asker.project_id.clone()),
        Some(Value::String(id)) if asker.is_admin || *id == asker.project_id => Ok(id.clone()),
        Some(_) if !asker.is_admin => Err(ApiError::bad_request(
            "Specifying 'project_id' or 'tenant_id' other than the authenticated project in request requires admin or \
             advsvc privileges",
        )),
        Some(other) => Err(ApiError::bad_request(format!(
            "Invalid input for tenant_id. Reason: '{}' is not a valid string.",
            python(other)
        ))),
    }
}

fn known(own: &'static [Attribute], given: &Document) -> Result<(), ApiError> {
    let unknown: Vec<&str> = given.keys().map(String::as_str).filter(|name| find(own, name).is_none()).collect();
    if unknown.is_empty() {
        Ok(())
    } else {
        Err(ApiError::bad_request(format!("Unrecognized attribute(s) '{}'", unknown.join(", "))))
    }
}
