// SPDX-License-Identifier: Apache-2.0
//! Tags of projects.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::entity::{TAGS, allow, invalid, missing};
use crate::api::schema::{check_value, python};
use crate::api::{Answer, ApiError, Call, Document, Query, Read, Reply, Route};
use crate::services::Cloud;

pub(super) const ROUTES: &[Route<Cloud>] = &[
    Route::get("/v3/projects/{project_id}/tags", list),
    Route::put("/v3/projects/{project_id}/tags", replace).admin("identity:update_project_tags"),
    Route::delete("/v3/projects/{project_id}/tags", clear).admin("identity:delete_project_tags"),
    Route::get("/v3/projects/{project_id}/tags/{tag}", check),
    Route::put("/v3/projects/{project_id}/tags/{tag}", add).admin("identity:create_project_tag"),
    Route::delete("/v3/projects/{project_id}/tags/{tag}", remove).admin("identity:delete_project_tag"),
];

/// The most tags that a project may have.
const MOST: usize = 80;

/// Whether a project has the tags that a query asks for.
pub(super) fn matches(query: &Query, project: &Document) -> bool {
    let has = |tag: &str| project.items("tags").iter().any(|own| own == tag);
    let asked = |name: &str| query.get(name).map(|tags| tags.split(',').collect::<Vec<_>>());
    asked("tags").is_none_or(|tags| tags.into_iter().all(has))
        && asked("tags-any").is_none_or(|tags| tags.into_iter().any(has))
        && asked("not-tags").is_none_or(|tags| !tags.into_iter().all(has))
        && asked("not-tags-any").is_none_or(|tags| !tags.into_iter().any(has))
}

fn list(cloud: &mut Cloud, call: &Call) -> Answer {
    let tags = tags(cloud, call)?.clone();
    Ok(shown(call, &tags))
}

fn shown(call: &Call, tags: &[Value]) -> Reply {
    Reply::ok(&json!({"links": {"self": format!("{}/v3", call.base)}, "tags": tags}))
}

fn replace(cloud: &mut Cloud, call: &Call) -> Answer {
    let body = call.json()?;
    let asked = body.get("tags").ok_or_else(|| ApiError::bad_request("'tags' is a required property"))?;
    check_value("tags", asked, TAGS).map_err(invalid)?;
    check_set(asked)?;
    let new = body.items("tags");
    *tags(cloud, call)? = new.to_vec();
    Ok(shown(call, new))
}

/// Checks the tags that a body says a project has, if it says any.
pub(super) fn check_all(asked: &Document) -> Result<(), ApiError> {
    asked.get("tags").map_or(Ok(()), check_set)
}

fn check_set(asked: &Value) -> Result<(), ApiError> {
    let tags = asked.as_array().map(Vec::as_slice).unwrap_or_default();
    if tags.len() > MOST {
        return Err(ApiError::bad_request(format!("{} is too long", python(asked))));
    }
    tags.iter().try_for_each(check_tag)?;
    let distinct: BTreeSet<&str> = tags.iter().filter_map(Value::as_str).collect();
    if distinct.len() == tags.len() {
        Ok(())
    } else {
        Err(ApiError::bad_request(format!("{} has non-unique elements", python(asked))))
    }
}

fn clear(cloud: &mut Cloud, call: &Call) -> Answer {
    tags(cloud, call)?.clear();
    Ok(Reply::no_content())
}

fn check(cloud: &mut Cloud, call: &Call) -> Answer {
    position(cloud, call)?;
    Ok(Reply::no_content())
}

fn add(cloud: &mut Cloud, call: &Call) -> Answer {
    let tag = json!(call.param("tag"));
    check_tag(&tag)?;
    let tags = tags(cloud, call)?;
    if !tags.contains(&tag) {
        if tags.len() >= MOST {
            return Err(ApiError::bad_request(format!("A project may have at most {MOST} tags.")));
        }
        tags.push(tag);
    }
    Ok(Reply::empty(http::StatusCode::CREATED))
}

fn remove(cloud: &mut Cloud, call: &Call) -> Answer {
    let position = position(cloud, call)?;
    tags(cloud, call)?.remove(position);
    Ok(Reply::no_content())
}

fn check_tag(tag: &Value) -> Result<(), ApiError> {
    let text = tag.as_str().unwrap_or_default();
    if text.is_empty() || text.chars().count() > 255 || text.contains(['/', ',']) {
        Err(ApiError::bad_request(format!("Invalid input for field 'tags': {} is not a tag", python(tag))))
    } else {
        Ok(())
    }
}

fn position(cloud: &mut Cloud, call: &Call) -> Result<usize, ApiError> {
    let tag = call.param("tag");
    tags(cloud, call)?.iter().position(|own| own == tag).ok_or_else(|| missing("project tag", tag))
}

fn tags<'c>(cloud: &'c mut Cloud, call: &Call) -> Result<&'c mut Vec<Value>, ApiError> {
    let id = call.param("project_id");
    allow(call.is_admin() || call.project_id() == id, "identity:list_project_tags")?;
    let state = &mut cloud.identity;
    let project = if state.projects.contains(id) { state.projects.get_mut(id) } else { state.domains.get_mut(id) };
    let project = project.ok_or_else(|| missing("project", id))?;
    let tags = project.entry("tags").or_insert_with(|| Value::Array(Vec::new()));
    tags.as_array_mut().ok_or_else(|| missing("project", id))
}
