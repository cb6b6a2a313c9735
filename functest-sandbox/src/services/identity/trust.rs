// SPDX-License-Identifier: Apache-2.0
//! Trusts: one user's roles in another's hands.

use serde_json::{Value, json};

use super::entity::{self, allow, missing};
use super::expiry::expiry;
use super::listing::{linked, listed};
use super::{State, Target};
use crate::api::schema::{Field, Type, optional, required};
use crate::api::{Answer, ApiError, Call, Document, Read, Reply, Route, document};
use crate::ground::parse_stamp;
use crate::services::Cloud;

pub(super) const ROUTES: &[Route<Cloud>] = &[
    Route::get("/v3/OS-TRUST/trusts", list),
    Route::post("/v3/OS-TRUST/trusts", create),
    Route::get("/v3/OS-TRUST/trusts/{trust_id}", show),
    Route::delete("/v3/OS-TRUST/trusts/{trust_id}", delete),
    Route::get("/v3/OS-TRUST/trusts/{trust_id}/roles", roles),
    Route::get("/v3/OS-TRUST/trusts/{trust_id}/roles/{role_id}", role),
];

const FIELDS: &[Field] = &[
    required("trustor_user_id", Type::Text(1, 64)),
    required("trustee_user_id", Type::Text(1, 64)),
    required("impersonation", Type::Truth),
    optional("project_id", Type::Or(&Type::Text(1, 64))),
    optional("remaining_uses", Type::Or(&Type::Integer(1, i64::MAX))),
    optional("expires_at", Type::Or(&Type::Text(0, 64))),
    optional("allow_redelegation", Type::Or(&Type::Truth)),
    optional("redelegation_count", Type::Or(&Type::Integer(0, i64::MAX))),
    optional("roles", Type::List(&Type::Object)),
];

/// How links name the collection.
const PATH: &str = "OS-TRUST/trusts";

fn list(cloud: &mut Cloud, call: &Call) -> Answer {
    let caller = call.caller()?;
    let asked = |key: &str| call.query.get(key).unwrap_or_default();
    let own = [asked("trustor_user_id"), asked("trustee_user_id")].contains(&caller.user_id.as_str());
    allow(caller.is_admin || own, "identity:list_trusts")?;
    let filters = ["trustor_user_id", "trustee_user_id"];
    let trusts = cloud.identity.trusts.values().filter(|trust| super::listing::matches(&call.query, trust, &filters));
    let brief = |trust: &Document| {
        let mut trust = trust.clone();
        trust.remove("roles");
        trust.remove("user_id");
        linked(call, PATH, &trust)
    };
    Ok(listed(call, "trusts", trusts.map(brief).collect()))
}

fn create(cloud: &mut Cloud, call: &Call) -> Answer {
    let asked = entity::asked(call, "trust", FIELDS, true)?;
    let trustor = &call.caller()?.user_id;
    allow(asked.text("trustor_user_id") == trustor, "identity:create_trust")?;
    cloud.identity.must_be_unrestricted(call)?;
    let state = &cloud.identity;
    if state.tokens.get(&call.caller()?.token_id).is_some_and(|token| token.trust_id.is_some()) {
        return Err(ApiError::forbidden("Some of requested roles are not in redelegated trust"));
    }
    if !state.users.contains(asked.text("trustee_user_id")) {
        return Err(missing("user", asked.text("trustee_user_id")));
    }
    let project_id = asked.text("project_id");
    if !project_id.is_empty() && !state.projects.contains(project_id) {
        return Err(missing("project", project_id));
    }
    let expires_at = match asked.get("expires_at").and_then(Value::as_str) {
        Some(text) => json!(format!("{}Z", expiry(text, cloud.clock.now())?)),
        None => Value::Null,
    };
    let roles = state.trusted_roles(trustor, project_id, asked.items("roles"))?;
    let nothing = Value::Null;
    let or_null = |key: &str| asked.get(key).unwrap_or(&nothing);
    let id = cloud.random.hex_id();
    let trust = document!({
        "id": id, "trustor_user_id": asked["trustor_user_id"], "trustee_user_id": asked["trustee_user_id"],
        "user_id": asked["trustor_user_id"], "project_id": or_null("project_id"),
        "impersonation": asked["impersonation"], "expires_at": expires_at, "remaining_uses": or_null("remaining_uses"),
        "deleted_at": null, "redelegated_trust_id": null, "redelegation_count": 0, "roles": roles,
    });
    let shown = shown(call, &trust);
    cloud.identity.trusts.insert(id, trustor.clone(), trust);
    Ok(Reply::created(&shown))
}

