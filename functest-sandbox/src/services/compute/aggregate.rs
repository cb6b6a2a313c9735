// SPDX-License-Identifier: Apache-2.0
//! Host aggregates.

use serde_json::{Value, json};

use super::microversion;
use super::refusal::{body, json_body};
use crate::api::schema::{Field, Type, optional, required};
use crate::api::{Answer, ApiError, Call, Document, Read, Reply, Route, document};
use crate::services::Cloud;

const RULE: &str = "os_compute_api:os-aggregates:index";

pub(super) const ROUTES: &[Route<Cloud>] = &[
    Route::get("/v2.1/os-aggregates", list).admin(RULE),
    Route::post("/v2.1/os-aggregates", create).admin("os_compute_api:os-aggregates:create"),
    Route::get("/v2.1/os-aggregates/{id}", show).admin("os_compute_api:os-aggregates:show"),
    Route::put("/v2.1/os-aggregates/{id}", update).admin("os_compute_api:os-aggregates:update"),
    Route::delete("/v2.1/os-aggregates/{id}", delete).admin("os_compute_api:os-aggregates:delete"),
    Route::post("/v2.1/os-aggregates/{id}/action", act).admin("os_compute_api:os-aggregates:add_host"),
];

const NAME: Type = Type::Text(1, 255);
const ZONE: Type = Type::Or(&NAME);

fn view(call: &Call, aggregate: &Document) -> Document {
    let mut shown = aggregate.clone();
    if microversion::of(call) < 41 {
        shown.remove("uuid");
    }
    let mut metadata = shown.get("metadata").and_then(Value::as_object).cloned().unwrap_or_default();
    if let Some(zone) = aggregate.get("availability_zone").filter(|zone| zone.is_string()) {
        metadata.insert("availability_zone".into(), zone.clone());
    }
    shown.insert("metadata".into(), Value::Object(metadata));
    shown
}

/// As the answer to its creation: without what it cannot have yet.
fn brief(call: &Call, aggregate: &Document) -> Document {
    let mut shown = view(call, aggregate);
    shown.remove("hosts");
    shown.remove("metadata");
    shown
}

fn missing(call: &Call) -> ApiError {
    ApiError::not_found(format!("Aggregate {} could not be found.", call.param("id")))
}

fn list(cloud: &mut Cloud, call: &Call) -> Answer {
    let all: Vec<Document> = cloud.compute.aggregates.values().map(|aggregate| view(call, aggregate)).collect();
    Ok(Reply::ok(&json!({"aggregates": all})))
}

fn show(cloud: &mut Cloud, call: &Call) -> Answer {
    let found = cloud.compute.aggregates.get(call.param("id")).ok_or_else(|| missing(call))?;
    Ok(Reply::ok(&json!({"aggregate": view(call, found)})))
}

fn create(cloud: &mut Cloud, call: &Call) -> Answer {
    let asked = body(call, "aggregate", &[required("name", NAME), optional("availability_zone", ZONE)])?;
    unused_name(cloud, asked.text("name"))?;
    let id = cloud.compute.aggregates.made() + 1;
    let aggregate = document!({
        "id": id, "uuid": cloud.random.uuid(), "name": asked.text("name"), "hosts": [], "metadata": {},
        "availability_zone": asked.get("availability_zone"), "created_at": cloud.clock.bare_stamp(),
        "updated_at": null, "deleted_at": null, "deleted": false,
    });
    let shown = brief(call, &aggregate);
    cloud.compute.aggregates.insert(id.to_string(), "", aggregate);
    Ok(Reply::ok(&json!({ "aggregate": shown })))
}

fn unused_name(cloud: &Cloud, name: &str) -> Result<(), ApiError> {
    if cloud.compute.aggregates.values().any(|aggregate| aggregate.text("name") == name) {
        Err(ApiError::conflict(format!("Aggregate {name} already exists.")))
    } else {
        Ok(())
    }
}

