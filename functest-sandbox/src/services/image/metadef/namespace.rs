// SPDX-License-Identifier: Apache-2.0
//! Namespaces of metadata definitions.

use serde_json::{Value, json};

use crate::api::document::page;
use crate::api::schema::{Field, Type, check, optional, required};
use crate::api::{Answer, ApiError, Call, Document, Read, Reply, Route, document};
use crate::services::Cloud;

pub(in crate::services::image) const ROUTES: &[Route<Cloud>] = &[
    Route::get("/v2/metadefs/namespaces", list),
    Route::post("/v2/metadefs/namespaces", create).admin("add_metadef_namespace"),
    Route::get("/v2/metadefs/namespaces/{namespace}", show),
    Route::put("/v2/metadefs/namespaces/{namespace}", update).admin("modify_metadef_namespace"),
    Route::delete("/v2/metadefs/namespaces/{namespace}", delete).admin("delete_metadef_namespace"),
];

/// A namespace and what is in it, each list by its name in a path.
#[derive(Debug, Default)]
pub(in crate::services::image) struct Namespace {
    pub(super) about: Document,
    pub(super) objects: Vec<Document>,
    pub(super) properties: Vec<Document>,
    pub(super) tags: Vec<Document>,
    pub(super) resource_types: Vec<Document>,
}

const FIELDS: &[Field] = &[
    required("namespace", Type::Text(1, 80)),
    optional("display_name", Type::Text(0, 80)),
    optional("description", Type::Text(0, 500)),
    optional("visibility", Type::OneOf(&["public", "private"])),
    optional("protected", Type::Truth),
    optional("owner", Type::Text(0, 255)),
    optional("resource_type_associations", Type::List(&Type::Object)),
    optional("objects", Type::List(&Type::Object)),
    optional("properties", Type::Object),
    optional("tags", Type::List(&Type::Object)),
    optional("created_at", Type::Any),
    optional("updated_at", Type::Any),
    optional("self", Type::Any),
    optional("schema", Type::Any),
];

/// The body as an object of these keys.
pub(super) fn asked(call: &Call, fields: &[Field], more: bool) -> Result<Document, ApiError> {
    let Value::Object(asked) = call.json()? else {
        return Err(ApiError::bad_request("The request body must be a JSON object."));
    };
    let wrong = |problem: crate::api::schema::Problem| {
        ApiError::bad_request(format!("Provided object does not match schema: {}", problem.reason))
    };
    check(&asked, fields, more).map_err(wrong)?;
    Ok(asked)
}

fn list(cloud: &mut Cloud, call: &Call) -> Answer {
    let query = &call.query;
    let visibility = query.get("visibility");
    let found =
        cloud.image.namespaces.values().map(|namespace| &namespace.about).filter(|about| {
            is_visible(call, about) && visibility.is_none_or(|wanted| about.text("visibility") == wanted)
        });
    let limit = query.count("limit")?.unwrap_or(25).min(1000);
    let marker = query.get("marker");
    let page = page(found.collect(), |about| about.text("namespace"), marker, Some(limit))
        .ok_or_else(|| unknown(marker.unwrap_or_default()))?;
    let mut body = json!({
        "namespaces": page.items.iter().map(|about| shown(about)).collect::<Vec<_>>(),
        "first": "/v2/metadefs/namespaces", "schema": "/v2/schemas/metadefs/namespaces",
    });
    if let Some(last) = page.items.last().filter(|_| page.more) {
        body["next"] = json!(format!("/v2/metadefs/namespaces?{}", query.with("marker", last.text("namespace"))));
    }
    Ok(Reply::ok(&body))
}

fn is_visible(call: &Call, about: &Document) -> bool {
    about.text("visibility") == "public" || call.may_touch(about.text("owner"))
}

fn shown(about: &Document) -> Value {
    let mut about = about.clone();
    let url = format!("/v2/metadefs/namespaces/{}", about.text("namespace"));
    about.extend(document!({"self": url, "schema": "/v2/schemas/metadefs/namespace"}));
    Value::Object(about)
}

