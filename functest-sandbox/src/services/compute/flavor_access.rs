// SPDX-License-Identifier: Apache-2.0
//! Which projects may use a private flavor.

use serde_json::{Value, json};

use super::flavor::find;
use super::refusal::{body, json_body};
use crate::api::schema::{Type, required};
use crate::api::{Answer, ApiError, Call, Document, Read, Reply, Route};
use crate::services::Cloud;

pub(super) const ROUTES: &[Route<Cloud>] = &[
    Route::get("/v2.1/flavors/{flavor_id}/os-flavor-access", list).admin("os_compute_api:os-flavor-access"),
    Route::post("/v2.1/flavors/{flavor_id}/action", act).admin("os_compute_api:os-flavor-access:add_tenant_access"),
];

fn view(flavor: &Document) -> Value {
    let entry = |project: &Value| json!({"flavor_id": flavor["id"], "tenant_id": project});
    json!({"flavor_access": flavor.items("access").iter().map(entry).collect::<Vec<_>>()})
}

fn list(cloud: &mut Cloud, call: &Call) -> Answer {
    let flavor = find(&cloud.compute, call, call.param("flavor_id"))?;
    if flavor.truth("os-flavor-access:is_public") {
        Err(ApiError::not_found("Access list not available for public flavors."))
    } else {
        Ok(Reply::ok(&view(flavor)))
    }
}

fn act(cloud: &mut Cloud, call: &Call) -> Answer {
    let (id, actions) = (call.param("flavor_id"), json_body(call)?);
    let action = ["addTenantAccess", "removeTenantAccess"].into_iter().find(|action| actions.contains_key(*action));
    let Some(action) = action else {
        let name = actions.keys().next().map_or("", String::as_str);
        return Err(ApiError::bad_request(format!("There is no such action: {name}")));
    };
    let asked = body(call, action, &[required("tenant", Type::Text(1, 255))])?;
    let project = asked.text("tenant");
    find(&cloud.compute, call, id)?;
    if !cloud.identity.has_project(project) {
        return Err(ApiError::bad_request(format!("Project ID {project} is not a valid project.")));
    }
    let Some(flavor) = cloud.compute.flavors.get_mut(id) else { return Err(ApiError::not_found(id)) };
    if flavor.truth("os-flavor-access:is_public") {
        return Err(ApiError::conflict("Can not add access to a public flavor."));
    }
    let mut access = flavor.items("access").to_vec();
    let there = access.iter().position(|given| given == project);
    match (action, there) {
        ("addTenantAccess", Some(_)) => {
            let message = format!("Flavor access already exists for flavor {id} and project {project} combination.");
            return Err(ApiError::conflict(message));
        }
        ("addTenantAccess", None) => access.push(json!(project)),
        (_, Some(place)) => {
            access.remove(place);
        }
        (_, None) => {
            let message = format!("Flavor access not found for {id} / {project} combination.");
            return Err(ApiError::not_found(message));
        }
    }
    flavor.insert("access".into(), Value::Array(access));
    Ok(Reply::ok(&view(flavor)))
}
