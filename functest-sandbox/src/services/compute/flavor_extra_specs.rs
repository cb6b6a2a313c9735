// SPDX-License-Identifier: Apache-2.0
//! Extra specs of flavors.

use serde_json::{Value, json};

use super::flavor::find;
use super::refusal::{invalid, json_body, object};
use crate::api::schema::{Type, check_value};
use crate::api::{Answer, ApiError, Call, Document, Reply, Route};
use crate::services::Cloud;

pub(super) const ROUTES: &[Route<Cloud>] = &[
    Route::get("/v2.1/flavors/{flavor_id}/os-extra_specs", list),
    Route::post("/v2.1/flavors/{flavor_id}/os-extra_specs", add).admin("os_compute_api:os-flavor-extra-specs:create"),
    Route::get("/v2.1/flavors/{flavor_id}/os-extra_specs/{key}", show),
    Route::put("/v2.1/flavors/{flavor_id}/os-extra_specs/{key}", update)
        .admin("os_compute_api:os-flavor-extra-specs:update"),
    Route::delete("/v2.1/flavors/{flavor_id}/os-extra_specs/{key}", delete)
        .admin("os_compute_api:os-flavor-extra-specs:delete"),
];

fn specs(cloud: &Cloud, call: &Call) -> Result<Document, ApiError> {
    let flavor = find(&cloud.compute, call, call.param("flavor_id"))?;
    Ok(flavor.get("extra_specs").and_then(Value::as_object).cloned().unwrap_or_default())
}

fn store(cloud: &mut Cloud, call: &Call, specs: Document) {
    if let Some(flavor) = cloud.compute.flavors.get_mut(call.param("flavor_id")) {
        flavor.insert("extra_specs".into(), Value::Object(specs));
    }
}

fn missing(call: &Call) -> ApiError {
    let (flavor, key) = (call.param("flavor_id"), call.param("key"));
    ApiError::not_found(format!("Flavor {flavor} has no extra specs with key {key}."))
}

/// Keys and values are texts; numbers are taken for texts.
fn checked(specs: Document) -> Result<Document, ApiError> {
    let specs: Document = specs
        .into_iter()
        .map(|(key, value)| (key, if value.is_number() { Value::String(value.to_string()) } else { value }))
        .collect();
    let whole = Value::Object(specs.clone());
    check_value("extra_specs", &whole, Type::Texts(255)).map_err(|problem| invalid("extra_specs", &problem))?;
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ':' | ' ');
    match specs.keys().find(|key| !key.chars().all(allowed)) {
        Some(key) => Err(ApiError::bad_request(format!(
            "Invalid input for field/attribute extra_specs. Value: {whole}. '{key}' has characters that a key cannot have"
        ))),
        None => Ok(specs),
    }
}

fn list(cloud: &mut Cloud, call: &Call) -> Answer {
    Ok(Reply::ok(&json!({"extra_specs": specs(cloud, call)?})))
}

fn add(cloud: &mut Cloud, call: &Call) -> Answer {
    let new = checked(object(call, "extra_specs")?)?;
    let mut specs = specs(cloud, call)?;
    specs.extend(new.clone());
    store(cloud, call, specs);
    Ok(Reply::ok(&json!({"extra_specs": new})))
}

fn show(cloud: &mut Cloud, call: &Call) -> Answer {
    let key = call.param("key");
    let value = specs(cloud, call)?.remove(key).ok_or_else(|| missing(call))?;
    Ok(Reply::ok(&json!({ key: value })))
}

fn update(cloud: &mut Cloud, call: &Call) -> Answer {
    let new = checked(json_body(call)?)?;
    let key = call.param("key");
    if new.len() != 1 || !new.contains_key(key) {
        return Err(ApiError::bad_request("Request body and URI mismatch"));
    }
    let mut specs = specs(cloud, call)?;
    specs.extend(new.clone());
    store(cloud, call, specs);
    Ok(Reply::ok(&Value::Object(new)))
}

fn delete(cloud: &mut Cloud, call: &Call) -> Answer {
    let mut specs = specs(cloud, call)?;
    specs.remove(call.param("key")).ok_or_else(|| missing(call))?;
    store(cloud, call, specs);
    Ok(Reply::empty(http::StatusCode::OK))
}