fn create(cloud: &mut Cloud, call: &Call) -> Answer {
    let mut asked = asked(call, FIELDS, false)?;
    let name = asked.text("namespace").to_owned();
    if cloud.image.namespaces.contains(&name) {
        return Err(ApiError::conflict(format!("The metadata definition namespace={name} already exists.")));
    }
    let now = cloud.clock.stamp();
    let mut namespace = Namespace::default();
    let stamped = |item: &Value| {
        let mut item = item.as_object().cloned().unwrap_or_default();
        item.extend(document!({"created_at": now, "updated_at": now}));
        item
    };
    namespace.objects = asked.items("objects").iter().map(stamped).collect();
    namespace.tags = asked.items("tags").iter().map(stamped).collect();
    namespace.resource_types = asked.items("resource_type_associations").iter().map(stamped).collect();
    for (name, property) in asked.get("properties").and_then(Value::as_object).into_iter().flatten() {
        let mut property = property.as_object().cloned().unwrap_or_default();
        property.insert("name".into(), json!(name));
        namespace.properties.push(property);
    }
    for key in ["objects", "properties", "tags", "resource_type_associations", "self", "schema"] {
        asked.remove(key);
    }
    let mut about = document!({"visibility": "private", "protected": false, "owner": call.project_id()});
    about.extend(asked);
    about.extend(document!({"created_at": now, "updated_at": now}));
    let reply = Reply::created(&shown(&about));
    let reply = reply.location(format!("{}/v2/metadefs/namespaces/{name}", call.base));
    let owner = about.text("owner").to_owned();
    namespace.about = about;
    cloud.image.namespaces.insert(name, owner, namespace);
    Ok(reply)
}

fn show(cloud: &mut Cloud, call: &Call) -> Answer {
    let namespace = visible(cloud, call)?;
    let mut body = shown(&namespace.about);
    if !namespace.objects.is_empty() {
        body["objects"] = json!(namespace.objects);
    }
    if !namespace.properties.is_empty() {
        body["properties"] = super::part::by_name(&namespace.properties);
    }
    if !namespace.tags.is_empty() {
        body["tags"] = super::tag::names(&namespace.tags).into();
    }
    if !namespace.resource_types.is_empty() {
        body["resource_type_associations"] = json!(namespace.resource_types);
    }
    Ok(Reply::ok(&body))
}

fn update(cloud: &mut Cloud, call: &Call) -> Answer {
    let mut asked = asked(call, FIELDS, false)?;
    let now = cloud.clock.stamp();
    let old_name = call.param("namespace");
    let new_name = asked.text("namespace").to_owned();
    visible(cloud, call)?;
    if new_name != old_name && cloud.image.namespaces.contains(&new_name) {
        return Err(ApiError::conflict(format!("The metadata definition namespace={new_name} already exists.")));
    }
    for key in ["objects", "properties", "tags", "resource_type_associations", "self", "schema", "created_at"] {
        asked.remove(key);
    }
    let mut namespace = cloud.image.namespaces.remove(old_name).ok_or_else(|| unknown(old_name))?;
    namespace.about.extend(asked);
    namespace.about.insert("updated_at".into(), json!(now));
    let reply = Reply::ok(&shown(&namespace.about));
    let owner = namespace.about.text("owner").to_owned();
    cloud.image.namespaces.insert(new_name, owner, namespace);
    Ok(reply)
}

fn delete(cloud: &mut Cloud, call: &Call) -> Answer {
    let name = call.param("namespace");
    if visible(cloud, call)?.about.truth("protected") {
        let message = format!("Metadata definition namespace {name} is protected and cannot be deleted.");
        return Err(ApiError::forbidden(message));
    }
    cloud.image.namespaces.remove(name);
    Ok(Reply::no_content())
}

/// The namespace that a path names.
pub(super) fn visible<'c>(cloud: &'c mut Cloud, call: &Call) -> Result<&'c mut Namespace, ApiError> {
    let name = call.param("namespace");
    let namespace = cloud.image.namespaces.get_mut(name).filter(|namespace| is_visible(call, &namespace.about));
    namespace.ok_or_else(|| unknown(name))
}

fn unknown(name: &str) -> ApiError {
    ApiError::not_found(format!("Metadata definition namespace={name} was not found."))
}
