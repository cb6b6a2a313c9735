// SPDX-License-Identifier: Apache-2.0
//! Tags of a namespace.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::namespace::{asked, visible};
use crate::api::schema::{Field, Type, required};
use crate::api::{Answer, ApiError, Call, Document, Read, Reply, Route, document};
use crate::services::Cloud;

pub(in crate::services::image) const ROUTES: &[Route<Cloud>] = &[
    Route::get("/v2/metadefs/namespaces/{namespace}/tags", list),
    Route::post("/v2/metadefs/namespaces/{namespace}/tags", replace).admin("add_metadef_tags"),
    Route::delete("/v2/metadefs/namespaces/{namespace}/tags", clear).admin("delete_metadef_tags"),
    Route::get("/v2/metadefs/namespaces/{namespace}/tags/{name}", show),
    Route::post("/v2/metadefs/namespaces/{namespace}/tags/{name}", create).admin("add_metadef_tag"),
    Route::put("/v2/metadefs/namespaces/{namespace}/tags/{name}", update).admin("modify_metadef_tag"),
    Route::delete("/v2/metadefs/namespaces/{namespace}/tags/{name}", delete).admin("delete_metadef_tag"),
];

pub(super) fn names(tags: &[Document]) -> Vec<Value> {
    tags.iter().map(|tag| json!({"name": tag.text("name")})).collect()
}

fn list(cloud: &mut Cloud, call: &Call) -> Answer {
    let tags: Vec<Value> = names(&visible(cloud, call)?.tags).into_iter().rev().collect();
    Ok(Reply::ok(&json!({"tags": tags})))
}

fn replace(cloud: &mut Cloud, call: &Call) -> Answer {
    const FIELDS: &[Field] = &[required("tags", Type::List(&Type::Object))];
    let asked = asked(call, FIELDS, false)?;
    let appends = call.header("x-openstack-append").is_some_and(|text| text.eq_ignore_ascii_case("true"));
    let present = names(&visible(cloud, call)?.tags);
    let mut known: BTreeSet<&str> = present.iter().filter(|_| appends).map(|tag| tag.text("name")).collect();
    let mut tags: Vec<Document> = Vec::new();
    for tag in asked.items("tags") {
        let name = checked(tag.text("name"))?;
        if !known.insert(name) {
            return Err(ApiError::conflict(format!("A metadata tag with name={name} is named twice.")));
        }
        tags.push(new(cloud, name));
    }
    let shown = names(&tags);
    let kept = &mut visible(cloud, call)?.tags;
    if !appends {
        kept.clear();
    }
    kept.append(&mut tags);
    Ok(Reply::created(&json!({"tags": shown})))
}

fn checked(name: &str) -> Result<&str, ApiError> {
    match name.chars().count() {
        1..=80 => Ok(name),
        _ => Err(ApiError::bad_request("A tag has a name of 1 to 80 characters.")),
    }
}

fn new(cloud: &Cloud, name: &str) -> Document {
    let now = cloud.clock.stamp();
    document!({"name": name, "created_at": now, "updated_at": now})
}

fn create(cloud: &mut Cloud, call: &Call) -> Answer {
    let tag = new(cloud, checked(call.param("name"))?);
    must_be_new(cloud, call, call.param("name"))?;
    visible(cloud, call)?.tags.push(tag.clone());
    Ok(Reply::created(&Value::Object(tag)))
}

fn must_be_new(cloud: &mut Cloud, call: &Call, name: &str) -> Result<(), ApiError> {
    if visible(cloud, call)?.tags.iter().any(|other| other.text("name") == name) {
        Err(ApiError::conflict(format!("A metadata tag with name={name} already exists in this namespace.")))
    } else {
        Ok(())
    }
}

fn show(cloud: &mut Cloud, call: &Call) -> Answer {
    Ok(Reply::ok(&json!(named(cloud, call)?)))
}

fn update(cloud: &mut Cloud, call: &Call) -> Answer {
    const FIELDS: &[Field] = &[required("name", Type::Text(1, 80))];
    let asked = asked(call, FIELDS, true)?;
    let now = cloud.clock.stamp();
    if asked.text("name") != call.param("name") {
        must_be_new(cloud, call, asked.text("name"))?;
    }
    let tag = named(cloud, call)?;
    tag.extend(document!({"name": asked["name"], "updated_at": now}));
    Ok(Reply::ok(&json!(tag)))
}

fn delete(cloud: &mut Cloud, call: &Call) -> Answer {
    named(cloud, call)?;
    visible(cloud, call)?.tags.retain(|tag| tag.text("name") != call.param("name"));
    Ok(Reply::no_content())
}

fn clear(cloud: &mut Cloud, call: &Call) -> Answer {
    visible(cloud, call)?.tags.clear();
    Ok(Reply::no_content())
}

fn named<'c>(cloud: &'c mut Cloud, call: &Call) -> Result<&'c mut Document, ApiError> {
    let name = call.param("name");
    let found = visible(cloud, call)?.tags.iter_mut().find(|tag| tag.text("name") == name);
    found.ok_or_else(|| ApiError::not_found(format!("Could not find metadata tag {name}")))
}