fn shown(call: &Call, trust: &Document) -> Value {
    let mut trust = trust.clone();
    // It is kept only so that a trust goes with its user as other credentials do.
    trust.remove("user_id");
    let roles = trust.items("roles").iter().filter_map(Value::as_object);
    let roles: Vec<Value> = roles.map(|role| linked(call, "roles", role)).collect();
    trust.insert("roles_links".into(), roles_links(call, trust.text("id")));
    trust.insert("roles".into(), Value::Array(roles));
    json!({"trust": linked(call, PATH, &trust)})
}

fn roles_links(call: &Call, id: &str) -> Value {
    json!({"self": format!("{}/v3/{id}/roles", call.base), "next": null, "previous": null})
}

fn show(cloud: &mut Cloud, call: &Call) -> Answer {
    Ok(Reply::ok(&shown(call, named(cloud, call, "identity:get_trust")?)))
}

fn delete(cloud: &mut Cloud, call: &Call) -> Answer {
    let trust = named(cloud, call, "identity:delete_trust")?;
    let own = call.caller()?.user_id == trust.text("trustor_user_id");
    allow(call.is_admin() || own, "identity:delete_trust")?;
    let id = trust.text("id").to_owned();
    cloud.identity.trusts.remove(&id);
    Ok(Reply::no_content())
}

fn roles(cloud: &mut Cloud, call: &Call) -> Answer {
    let trust = named(cloud, call, "identity:list_roles_for_trust")?;
    let shown = shown(call, trust);
    Ok(Reply::ok(&json!({"roles": shown["trust"]["roles"], "links": roles_links(call, trust.text("id"))})))
}

fn role(cloud: &mut Cloud, call: &Call) -> Answer {
    let trust = named(cloud, call, "identity:get_role_for_trust")?;
    let id = call.param("role_id");
    let role = trust.items("roles").iter().find(|role| role.text("id") == id).and_then(Value::as_object);
    let role = role.ok_or_else(|| missing("role", id))?;
    Ok(Reply::ok(&json!({"role": linked(call, "roles", role)})))
}

/// The trust that a path names, if the caller is one of its two users.
fn named<'c>(cloud: &'c Cloud, call: &Call, rule: &'static str) -> Result<&'c Document, ApiError> {
    let id = call.param("trust_id");
    let trust = cloud.identity.usable_trust(id, cloud.clock.now()).ok_or_else(|| missing("trust", id))?;
    let caller = &call.caller()?.user_id;
    let own = [trust.text("trustor_user_id"), trust.text("trustee_user_id")].contains(&caller.as_str());
    allow(call.is_admin() || own, rule)?;
    Ok(trust)
}

impl State {
    /// Whether a trust has expired.
    pub(super) fn is_over(&self, trust: &Document, now: chrono::DateTime<chrono::Utc>) -> bool {
        parse_stamp(trust.text("expires_at")).is_some_and(|end| end <= now)
    }

    /// A trust that has not expired, and is good for another token. The tokens made by it stay good after the last.
    pub(super) fn usable_trust(&self, id: &str, now: chrono::DateTime<chrono::Utc>) -> Option<&Document> {
        let used_up = |trust: &Document| trust.get("remaining_uses") == Some(&json!(0));
        self.trusts.get(id).filter(|trust| !self.is_over(trust, now) && !used_up(trust))
    }

    /// Counts a token that was made by a trust.
    pub(super) fn use_trust(&mut self, id: &str) {
        if let Some(left) = self.trusts.get_mut(id).and_then(|trust| trust.get_mut("remaining_uses"))
            && let Some(uses) = left.as_i64()
        {
            *left = json!(uses.saturating_sub(1));
        }
    }

    /// The roles that a body names, all of them the trustor's there.
    fn trusted_roles(&self, trustor: &str, project_id: &str, asked: &[Value]) -> Result<Vec<Value>, ApiError> {
        if project_id.is_empty() != asked.is_empty() {
            return Err(ApiError::forbidden("At least one role should be specified"));
        }
        let held = self.roles_of(trustor, &Target::Project(project_id.to_owned()));
        let trusted = |asked: &Value| {
            let role = match asked.text("id") {
                "" => self.roles.of("").find(|role| role.text("name") == asked.text("name")),
                id => self.roles.get(id),
            };
            let wanted = if asked.text("id").is_empty() { asked.text("name") } else { asked.text("id") };
            let role = role.ok_or_else(|| missing("role", wanted))?;
            if held.contains(role.text("id")) {
                Ok(Value::Object(role.clone()))
            } else {
                Err(missing("role", role.text("id")))
            }
        };
        asked.iter().map(trusted).collect()
    }
}
