// SPDX-License-Identifier: Apache-2.0
//! Tags.

use http::StatusCode;
use serde_json::{Value, json};

use super::asker::Asker;
use super::floating_ip::FloatingIp;
use super::kind::{Kind, change, owned, visible};
use super::network::Network;
use super::port::Port;
use super::refusal::{invalid_input, missing};
use super::router::Router;
use super::security_group::SecurityGroup;
use super::subnet::Subnet;
use super::subnet_pool::SubnetPool;
use crate::api::{Answer, ApiError, Call, Read, Reply, Route, document};
use crate::services::Cloud;

macro_rules! tag_routes {
    ($($kind:ty, $path:literal;)+) => {
        &[$(
            Route::get(concat!("/v2.0/", $path, "/{id}/tags"), list::<$kind>),
            Route::put(concat!("/v2.0/", $path, "/{id}/tags"), replace::<$kind>),
            Route::delete(concat!("/v2.0/", $path, "/{id}/tags"), clear::<$kind>),
            Route::get(concat!("/v2.0/", $path, "/{id}/tags/{tag}"), check::<$kind>),
            Route::put(concat!("/v2.0/", $path, "/{id}/tags/{tag}"), add::<$kind>),
            Route::delete(concat!("/v2.0/", $path, "/{id}/tags/{tag}"), remove::<$kind>),
        )+]
    };
}

pub(super) const ROUTES: &[Route<Cloud>] = tag_routes![
    Network, "networks";
    Subnet, "subnets";
    Port, "ports";
    Router, "routers";
    FloatingIp, "floatingips";
    SecurityGroup, "security-groups";
    SubnetPool, "subnetpools";
];

fn tags<K: Kind>(cloud: &Cloud, call: &Call, action: Option<&str>) -> Result<Vec<Value>, ApiError> {
    let (asker, id) = (Asker::of(call)?, call.param("id"));
    let found = match action {
        Some(action) => owned::<K>(&cloud.network, &asker, id, action),
        None => visible::<K>(&cloud.network, &asker, id),
    };
    let item = found.map_err(|error| match error.status {
        StatusCode::NOT_FOUND => {
            let name = call.path.split('/').nth(2).unwrap_or_default();
            missing("TagResourceNotFound", format!("Resource {name} {id} could not be found."))
        }
        _ => error,
    })?;
    Ok(item.items("tags").to_vec())
}

fn no_such(tag: &str) -> ApiError {
    missing("TagNotFound", format!("Tag {tag} could not be found."))
}

fn keep<K: Kind>(cloud: &mut Cloud, call: &Call, tags: Vec<Value>) {
    change::<K>(cloud, call.param("id"), document!({"tags": tags}));
}

fn list<K: Kind>(cloud: &mut Cloud, call: &Call) -> Answer {
    Ok(Reply::ok(&json!({"tags": tags::<K>(cloud, call, None)?})))
}

fn check<K: Kind>(cloud: &mut Cloud, call: &Call) -> Answer {
    let tag = call.param("tag");
    if tags::<K>(cloud, call, None)?.iter().any(|own| own == tag) { Ok(Reply::no_content()) } else { Err(no_such(tag)) }
}

fn add<K: Kind>(cloud: &mut Cloud, call: &Call) -> Answer {
    let mut tags = tags::<K>(cloud, call, Some("update"))?;
    let tag = checked(&json!(call.param("tag")))?;
    if !tags.contains(&tag) {
        tags.push(tag);
        keep::<K>(cloud, call, tags);
    }
    Ok(Reply::created(&Value::Null))
}

fn replace<K: Kind>(cloud: &mut Cloud, call: &Call) -> Answer {
    tags::<K>(cloud, call, Some("update"))?;
    let body = call.json()?;
    if body.get("tags").is_some_and(Value::is_null) {
        return Err(invalid_input("'None' is not a list"));
    }
    let Some(Value::Array(wanted)) = body.get("tags") else {
        return Err(invalid_input("Invalid tags body"));
    };
    let mut kept: Vec<Value> = Vec::new();
    for tag in wanted {
        let tag = checked(tag)?;
        if !kept.contains(&tag) {
            kept.push(tag);
        }
    }
    keep::<K>(cloud, call, kept.clone());
    Ok(Reply::ok(&json!({"tags": kept})))
}

fn remove<K: Kind>(cloud: &mut Cloud, call: &Call) -> Answer {
    let (tag, mut tags) = (call.param("tag"), tags::<K>(cloud, call, Some("update"))?);
    let before = tags.len();
    tags.retain(|own| own != tag);
    if tags.len() == before {
        return Err(no_such(tag));
    }
    keep::<K>(cloud, call, tags);
    Ok(Reply::no_content())
}

fn clear<K: Kind>(cloud: &mut Cloud, call: &Call) -> Answer {
    tags::<K>(cloud, call, Some("update"))?;
    keep::<K>(cloud, call, Vec::new());
    Ok(Reply::no_content())
}

fn checked(tag: &Value) -> Result<Value, ApiError> {
    match tag.as_str().map(|text| text.chars().count()) {
        Some(1..=60) => Ok(tag.clone()),
        Some(_) => Err(invalid_input("The length of a tag must be from 1 to 60 characters")),
        None => Err(invalid_input(format!("'{}' is not a valid string", super::validate::bare(tag)))),
    }
}