fn update(cloud: &mut Cloud, call: &Call) -> Answer {
    const FIELDS: [Field; 2] = [optional("name", NAME), optional("availability_zone", ZONE)];
    let asked = body(call, "aggregate", &FIELDS)?;
    let stamp = cloud.clock.bare_stamp();
    let found = cloud.compute.aggregates.get(call.param("id")).ok_or_else(|| missing(call))?;
    if asked.contains_key("name") && asked["name"] != found["name"] {
        unused_name(cloud, asked.text("name"))?;
    }
    if let Some(aggregate) = cloud.compute.aggregates.get_mut(call.param("id")) {
        aggregate.extend(asked);
        aggregate.insert("updated_at".into(), json!(stamp));
    }
    show(cloud, call)
}

fn delete(cloud: &mut Cloud, call: &Call) -> Answer {
    let found = cloud.compute.aggregates.get(call.param("id")).ok_or_else(|| missing(call))?;
    if !found.items("hosts").is_empty() {
        let message = format!("Cannot remove aggregate {}: it has hosts.", call.param("id"));
        return Err(ApiError::bad_request(message));
    }
    cloud.compute.aggregates.remove(call.param("id"));
    Ok(Reply::empty(http::StatusCode::OK))
}

fn act(cloud: &mut Cloud, call: &Call) -> Answer {
    let actions = json_body(call)?;
    let action = actions.keys().next().cloned().unwrap_or_default();
    let found = cloud.compute.aggregates.get(call.param("id")).cloned().ok_or_else(|| missing(call))?;
    let mut changed = found;
    match action.as_str() {
        "add_host" | "remove_host" => {
            let asked = body(call, &action, &[required("host", NAME)])?;
            changed.insert("hosts".into(), json!(hosts(cloud, call, &changed, &action, asked.text("host"))?));
        }
        "set_metadata" => {
            let asked = body(call, &action, &[required("metadata", Type::Object)])?;
            let mut metadata = changed.get("metadata").and_then(Value::as_object).cloned().unwrap_or_default();
            for (key, value) in asked.get("metadata").and_then(Value::as_object).into_iter().flatten() {
                match (key.as_str(), value) {
                    ("availability_zone", zone) => drop(changed.insert("availability_zone".into(), zone.clone())),
                    (_, Value::Null) => drop(metadata.remove(key)),
                    _ => drop(metadata.insert(key.clone(), value.clone())),
                }
            }
            changed.insert("metadata".into(), Value::Object(metadata));
        }
        _ => return Err(ApiError::bad_request(format!("There is no such action: {action}"))),
    }
    changed.insert("updated_at".into(), json!(cloud.clock.bare_stamp()));
    let shown = view(call, &changed);
    cloud.compute.aggregates.insert(call.param("id"), "", changed);
    Ok(Reply::ok(&json!({ "aggregate": shown })))
}

fn hosts(cloud: &Cloud, call: &Call, aggregate: &Document, action: &str, host: &str) -> Result<Vec<Value>, ApiError> {
    let known =
        cloud.compute.hosts.values().any(|known| known.text("host") == host && known.text("binary") == "nova-compute");
    let mut hosts = aggregate.items("hosts").to_vec();
    let place = hosts.iter().position(|member| member == host);
    match (action, place) {
        _ if !known => return Err(ApiError::not_found(format!("Compute host {host} could not be found."))),
        ("add_host", None) => hosts.push(json!(host)),
        ("add_host", Some(_)) => {
            let message = format!("Cannot add host {host} in aggregate {}: host already there", call.param("id"));
            return Err(ApiError::conflict(message));
        }
        (_, Some(place)) => drop(hosts.remove(place)),
        (_, None) => {
            let message = format!("Cannot remove host {host} in aggregate {}: it has no such host", call.param("id"));
            return Err(ApiError::not_found(message));
        }
    }
    Ok(hosts)
}
