// SPDX-License-Identifier: Apache-2.0
//! Types of resources, and the namespaces that are about them.

use serde_json::{Value, json};

use super::namespace::{asked, visible};
use crate::api::schema::{Field, Type, optional, required};
use crate::api::{Answer, ApiError, Call, Read, Reply, Route, document};
use crate::services::Cloud;

pub(in crate::services::image) const ROUTES: &[Route<Cloud>] = &[
    Route::get("/v2/metadefs/resource_types", list_all),
    Route::get("/v2/metadefs/namespaces/{namespace}/resource_types", list),
    Route::post("/v2/metadefs/namespaces/{namespace}/resource_types", create)
        .admin("add_metadef_resource_type_association"),
    Route::delete("/v2/metadefs/namespaces/{namespace}/resource_types/{name}", delete)
        .admin("remove_metadef_resource_type_association"),
];

/// The types that are always there.
const KNOWN: [&str; 6] = [
    "OS::Glance::Image",
    "OS::Cinder::Volume",
    "OS::Nova::Server",
    "OS::Nova::Aggregate",
    "OS::Nova::Flavor",
    "OS::Trove::Instance",
];

const FIELDS: &[Field] = &[
    required("name", Type::Text(1, 80)),
    optional("prefix", Type::Text(0, 80)),
    optional("properties_target", Type::Text(0, 80)),
];

fn list_all(cloud: &mut Cloud, _: &Call) -> Answer {
    let now = cloud.clock.stamp();
    let mut names: Vec<&str> = KNOWN.to_vec();
    for namespace in cloud.image.namespaces.values() {
        for name in namespace.resource_types.iter().map(|resource_type| resource_type.text("name")) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    let types: Vec<Value> = names.into_iter().map(|name| json!({"name": name, "created_at": now})).collect();
    Ok(Reply::ok(&json!({"resource_types": types})))
}

fn list(cloud: &mut Cloud, call: &Call) -> Answer {
    Ok(Reply::ok(&json!({"resource_type_associations": visible(cloud, call)?.resource_types})))
}

fn create(cloud: &mut Cloud, call: &Call) -> Answer {
    let mut asked = asked(call, FIELDS, true)?;
    let now = cloud.clock.stamp();
    asked.extend(document!({"created_at": now, "updated_at": now}));
    let types = &mut visible(cloud, call)?.resource_types;
    let name = asked.text("name");
    if types.iter().any(|other| other.text("name") == name) {
        let message = format!("The metadata definition resource-type association of {name} already exists.");
        return Err(ApiError::conflict(message));
    }
    types.push(asked.clone());
    Ok(Reply::created(&Value::Object(asked)))
}

fn delete(cloud: &mut Cloud, call: &Call) -> Answer {
    let name = call.param("name");
    let types = &mut visible(cloud, call)?.resource_types;
    let before = types.len();
    types.retain(|resource_type| resource_type.text("name") != name);
    if types.len() < before {
        Ok(Reply::no_content())
    } else {
        Err(ApiError::not_found(format!("Failed to find resource type {name} to delete")))
    }
}
