// SPDX-License-Identifier: Apache-2.0
//! Access rules: the requests that an application credential is limited to. They are kept and shown; as in most clouds,
//! no service asks for them.

use serde_json::{Value, json};

use super::entity::missing;
use super::listing::{linked, listed, matches};
use super::user::allow_own;
use crate::api::{Answer, ApiError, Call, Document, Read, Reply, Route, document};
use crate::services::Cloud;

pub(super) const ROUTES: &[Route<Cloud>] = &[
    Route::get("/v3/users/{user_id}/access_rules", list),
    Route::get("/v3/users/{user_id}/access_rules/{rule_id}", show),
    Route::delete("/v3/users/{user_id}/access_rules/{rule_id}", delete),
];

fn list(cloud: &mut Cloud, call: &Call) -> Answer {
    allow_own(call, "identity:list_access_rules")?;
    let theirs = cloud.identity.access_rules.of(call.param("user_id"));
    let found = theirs.filter(|rule| matches(&call.query, rule, &["service", "path", "method"]));
    Ok(listed(call, "access_rules", found.map(|rule| linked(call, "access_rules", rule)).collect()))
}

fn show(cloud: &mut Cloud, call: &Call) -> Answer {
    allow_own(call, "identity:get_access_rule")?;
    Ok(Reply::ok(&json!({"access_rule": linked(call, "access_rules", named(cloud, call)?)})))
}

fn delete(cloud: &mut Cloud, call: &Call) -> Answer {
    allow_own(call, "identity:delete_access_rule")?;
    let id = named(cloud, call)?.text("id").to_owned();
    let mut credentials = cloud.identity.application_credentials.of(call.param("user_id"));
    if credentials.any(|credential| credential.items("access_rules").iter().any(|rule| rule["id"] == *id)) {
        return Err(ApiError::forbidden("May not delete access rule in use"));
    }
    cloud.identity.access_rules.remove(&id);
    Ok(Reply::no_content())
}

fn named<'c>(cloud: &'c Cloud, call: &Call) -> Result<&'c Document, ApiError> {
    let id = call.param("rule_id");
    let rule = cloud
        .identity
        .access_rules
        .get(id)
        .filter(|_| cloud.identity.access_rules.owner(id) == Some(call.param("user_id")));
    rule.ok_or_else(|| missing("Access Rule", id))
}

/// The rules that a new application credential names, those among them made that the user does not have yet.
pub(super) fn adopt(cloud: &mut Cloud, user_id: &str, asked: &[Value]) -> Result<Vec<Value>, ApiError> {
    asked.iter().map(|rule| adopt_one(cloud, user_id, rule)).collect()
}

fn adopt_one(cloud: &mut Cloud, user_id: &str, asked: &Value) -> Result<Value, ApiError> {
    let rules = &mut cloud.identity.access_rules;
    let id = asked.text("id");
    if !id.is_empty() {
        let own = rules.get(id).filter(|_| rules.owner(id) == Some(user_id));
        return own.cloned().map(Value::Object).ok_or_else(|| missing("Access Rule", id));
    }
    for key in ["service", "path", "method"] {
        if asked.text(key).is_empty() {
            return Err(ApiError::bad_request(format!(
                "Invalid input for field 'access_rules': '{key}' is a required property"
            )));
        }
    }
    let same = |rule: &&Document| ["service", "path", "method"].iter().all(|key| rule.text(key) == asked.text(key));
    if let Some(rule) = rules.of(user_id).find(same) {
        return Ok(Value::Object(rule.clone()));
    }
    let id = cloud.random.hex_id();
    let rule = document!({
        "id": id, "service": asked["service"], "path": asked["path"], "method": asked["method"],
    });
    rules.insert(id, user_id, rule.clone());
    Ok(Value::Object(rule))
}
