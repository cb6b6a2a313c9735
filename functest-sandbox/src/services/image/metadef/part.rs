// SPDX-License-Identifier: Apache-2.0
//! Objects and properties of a namespace.

use serde_json::{Value, json};

use super::namespace::{Namespace, asked, visible};
use crate::api::schema::{Field, Type, optional, required};
use crate::api::{Answer, ApiError, Call, Document, Read, Reply, Route, document};
use crate::services::Cloud;

pub(in crate::services::image) const ROUTES: &[Route<Cloud>] = &[
    Route::get("/v2/metadefs/namespaces/{namespace}/objects", list_objects),
    Route::post("/v2/metadefs/namespaces/{namespace}/objects", create).admin("add_metadef_object"),
    Route::delete("/v2/metadefs/namespaces/{namespace}/objects", clear).admin("delete_metadef_object"),
    Route::get("/v2/metadefs/namespaces/{namespace}/objects/{name}", show),
    Route::put("/v2/metadefs/namespaces/{namespace}/objects/{name}", update).admin("modify_metadef_object"),
    Route::delete("/v2/metadefs/namespaces/{namespace}/objects/{name}", delete).admin("delete_metadef_object"),
    Route::get("/v2/metadefs/namespaces/{namespace}/properties", list_properties),
    Route::post("/v2/metadefs/namespaces/{namespace}/properties", create).admin("add_metadef_property"),
    Route::delete("/v2/metadefs/namespaces/{namespace}/properties", clear).admin("remove_metadef_property"),
    Route::get("/v2/metadefs/namespaces/{namespace}/properties/{name}", show),
    Route::put("/v2/metadefs/namespaces/{namespace}/properties/{name}", update).admin("modify_metadef_property"),
    Route::delete("/v2/metadefs/namespaces/{namespace}/properties/{name}", delete).admin("remove_metadef_property"),
];

const OBJECT: &[Field] = &[
    required("name", Type::Text(1, 80)),
    optional("description", Type::Text(0, 65_535)),
    optional("required", Type::List(&Type::Text(0, 255))),
    optional("properties", Type::Object),
];

const PROPERTY: &[Field] = &[
    required("name", Type::Text(1, 80)),
    required("title", Type::Text(0, 255)),
    required("type", Type::OneOf(&["array", "boolean", "integer", "number", "object", "string"])),
];

/// Whether a path is about objects, and else about properties.
fn are_objects(call: &Call) -> bool {
    call.path.split('/').nth(5) == Some("objects")
}

fn parts<'n>(namespace: &'n mut Namespace, call: &Call) -> &'n mut Vec<Document> {
    if are_objects(call) { &mut namespace.objects } else { &mut namespace.properties }
}

fn list_objects(cloud: &mut Cloud, call: &Call) -> Answer {
    let objects = &visible(cloud, call)?.objects;
    let objects: Vec<Value> = objects.iter().map(|object| shown(call, object)).collect();
    Ok(Reply::ok(&json!({"objects": objects, "schema": "v2/schemas/metadefs/objects"})))
}

fn list_properties(cloud: &mut Cloud, call: &Call) -> Answer {
    Ok(Reply::ok(&json!({"properties": by_name(&visible(cloud, call)?.properties)})))
}

/// Properties, each under its name.
pub(super) fn by_name(properties: &[Document]) -> Value {
    let named = properties.iter().map(|property| (property.text("name").to_owned(), json!(property)));
    Value::Object(named.collect())
}

/// An object has links; a property is only what it says.
fn shown(call: &Call, part: &Document) -> Value {
    let mut part = part.clone();
    if are_objects(call) {
        let url = format!("/v2/metadefs/namespaces/{}/objects/{}", call.param("namespace"), part.text("name"));
        part.extend(document!({"self": url, "schema": "/v2/schemas/metadefs/object"}));
    }
    Value::Object(part)
}

fn create(cloud: &mut Cloud, call: &Call) -> Answer {
    let part = new(cloud, call)?;
    must_be_new(cloud, call, part.text("name"))?;
    let reply = Reply::created(&shown(call, &part));
    parts(visible(cloud, call)?, call).push(part);
    Ok(reply)
}

fn must_be_new(cloud: &mut Cloud, call: &Call, name: &str) -> Result<(), ApiError> {
    if parts(visible(cloud, call)?, call).iter().any(|other| other.text("name") == name) {
        let message = format!("A metadata definition with name={name} already exists in this namespace.");
        Err(ApiError::conflict(message))
    } else {
        Ok(())
    }
}

fn new(cloud: &Cloud, call: &Call) -> Result<Document, ApiError> {
    let objects = are_objects(call);
    let mut part = asked(call, if objects { OBJECT } else { PROPERTY }, true)?;
    if objects {
        let now = cloud.clock.stamp();
        part.remove("self");
        part.remove("schema");
        part.extend(document!({"created_at": now, "updated_at": now}));
    }
    Ok(part)
}

fn show(cloud: &mut Cloud, call: &Call) -> Answer {
    Ok(Reply::ok(&shown(call, named(cloud, call)?)))
}

fn update(cloud: &mut Cloud, call: &Call) -> Answer {
    let mut part = new(cloud, call)?;
    if part.text("name") != call.param("name") {
        must_be_new(cloud, call, part.text("name"))?;
    }
    let old = named(cloud, call)?;
    if let Some(created) = old.get("created_at") {
        part.insert("created_at".into(), created.clone());
    }
    *old = part;
    Ok(Reply::ok(&shown(call, old)))
}

fn delete(cloud: &mut Cloud, call: &Call) -> Answer {
    named(cloud, call)?;
    parts(visible(cloud, call)?, call).retain(|part| part.text("name") != call.param("name"));
    Ok(Reply::no_content())
}

fn clear(cloud: &mut Cloud, call: &Call) -> Answer {
    parts(visible(cloud, call)?, call).clear();
    Ok(Reply::no_content())
}

fn named<'c>(cloud: &'c mut Cloud, call: &Call) -> Result<&'c mut Document, ApiError> {
    let name = call.param("name");
    let kind = if are_objects(call) { "metadata object" } else { "property" };
    let found = parts(visible(cloud, call)?, call).iter_mut().find(|part| part.text("name") == name);
    found.ok_or_else(|| ApiError::not_found(format!("Could not find {kind} {name}")))
}
