// SPDX-License-Identifier: Apache-2.0
//! JSON schemas of what Glance has, as it tells them to clients.

use serde_json::{Value, json};

use super::record::{CONTAINER_FORMATS, DISK_FORMATS, READ_ONLY, VISIBILITIES};
use crate::api::{Answer, ApiError, Call, Reply, Route};
use crate::services::Cloud;

pub(super) const ROUTES: &[Route<Cloud>] =
    &[Route::get("/v2/schemas/{name}", show), Route::get("/v2/schemas/metadefs/{name}", show_metadef)];

fn show(_: &mut Cloud, call: &Call) -> Answer {
    match call.param("name") {
        "image" => Ok(Reply::ok(&image())),
        "images" => Ok(Reply::ok(&list("images", &image()))),
        "member" => Ok(Reply::ok(&member())),
        "members" => Ok(Reply::ok(&list("members", &member()))),
        _ => Err(ApiError::not_found("The resource could not be found.")),
    }
}

fn show_metadef(_: &mut Cloud, call: &Call) -> Answer {
    let schema = match call.param("name") {
        "namespace" => namespace(),
        "namespaces" => list("namespaces", &namespace()),
        "object" => object(),
        "objects" => list("objects", &object()),
        "property" => property(),
        "properties" => list("properties", &property()),
        "resource_type" => resource_type(),
        "resource_types" => list("resource_type_associations", &resource_type()),
        "tag" => tag(),
        "tags" => list("tags", &tag()),
        _ => return Err(ApiError::not_found("The resource could not be found.")),
    };
    Ok(Reply::ok(&schema))
}

/// A list of what a schema describes, with the links of a page.
fn list(name: &str, item: &Value) -> Value {
    let link = |rel: &str, key: &str| json!({"rel": rel, "href": format!("{{{key}}}")});
    json!({
        "name": name,
        "properties": {
            name: {"type": "array", "items": item}, "first": {"type": "string"}, "next": {"type": "string"},
            "schema": {"type": "string"},
        },
        "links": [link("first", "first"), link("next", "next"), link("describedby", "schema")],
    })
}

fn or_null(values: &[&str]) -> Value {
    json!({"type": ["null", "string"], "enum": std::iter::once(None).chain(values.iter().map(Some)).collect::<Vec<_>>()})
}

fn image() -> Value {
    let uuid = "^([0-9a-fA-F]){8}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){12}$";
    let text = || json!({"type": "string"});
    let loose = || json!({"type": ["null", "string"]});
    let number = || json!({"type": ["null", "integer"]});
    let mut schema = json!({
        "name": "image",
        "properties": {
            "id": {"type": "string", "pattern": uuid},
            "name": {"type": ["null", "string"], "maxLength": 255},
            "status": text(), "visibility": {"type": "string", "enum": VISIBILITIES},
            "protected": {"type": "boolean"}, "os_hidden": {"type": "boolean"}, "checksum": loose(),
            "os_hash_algo": loose(), "os_hash_value": loose(), "owner": {"type": ["null", "string"], "maxLength": 255},
            "size": number(), "virtual_size": number(), "container_format": or_null(CONTAINER_FORMATS),
            "disk_format": or_null(DISK_FORMATS), "created_at": text(), "updated_at": text(),
            "tags": {"type": "array", "items": {"type": "string", "maxLength": 255}}, "direct_url": text(),
            "min_ram": {"type": "integer"}, "min_disk": {"type": "integer"}, "self": text(), "file": text(),
            "stores": text(), "schema": text(),
        },
        "additionalProperties": {"type": "string"},
        "links": [
            {"rel": "self", "href": "{self}"}, {"rel": "enclosure", "href": "{file}"},
            {"rel": "describedby", "href": "{schema}"},
        ],
    });
    for name in READ_ONLY {
        schema["properties"][name]["readOnly"] = json!(true);
    }
    // What many images have and none must.
    for name in ["kernel_id", "ramdisk_id"] {
        schema["properties"][name] = json!({"type": ["null", "string"], "pattern": uuid, "is_base": false});
    }
    for name in ["instance_uuid", "architecture", "os_distro", "os_version", "description"] {
        schema["properties"][name] = json!({"type": "string", "is_base": false});
    }
    schema
}

fn member() -> Value {
    json!({
        "name": "member",
        "properties": {
            "member_id": {"type": "string"}, "image_id": {"type": "string"}, "created_at": {"type": "string"},
            "updated_at": {"type": "string"},
            "status": {"type": "string", "enum": ["pending", "accepted", "rejected"]},
            "schema": {"readOnly": true, "type": "string"},
        },
    })
}

fn times() -> Value {
    json!({"readOnly": true, "type": "string", "format": "date-time"})
}

fn namespace() -> Value {
    json!({
        "name": "namespace",
        "required": ["namespace"],
        "additionalProperties": false,
        "properties": {
            "namespace": {"type": "string", "maxLength": 80}, "display_name": {"type": "string", "maxLength": 80},
            "description": {"type": "string", "maxLength": 500},
            "visibility": {"type": "string", "enum": ["public", "private"]}, "protected": {"type": "boolean"},
            "owner": {"type": "string", "maxLength": 255}, "created_at": times(), "updated_at": times(),
            "schema": {"readOnly": true, "type": "string"}, "self": {"readOnly": true, "type": "string"},
            "resource_type_associations": {"type": "array", "items": resource_type()},
            "properties": {"type": "object", "additionalProperties": property()},
            "objects": {"type": "array", "items": object()}, "tags": {"type": "array", "items": tag()},
        },
    })
}

fn object() -> Value {
    json!({
        "name": "object",
        "required": ["name"],
        "additionalProperties": false,
        "properties": {
            "name": {"type": "string", "maxLength": 80}, "description": {"type": "string"},
            "required": {"type": "array", "items": {"type": "string"}, "uniqueItems": true},
            "properties": {"type": "object", "additionalProperties": property()}, "created_at": times(),
            "updated_at": times(), "schema": {"readOnly": true, "type": "string"},
            "self": {"readOnly": true, "type": "string"},
        },
    })
}

fn property() -> Value {
    let types = json!(["array", "boolean", "integer", "number", "object", "string", null]);
    json!({
        "name": "property",
        "required": ["name", "title", "type"],
        "properties": {
            "name": {"type": "string", "maxLength": 80}, "title": {"type": "string"},
            "description": {"type": "string"}, "operators": {"type": "array", "items": {"type": "string"}},
            "type": {"type": "string", "enum": types}, "minimum": {"type": "number"}, "maximum": {"type": "number"},
            "minLength": {"type": "integer"}, "maxLength": {"type": "integer"}, "pattern": {"type": "string"},
            "enum": {"type": "array"}, "readonly": {"type": "boolean"}, "default": {}, "items": {"type": "object"},
            "minItems": {"type": "integer"}, "maxItems": {"type": "integer"}, "uniqueItems": {"type": "boolean"},
        },
    })
}

fn resource_type() -> Value {
    json!({
        "name": "resource_type_association",
        "required": ["name"],
        "additionalProperties": false,
        "properties": {
            "name": {"type": "string", "maxLength": 80}, "prefix": {"type": "string", "maxLength": 80},
            "properties_target": {"type": "string", "maxLength": 80}, "created_at": times(), "updated_at": times(),
        },
    })
}

fn tag() -> Value {
    json!({
        "name": "tag",
        "required": ["name"],
        "properties": {
            "name": {"type": "string", "maxLength": 80}, "created_at": times(), "updated_at": times(),
        },
    })
}
