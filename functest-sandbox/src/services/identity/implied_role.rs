// SPDX-License-Identifier: Apache-2.0
//! Roles that imply others.

use http::StatusCode;
use serde_json::{Value, json};

use super::State;
use super::entity::missing;
use crate::api::{Answer, ApiError, Call, Read, Reply, Route};
use crate::services::Cloud;

pub(super) const ROUTES: &[Route<Cloud>] = &[
    Route::get("/v3/role_inferences", list_all).admin("identity:list_role_inference_rules"),
    Route::get("/v3/roles/{role_id}/implies", list).admin("identity:list_implied_roles"),
    Route::get("/v3/roles/{role_id}/implies/{implied_role_id}", show).admin("identity:get_implied_role"),
    Route::head("/v3/roles/{role_id}/implies/{implied_role_id}", check).admin("identity:check_implied_role"),
    Route::put("/v3/roles/{role_id}/implies/{implied_role_id}", create).admin("identity:create_implied_role"),
    Route::delete("/v3/roles/{role_id}/implies/{implied_role_id}", delete).admin("identity:delete_implied_role"),
];

fn list_all(cloud: &mut Cloud, call: &Call) -> Answer {
    let state = &cloud.identity;
    let mut priors: Vec<&str> = state.implied_roles.iter().map(|(prior, _)| prior.as_str()).collect();
    priors.dedup();
    let rules: Vec<Value> = priors.into_iter().map(|prior| state.inferences(call, prior)).collect();
    let links = json!({"self": format!("{}{}", call.base, call.path)});
    Ok(Reply::ok(&json!({"role_inferences": rules, "links": links})))
}

fn list(cloud: &mut Cloud, call: &Call) -> Answer {
    let (role, _) = named(call);
    cloud.identity.must_be_a_role(role)?;
    Ok(answered(call, StatusCode::OK, cloud.identity.inferences(call, role)))
}

fn show(cloud: &mut Cloud, call: &Call) -> Answer {
    let (prior, implied) = named(call);
    cloud.identity.must_imply(prior, implied)?;
    Ok(answered(call, StatusCode::OK, cloud.identity.inference(call, prior, implied)))
}

fn check(cloud: &mut Cloud, call: &Call) -> Answer {
    let (prior, implied) = named(call);
    cloud.identity.must_imply(prior, implied)?;
    Ok(Reply::no_content())
}

fn create(cloud: &mut Cloud, call: &Call) -> Answer {
    let (prior, implied) = named(call);
    let state = &mut cloud.identity;
    state.must_be_a_role(prior)?;
    state.must_be_a_role(implied)?;
    let domain = |id: &str| state.roles.get(id).map_or("", |role| role.text("domain_id"));
    // What holds everywhere cannot bring what holds in one domain; and nothing may bring an administrator.
    let is_admin = state.roles.get(implied).is_some_and(|role| role.text("name") == "admin");
    if is_admin || (domain(prior).is_empty() && !domain(implied).is_empty()) {
        return Err(ApiError::forbidden(format!("{implied} cannot be an implied roles.")));
    }
    if prior == implied || state.with_implied(std::iter::once(implied.to_owned())).contains(prior) {
        return Err(ApiError::bad_request(format!("{prior} and {implied} would imply each other.")));
    }
    state.implied_roles.insert((prior.to_owned(), implied.to_owned()));
    state.roles_changed();
    Ok(answered(call, StatusCode::CREATED, state.inference(call, prior, implied)))
}

fn delete(cloud: &mut Cloud, call: &Call) -> Answer {
    let (prior, implied) = named(call);
    let state = &mut cloud.identity;
    state.must_imply(prior, implied)?;
    state.implied_roles.remove(&(prior.to_owned(), implied.to_owned()));
    state.roles_changed();
    Ok(Reply::no_content())
}

fn named(call: &Call) -> (&str, &str) {
    (call.param("role_id"), call.param("implied_role_id"))
}

fn answered(call: &Call, status: StatusCode, inference: Value) -> Reply {
    let links = json!({"self": format!("{}{}", call.base, call.path)});
    Reply::json(status, &json!({"role_inference": inference, "links": links}))
}

impl State {
    fn must_be_a_role(&self, id: &str) -> Result<(), ApiError> {
        if self.roles.contains(id) { Ok(()) } else { Err(missing("role", id)) }
    }

    fn must_imply(&self, prior: &str, implied: &str) -> Result<(), ApiError> {
        self.must_be_a_role(prior)?;
        self.must_be_a_role(implied)?;
        if self.implied_roles.contains(&(prior.to_owned(), implied.to_owned())) {
            Ok(())
        } else {
            Err(ApiError::not_found(format!("{prior} does not imply {implied}.")))
        }
    }

    fn inference(&self, call: &Call, prior: &str, implied: &str) -> Value {
        json!({"prior_role": self.role_mention(call, prior), "implies": self.role_mention(call, implied)})
    }

    fn inferences(&self, call: &Call, prior: &str) -> Value {
        let implied = self.implied_roles.iter().filter(|(role, _)| role == prior);
        let implied: Vec<Value> = implied.map(|(_, implied)| self.role_mention(call, implied)).collect();
        json!({"prior_role": self.role_mention(call, prior), "implies": implied})
    }

    fn role_mention(&self, call: &Call, id: &str) -> Value {
        let name = self.roles.get(id).map_or("", |role| role.text("name"));
        json!({"id": id, "name": name, "links": {"self": format!("{}/v3/roles/{id}", call.base)}})
    }
}
