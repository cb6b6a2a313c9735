// SPDX-License-Identifier: Apache-2.0
//! Quotas: how much a project may have.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::asker::Asker;
use super::kind::Kind;
use super::refusal::{conflict, disallowed, missing};
use super::validate::{self, Check};
use super::{
    State, floating_ip::FloatingIp, network::Network, port::Port, router::Router, security_group::SecurityGroup,
    security_group_rule::SecurityGroupRule, subnet::Subnet, subnet_pool::SubnetPool,
};
use crate::api::{Answer, ApiError, Call, Document, Reply, Route};
use crate::fault::Lie;
use crate::services::Cloud;

pub(super) const ROUTES: &[Route<Cloud>] = &[
    Route::get("/v2.0/quotas", list),
    Route::get("/v2.0/quotas/{project_id}", show),
    Route::put("/v2.0/quotas/{project_id}", update),
    Route::delete("/v2.0/quotas/{project_id}", delete),
    Route::get("/v2.0/quotas/{project_id}/default", default),
    Route::get("/v2.0/quotas/{project_id}/default.json", default),
    Route::get("/v2.0/quotas/{project_id}/details", details),
    Route::get("/v2.0/quotas/{project_id}/details.json", details),
];

/// How many of a kind a project has.
type Count = fn(&State, &str) -> usize;

/// What is limited, to how many for whom nothing else is said, and how many a project has.
const DEFAULTS: [(&str, i64, Count); 9] = [
    ("network", 100, used::<Network>),
    ("subnet", 100, used::<Subnet>),
    ("subnetpool", -1, used::<SubnetPool>),
    ("port", 500, used::<Port>),
    ("router", 10, used::<Router>),
    ("floatingip", 50, used::<FloatingIp>),
    ("rbac_policy", 10, |_, _| 0),
    ("security_group", 10, used::<SecurityGroup>),
    ("security_group_rule", 100, used::<SecurityGroupRule>),
];

