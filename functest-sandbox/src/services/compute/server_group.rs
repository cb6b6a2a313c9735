// SPDX-License-Identifier: Apache-2.0
//! Server groups.

use serde_json::{Value, json};

use super::quota::{self, Use};
use super::refusal::{body, invalid};
use super::{list, microversion};
use crate::api::schema::{Problem, Type, optional, required};
use crate::api::{Answer, ApiError, Call, Document, Read, Reply, Route, document};
use crate::services::Cloud;

pub(super) const ROUTES: &[Route<Cloud>] = &[
    Route::get("/v2.1/os-server-groups", list_all),
    Route::post("/v2.1/os-server-groups", create),
    Route::get("/v2.1/os-server-groups/{id}", show),
    Route::delete("/v2.1/os-server-groups/{id}", delete),
];

const OLD: &[&str] = &["anti-affinity", "affinity"];
const POLICIES: &[&str] = &["anti-affinity", "affinity", "soft-anti-affinity", "soft-affinity"];
const NAME: Type = Type::Text(1, 255);

fn view(cloud: &Cloud, call: &Call, group: &Document) -> Document {
    let version = microversion::of(call);
    let members: Vec<&str> = cloud
        .compute
        .servers
        .of(group.text("project_id"))
        .filter(|server| server.group_id.as_deref() == Some(group.text("id")))
        .map(|server| server.id.as_str())
        .collect();
    let mut shown = document!({"id": group["id"], "name": group["name"], "members": members});
    if version >= 64 {
        shown.extend(document!({"policy": group["policy"], "rules": group["rules"]}))
    } else {
        shown.extend(document!({"policies": [group["policy"]], "metadata": {}}))
    }
    if version >= 13 {
        shown.extend(document!({"project_id": group["project_id"], "user_id": group["user_id"]}));
    }
    shown
}

fn find<'c>(cloud: &'c Cloud, call: &Call) -> Result<&'c Document, ApiError> {
    let id = call.param("id");
    let found = cloud.compute.server_groups.get(id).filter(|group| call.may_see(group.text("project_id")));
    found.ok_or_else(|| ApiError::not_found(format!("Instance group {id} could not be found.")))
}

fn list_all(cloud: &mut Cloud, call: &Call) -> Answer {
    let everywhere = call.sees_everything() || (call.is_admin() && call.query.has("all_projects"));
    let groups = cloud.compute.server_groups.values();
    let groups: Vec<&Document> =
        groups.filter(|group| everywhere || group.text("project_id") == call.project_id()).collect();
    let offset: usize = call.query.count("offset")?.unwrap_or(0);
    let limit = list::limit(call)?;
    let shown: Vec<Document> =
        groups.into_iter().skip(offset).take(limit).map(|group| view(cloud, call, group)).collect();
    Ok(Reply::ok(&json!({"server_groups": shown})))
}

fn show(cloud: &mut Cloud, call: &Call) -> Answer {
    let group = find(cloud, call)?;
    Ok(Reply::ok(&json!({"server_group": view(cloud, call, group)})))
}

fn create(cloud: &mut Cloud, call: &Call) -> Answer {
    let modern = microversion::of(call) >= 64;
    let words = if microversion::of(call) >= 15 { POLICIES } else { OLD };
    let (asked, policy) = if modern {
        const FIELDS: [crate::api::schema::Field; 3] =
            [required("name", NAME), required("policy", Type::OneOf(POLICIES)), optional("rules", Type::Object)];
        let asked = body(call, "server_group", &FIELDS)?;
        let policy = asked.text("policy").to_owned();
        (asked, policy)
    } else {
        let asked =
            body(call, "server_group", &[required("name", NAME), required("policies", Type::List(&Type::Any))])?;
        let policies = asked.items("policies");
        let wrong = |key: &str, value: Value, reason: String| {
            invalid("server_group", &Problem { key: key.into(), value, reason })
        };
        let policy = match policies {
            [Value::String(policy)] if words.contains(&policy.as_str()) => policy.clone(),
            [other] => {
                let reason =
                    format!("'{}' is not one of {words:?}", other.as_str().unwrap_or_default()).replace('"', "'");
                return Err(wrong("0", other.clone(), reason));
            }
            [] => return Err(wrong("policies", json!([]), "[] is too short".into())),
            _ => return Err(wrong("policies", json!(policies), "the list is too long".into())),
        };
        (asked, policy)
    };
    let project = call.project_id().to_owned();
    let limit = quota::limit(&cloud.compute, &project, "server_groups");
    let used = cloud.compute.server_groups.count_of(&project) as i64;
    quota::check(cloud, &[Use { name: "server_groups", used, more: 1, limit }])
        .map_err(|_| ApiError::forbidden("Quota exceeded, too many server groups."))?;
    let id = cloud.random.uuid();
    let group = document!({
        "id": id, "name": asked.text("name"), "policy": policy, "project_id": project, "user_id": call.caller()?.user_id,
        "rules": asked.get("rules").cloned().unwrap_or_else(|| json!({})),
    });
    let shown = view(cloud, call, &group);
    cloud.compute.server_groups.insert(id, project, group);
    Ok(Reply::ok(&json!({"server_group": shown})))
}

fn delete(cloud: &mut Cloud, call: &Call) -> Answer {
    find(cloud, call)?;
    cloud.compute.server_groups.remove(call.param("id"));
    for server in cloud.compute.servers.values_mut() {
        if server.group_id.as_deref() == Some(call.param("id")) {
            server.group_id = None;
        }
    }
    Ok(Reply::no_content())
}
