// SPDX-License-Identifier: Apache-2.0
//! Metadata and tags of servers.

use http::StatusCode;
use serde_json::{Value, json};

use super::super::refusal::{invalid, json_body, object};
use super::super::{microversion, quota};
use super::{find, find_mut};
use crate::api::schema::{Type, check_value};
use crate::api::{Answer, ApiError, Call, Document, Reply};
use crate::services::Cloud;

fn missing() -> ApiError {
    ApiError::not_found("Metadata item was not found")
}

fn store(cloud: &mut Cloud, call: &Call, metadata: Document) -> Result<(), ApiError> {
    let project = find(&cloud.compute, call)?.project_id.clone();
    quota::check_metadata(&cloud.compute, &project, &metadata)?;
    find_mut(&mut cloud.compute, call)?.metadata = metadata;
    Ok(())
}

pub(super) fn list(cloud: &mut Cloud, call: &Call) -> Answer {
    Ok(Reply::ok(&json!({"metadata": find(&cloud.compute, call)?.metadata})))
}

pub(super) fn add(cloud: &mut Cloud, call: &Call) -> Answer {
    let new = object(call, "metadata")?;
    let mut metadata = find(&cloud.compute, call)?.metadata.clone();
    metadata.extend(new);
    store(cloud, call, metadata)?;
    list(cloud, call)
}

pub(super) fn replace(cloud: &mut Cloud, call: &Call) -> Answer {
    let new = object(call, "metadata")?;
    store(cloud, call, new)?;
    list(cloud, call)
}

pub(super) fn show(cloud: &mut Cloud, call: &Call) -> Answer {
    let key = call.param("key");
    let value = find(&cloud.compute, call)?.metadata.get(key).ok_or_else(missing)?;
    Ok(Reply::ok(&json!({"meta": {key: value}})))
}

pub(super) fn set(cloud: &mut Cloud, call: &Call) -> Answer {
    let (key, new) = (call.param("key"), object(call, "meta")?);
    if new.len() != 1 || !new.contains_key(key) {
        return Err(ApiError::bad_request("Request body and URI mismatch"));
    }
    let mut metadata = find(&cloud.compute, call)?.metadata.clone();
    metadata.extend(new);
    store(cloud, call, metadata)?;
    show(cloud, call)
}

pub(super) fn delete(cloud: &mut Cloud, call: &Call) -> Answer {
    find_mut(&mut cloud.compute, call)?.metadata.remove(call.param("key")).ok_or_else(missing)?;
    Ok(Reply::no_content())
}

/// The most tags that a server has.
const MOST_TAGS: usize = 50;

fn with_tags(call: &Call) -> Result<(), ApiError> {
    if microversion::of(call) >= 26 {
        Ok(())
    } else {
        Err(ApiError::not_found("The resource could not be found.").kind(ApiError::ROUTE))
    }
}

fn checked(tags: &[Value]) -> Result<Vec<String>, ApiError> {
    if tags.len() > MOST_TAGS {
        return Err(ApiError::bad_request(format!("The number of tags exceeded the per-server limit {MOST_TAGS}")));
    }
    let mut out: Vec<String> = Vec::new();
    for tag in tags {
        check_value("tags", tag, Type::Text(1, 60)).map_err(|problem| invalid("tags", &problem))?;
        let text = tag.as_str().unwrap_or_default();
        if text.contains([',', '/']) {
            let message =
                format!("Invalid input for field/attribute tags. Value: {text}. '{text}' has a comma or a slash");
            return Err(ApiError::bad_request(message));
        }
        if !out.iter().any(|known| known == text) {
            out.push(text.to_owned());
        }
    }
    Ok(out)
}

pub(super) fn tags(cloud: &mut Cloud, call: &Call) -> Answer {
    with_tags(call)?;
    Ok(Reply::ok(&json!({"tags": find(&cloud.compute, call)?.tags})))
}

pub(super) fn replace_tags(cloud: &mut Cloud, call: &Call) -> Answer {
    with_tags(call)?;
    let body = json_body(call)?;
    let new = body
        .get("tags")
        .and_then(Value::as_array)
        .ok_or_else(|| ApiError::bad_request("'tags' is a required property"))?;
    find_mut(&mut cloud.compute, call)?.tags = checked(new)?;
    tags(cloud, call)
}

pub(super) fn delete_tags(cloud: &mut Cloud, call: &Call) -> Answer {
    with_tags(call)?;
    find_mut(&mut cloud.compute, call)?.tags.clear();
    Ok(Reply::no_content())
}

fn no_tag(call: &Call) -> ApiError {
    ApiError::not_found(format!("Server {} has no tag '{}'", call.param("server_id"), call.param("tag")))
}

pub(super) fn show_tag(cloud: &mut Cloud, call: &Call) -> Answer {
    with_tags(call)?;
    let there = find(&cloud.compute, call)?.tags.iter().any(|tag| tag == call.param("tag"));
    if there { Ok(Reply::no_content()) } else { Err(no_tag(call)) }
}

pub(super) fn add_tag(cloud: &mut Cloud, call: &Call) -> Answer {
    with_tags(call)?;
    let mut all: Vec<Value> = find(&cloud.compute, call)?.tags.iter().map(|tag| json!(tag)).collect();
    let there = all.iter().any(|tag| tag == call.param("tag"));
    all.push(json!(call.param("tag")));
    find_mut(&mut cloud.compute, call)?.tags = checked(&all)?;
    if there {
        return Ok(Reply::no_content());
    }
    let (server, tag) = (call.param("server_id"), call.param("tag"));
    Ok(Reply::empty(StatusCode::CREATED).location(format!("{}/v2.1/servers/{server}/tags/{tag}", call.base)))
}

pub(super) fn delete_tag(cloud: &mut Cloud, call: &Call) -> Answer {
    with_tags(call)?;
    let server = find_mut(&mut cloud.compute, call)?;
    let place = server.tags.iter().position(|tag| tag == call.param("tag")).ok_or_else(|| no_tag(call))?;
    server.tags.remove(place);
    Ok(Reply::no_content())
}