/// What administrators have set, by project and resource.
#[derive(Debug, Default)]
pub(super) struct Quotas(BTreeMap<String, BTreeMap<&'static str, i64>>);

impl Quotas {
    fn limit(&self, project_id: &str, resource: &str) -> i64 {
        let set = self.0.get(project_id).and_then(|quotas| quotas.get(resource)).copied();
        let default = || DEFAULTS.iter().find(|(name, ..)| *name == resource).map_or(-1, |(_, limit, _)| *limit);
        set.unwrap_or_else(default)
    }
}

fn used<K: Kind>(state: &State, project_id: &str) -> usize {
    K::table(state).count_of(project_id)
}

/// Whether the project may have that many more.
pub(super) fn admit<K: Kind>(cloud: &mut Cloud, project_id: &str, more: usize) -> Result<(), ApiError> {
    if cloud.faults.lies(Lie::QuotaNotEnforced) {
        return Ok(());
    }
    let full = cloud.faults.quota_exceeded("network");
    let limit = if full { 0 } else { cloud.network.quotas.limit(project_id, K::NAME) };
    let wanted = used::<K>(&cloud.network, project_id).saturating_add(more);
    match usize::try_from(limit) {
        Ok(limit) if wanted > limit => {
            Err(conflict("OverQuota", format!("Quota exceeded for resources: ['{}'].", K::NAME)))
        }
        _ => Ok(()),
    }
}

fn quotas(state: &State, project_id: &str) -> Document {
    DEFAULTS.iter().map(|(name, ..)| ((*name).to_owned(), state.quotas.limit(project_id, name).into())).collect()
}

fn list(cloud: &mut Cloud, call: &Call) -> Answer {
    admin_only(call, "get_quota")?;
    let of = |project_id: &String| {
        let mut quotas = quotas(&cloud.network, project_id);
        quotas.insert("project_id".into(), json!(project_id));
        quotas.insert("tenant_id".into(), json!(project_id));
        Value::Object(quotas)
    };
    let all: Vec<Value> = cloud.network.quotas.0.keys().map(of).collect();
    Ok(Reply::ok(&json!({"quotas": all})))
}

fn show(cloud: &mut Cloud, call: &Call) -> Answer {
    let (asker, project_id) = (Asker::of(call)?, call.param("project_id"));
    if ["tenant", "project"].contains(&project_id) {
        return Ok(Reply::ok(&json!({"tenant": {"tenant_id": asker.project_id}})));
    }
    own_or_admin(call)?;
    Ok(Reply::ok(&json!({"quota": quotas(&cloud.network, project_id)})))
}

fn default(_: &mut Cloud, call: &Call) -> Answer {
    own_or_admin(call)?;
    let defaults: Document = DEFAULTS.iter().map(|(name, limit, _)| ((*name).to_owned(), json!(limit))).collect();
    Ok(Reply::ok(&json!({"quota": defaults})))
}

fn details(cloud: &mut Cloud, call: &Call) -> Answer {
    own_or_admin(call)?;
    let (state, project_id) = (&cloud.network, call.param("project_id"));
    let details: Document = DEFAULTS
        .iter()
        .map(|(name, _, used)| {
            let limit = state.quotas.limit(project_id, name);
            ((*name).to_owned(), json!({"limit": limit, "used": used(state, project_id), "reserved": 0}))
        })
        .collect();
    Ok(Reply::ok(&json!({"quota": details})))
}

fn update(cloud: &mut Cloud, call: &Call) -> Answer {
    admin_only(call, "update_quota")?;
    let (project_id, request) = (call.param("project_id"), call.object("quota")?);
    let mut wanted = BTreeMap::new();
    for (name, value) in &request {
        if ["project_id", "tenant_id", "force", "check_limit"].contains(&name.as_str()) {
            continue;
        }
        let Some((name, _, used)) = DEFAULTS.iter().find(|(known, ..)| known == name) else {
            return Err(ApiError::bad_request(format!("Unrecognized attribute(s) '{name}'")));
        };
        let limit = limit(name, value)?;
        let in_use = used(&cloud.network, project_id);
        let checked = ["check_limit"].iter().any(|key| request.get(*key).and_then(Value::as_bool) == Some(true));
        if checked && usize::try_from(limit).is_ok_and(|limit| limit < in_use) {
            return Err(conflict("QuotaExceeded", format!("Quota limit exceeded for resource {name}")));
        }
        wanted.insert(*name, limit);
    }
    cloud.network.quotas.0.entry(project_id.to_owned()).or_default().extend(wanted);
    Ok(Reply::ok(&json!({"quota": quotas(&cloud.network, project_id)})))
}

fn limit(name: &str, value: &Value) -> Result<i64, ApiError> {
    match validate::accept(Check::Integer(-1, i64::from(i32::MAX)), value) {
        Ok(limit) => Ok(limit.as_i64().unwrap_or(-1)),
        Err(validate::Complaint::Refusal(error)) => Err(error),
        Err(validate::Complaint::Reason(reason)) => {
            Err(ApiError::bad_request(format!("Invalid input for {name}. Reason: {reason}.")))
        }
    }
}

fn delete(cloud: &mut Cloud, call: &Call) -> Answer {
    admin_only(call, "delete_quota")?;
    let project_id = call.param("project_id");
    match cloud.network.quotas.0.remove(project_id) {
        Some(_) => Ok(Reply::no_content()),
        None => Err(missing("TenantQuotaNotFound", format!("Quota for tenant {project_id} could not be found."))),
    }
}

fn admin_only(call: &Call, action: &str) -> Result<(), ApiError> {
    if call.is_admin() { Ok(()) } else { Err(disallowed(action, None)) }
}

/// A project's own quotas are shown to it.
fn own_or_admin(call: &Call) -> Result<(), ApiError> {
    if call.may_touch(call.param("project_id")) { Ok(()) } else { Err(disallowed("get_quota", None)) }
}
