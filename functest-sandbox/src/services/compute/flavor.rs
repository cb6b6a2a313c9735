// SPDX-License-Identifier: Apache-2.0
//! Flavors.

use http::StatusCode;
use serde_json::{Value, json};

use super::refusal::{body, invalid, object};
use super::{State, list, microversion};
use crate::api::document::sort_by_keys;
use crate::api::schema::{Field, Type, check, is_wished, optional, required};
use crate::api::{Answer, ApiError, Call, Document, Read, Reply, Route, document, truth};
use crate::services::Cloud;

pub(super) const ROUTES: &[Route<Cloud>] = &[
    Route::get("/v2.1/flavors", list_brief),
    Route::get("/v2.1/flavors/detail", list_detail),
    Route::post("/v2.1/flavors", create).admin("os_compute_api:os-flavor-manage:create"),
    Route::get("/v2.1/flavors/{flavor_id}", show),
    Route::put("/v2.1/flavors/{flavor_id}", update).admin("os_compute_api:os-flavor-manage:update"),
    Route::delete("/v2.1/flavors/{flavor_id}", delete).admin("os_compute_api:os-flavor-manage:delete"),
];

const COUNT: Type = Type::LooseInteger(1, i32::MAX as i64);
const SIZE: Type = Type::LooseInteger(0, i32::MAX as i64);

/// The key that says whether a flavor is everybody's.
const PUBLIC: &str = "os-flavor-access:is_public";

const FIELDS: [Field; 10] = [
    required("name", Type::Text(1, 255)),
    required("ram", COUNT),
    required("vcpus", COUNT),
    required("disk", SIZE),
    optional("id", Type::Or(&Type::Any)),
    optional("swap", SIZE),
    optional("OS-FLV-EXT-DATA:ephemeral", SIZE),
    optional("rxtx_factor", Type::Any),
    optional(PUBLIC, Type::LooseTruth),
    optional("description", Type::Or(&Type::Text(0, 65535))),
];

/// The keys of a stored flavor that are no part of what is shown, or only in some versions.
const HIDDEN: [&str; 2] = ["extra_specs", "description"];

/// A flavor that the caller may see.
pub(super) fn find<'s>(state: &'s State, call: &Call, id: &str) -> Result<&'s Document, ApiError> {
    let found = state.flavors.get(id).filter(|flavor| visible(call, flavor));
    found.ok_or_else(|| ApiError::not_found(format!("Flavor {id} could not be found.")))
}

fn visible(call: &Call, flavor: &Document) -> bool {
    flavor.truth(PUBLIC) || call.is_admin() || flavor.items("access").iter().any(|project| project == call.project_id())
}

/// A flavor as a version of the API shows it.
fn view(call: &Call, flavor: &Document) -> Value {
    let mut shown = flavor.clone();
    shown.remove("access");
    let hidden = HIDDEN.map(|key| shown.remove(key).unwrap_or(Value::Null));
    let [extra_specs, description] = hidden;
    shown.insert("links".into(), list::links(call, "flavors", flavor.text("id")));
    if microversion::of(call) >= 55 {
        shown.insert("description".into(), description);
    }
    if microversion::of(call) >= 61 {
        shown.insert("extra_specs".into(), extra_specs);
    }
    Value::Object(shown)
}

fn brief(call: &Call, flavor: &Document) -> Value {
    let mut shown = json!({
        "id": flavor["id"], "name": flavor["name"], "links": list::links(call, "flavors", flavor.text("id")),
    });
    if microversion::of(call) >= 55 {
        shown["description"] = flavor["description"].clone();
    }
    shown
}

fn list_brief(cloud: &mut Cloud, call: &Call) -> Answer {
    listed(cloud, call, brief)
}

fn list_detail(cloud: &mut Cloud, call: &Call) -> Answer {
    listed(cloud, call, view)
}

fn listed(cloud: &mut Cloud, call: &Call, view: fn(&Call, &Document) -> Value) -> Answer {
    let least = |key: &str| match call.query.get(key).map(str::parse::<u64>) {
        None => Ok(0),
        Some(Ok(least)) => Ok(least),
        Some(Err(_)) => {
            Err(ApiError::bad_request(format!("Invalid {key} filter [{}]", call.query.get(key).unwrap_or_default())))
        }
    };
    let (ram, disk) = (least("minRam")?, least("minDisk")?);
    let at_least = |flavor: &&Document, key: &str, least: u64| flavor[key].as_u64().unwrap_or_default() >= least;
    let public = match call.query.get("is_public") {
        Some("None" | "none") if call.is_admin() => None,
        Some(text) if call.is_admin() => {
            let public = truth(text);
            Some(public.ok_or_else(|| ApiError::bad_request(format!("Invalid is_public filter [{text}]")))?)
        }
        _ => Some(true),
    };
    let shown = |flavor: &&Document| match public {
        None => true,
        // A member's list has the private flavors that the project was given.
        Some(true) if !call.is_admin() => visible(call, flavor),
        Some(public) => flavor.truth(PUBLIC) == public,
    };
    let flavors = cloud.compute.flavors.values().filter(|flavor| shown(flavor));
    let mut flavors: Vec<&Document> =
        flavors.filter(|flavor| at_least(flavor, "ram", ram) && at_least(flavor, "disk", disk)).collect();
    let key = match call.query.get("sort_key").unwrap_or("flavorid") {
        "flavorid" => "id",
        "memory_mb" => "ram",
        "root_gb" => "disk",
        other => other,
    };
    sort_by_keys(&mut flavors, &[(key.to_owned(), call.query.get("sort_dir") == Some("desc"))]);
    let page = list::page_of(call, flavors, |flavor| flavor.text("id"))?;
    let next = page.more.then(|| page.items.last().map(|flavor| flavor.text("id").to_owned())).flatten();
    let items = page.items.into_iter().map(|flavor| view(call, flavor)).collect();
    Ok(list::reply(call, "flavors", items, next.as_deref()))
}

fn show(cloud: &mut Cloud, call: &Call) -> Answer {
    let flavor = find(&cloud.compute, call, call.param("flavor_id"))?;
    Ok(Reply::ok(&json!({"flavor": view(call, flavor)})))
}

fn create(cloud: &mut Cloud, call: &Call) -> Answer {
    let asked = body(call, "flavor", &FIELDS)?;
    if asked.contains_key("description") && microversion::of(call) < 55 {
        return Err(invalid("flavor", &unexpected(&asked, "description")));
    }
    let number = |key: &str, default: u64| match asked.get(key) {
        Some(Value::Number(number)) => number.as_u64().unwrap_or(default),
        Some(Value::String(text)) => text.parse().unwrap_or(default),
        _ => default,
    };
    let name = new_name(&cloud.compute, &asked)?;
    let id = new_id(cloud, &asked)?;
    let flavor = document!({
        "id": id, "name": name, "ram": number("ram", 0), "vcpus": number("vcpus", 0), "disk": number("disk", 0),
        "swap": match number("swap", 0) { 0 => json!(""), swap => json!(swap) },
        "OS-FLV-EXT-DATA:ephemeral": number("OS-FLV-EXT-DATA:ephemeral", 0),
        "OS-FLV-DISABLED:disabled": false,
        PUBLIC: !asked.contains_key(PUBLIC) || is_wished(&asked, PUBLIC),
        "rxtx_factor": factor(asked.get("rxtx_factor"))?,
        "description": asked.get("description"),
        "extra_specs": {}, "access": [],
    });
    let shown = view(call, &flavor);
    cloud.compute.flavors.insert(id, "", flavor);
    Ok(Reply::ok(&json!({ "flavor": shown })))
}

fn new_name<'a>(state: &State, asked: &'a Document) -> Result<&'a str, ApiError> {
    let name = asked.text("name");
    if name.trim().is_empty() || name.trim() != name {
        return Err(ApiError::bad_request(format!(
            "Invalid input for field/attribute name. Value: {name}. '{name}' does not match the naming rules: no space at \
             an end"
        )));
    }
    if state.flavors.values().any(|flavor| flavor.text("name") == name) {
        Err(ApiError::conflict(format!("Flavor with name {name} already exists.")))
    } else {
        Ok(name)
    }
}

/// The id that a body asks for, or a new one.
fn new_id(cloud: &mut Cloud, asked: &Document) -> Result<String, ApiError> {
    let id = match asked.get("id") {
        None | Some(Value::Null) => cloud.random.uuid(),
        Some(Value::String(text)) if text == "auto" => cloud.random.uuid(),
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::String(text)) if acceptable_id(text) => text.clone(),
        Some(other) => {
            let message = format!("Invalid input for field/attribute id. Value: {other}. It is not a flavor id");
            return Err(ApiError::bad_request(message));
        }
    };
    if cloud.compute.flavors.contains(&id) {
        Err(ApiError::conflict(format!("Flavor with ID {id} already exists.")))
    } else {
        Ok(id)
    }
}

fn acceptable_id(text: &str) -> bool {
    let letters = text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ' '));
    !text.trim().is_empty() && text.len() <= 255 && letters && text.trim() == text
}

fn factor(value: Option<&Value>) -> Result<f64, ApiError> {
    let number = match value {
        None => Some(1.0),
        Some(Value::String(text)) => text.parse().ok(),
        Some(other) => other.as_f64(),
    };
    // More than that, or infinity, is no number to Nova's database.
    number.filter(|factor| *factor > 0.0 && *factor <= f64::from(f32::MAX)).ok_or_else(|| {
        ApiError::bad_request("Invalid input for field/attribute rxtx_factor. It must be a number greater than 0")
    })
}

fn unexpected(object: &Document, key: &str) -> crate::api::schema::Problem {
    let reason = format!("Additional properties are not allowed ('{key}' was unexpected)");
    crate::api::schema::Problem { key: String::new(), value: Value::Object(object.clone()), reason }
}

fn update(cloud: &mut Cloud, call: &Call) -> Answer {
    if microversion::of(call) < 55 {
        return Err(ApiError::not_found("The resource could not be found.").kind(ApiError::ROUTE));
    }
    let asked = object(call, "flavor")?;
    check(&asked, &[required("description", Type::Or(&Type::Text(0, 65535)))], false)
        .map_err(|problem| invalid("flavor", &problem))?;
    find(&cloud.compute, call, call.param("flavor_id"))?;
    if let Some(flavor) = cloud.compute.flavors.get_mut(call.param("flavor_id")) {
        flavor.insert("description".into(), asked["description"].clone());
    }
    show(cloud, call)
}

fn delete(cloud: &mut Cloud, call: &Call) -> Answer {
    find(&cloud.compute, call, call.param("flavor_id"))?;
    cloud.compute.flavors.remove(call.param("flavor_id"));
    Ok(Reply::empty(StatusCode::ACCEPTED))
}
