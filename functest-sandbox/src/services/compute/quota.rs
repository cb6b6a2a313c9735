// SPDX-License-Identifier: Apache-2.0
//! Quotas: how much of what a project may have.

use http::StatusCode;
use serde_json::{Value, json};

use super::refusal::{invalid, object};
use super::{State, microversion};
use crate::api::schema::{self, Field, Problem, Type, optional, python};
use crate::api::{Answer, ApiError, Call, Document, Reply, Route};
use crate::fault::Lie;
use crate::services::Cloud;

pub(super) const ROUTES: &[Route<Cloud>] = &[
    Route::get("/v2.1/os-quota-sets/{project_id}", show),
    Route::get("/v2.1/os-quota-sets/{project_id}/detail", detail),
    Route::get("/v2.1/os-quota-sets/{project_id}/defaults", defaults),
    Route::put("/v2.1/os-quota-sets/{project_id}", update).admin("os_compute_api:os-quota-sets:update"),
    Route::delete("/v2.1/os-quota-sets/{project_id}", delete).admin("os_compute_api:os-quota-sets:delete"),
    Route::get("/v2.1/os-quota-class-sets/{class}", show_class).admin("os_compute_api:os-quota-class-sets:show"),
];

const LIMIT: Type = Type::LooseInteger(-1, i32::MAX as i64);

/// Every quota with its default, and the microversion that dropped it.
const QUOTAS: [(&str, i64, u16); 14] = [
    ("cores", 20, u16::MAX),
    ("fixed_ips", -1, 36),
    ("floating_ips", -1, 36),
    ("injected_file_content_bytes", 10240, 57),
    ("injected_file_path_bytes", 255, 57),
    ("injected_files", 5, 57),
    ("instances", 10, u16::MAX),
    ("key_pairs", 100, u16::MAX),
    ("metadata_items", 128, u16::MAX),
    ("ram", 51200, u16::MAX),
    ("security_group_rules", -1, 36),
    ("security_groups", -1, 36),
    ("server_group_members", 10, u16::MAX),
    ("server_groups", 10, u16::MAX),
];

/// What a project may have of something; -1 is without end.
pub(super) fn limit(state: &State, project_id: &str, name: &str) -> i64 {
    let own = state.quotas.get(project_id).and_then(|quotas| quotas.get(name)).and_then(Value::as_i64);
    own.or_else(|| QUOTAS.iter().find(|quota| quota.0 == name).map(|quota| quota.1)).unwrap_or(-1)
}

/// A wish for more of something.
#[derive(Clone, Copy, Debug)]
pub(super) struct Use {
    pub(super) name: &'static str,
    pub(super) used: i64,
    pub(super) more: i64,
    pub(super) limit: i64,
}

/// Whether all of it is within the quotas.
///
/// # Errors
/// 403 with what there is and how much was asked for.
pub(super) fn check(cloud: &mut Cloud, uses: &[Use]) -> Result<(), ApiError> {
    if cloud.faults.lies(Lie::QuotaNotEnforced) {
        return Ok(());
    }
    let full = cloud.faults.quota_exceeded("compute");
    let over: Vec<&Use> =
        uses.iter().filter(|wish| full || (wish.limit >= 0 && wish.used + wish.more > wish.limit)).collect();
    if over.is_empty() {
        return Ok(());
    }
    let join = |part: fn(&Use) -> String| over.iter().map(|wish| part(wish)).collect::<Vec<_>>().join(", ");
    Err(ApiError::forbidden(format!(
        "Quota exceeded for {}: Requested {}, but already used {} of {} {}",
        join(|wish| wish.name.to_owned()),
        join(|wish| wish.more.to_string()),
        join(|wish| wish.used.to_string()),
        join(|wish| wish.limit.to_string()),
        join(|wish| wish.name.to_owned()),
    )))
}

/// What a project has of each.
fn used(state: &State, project_id: &str, name: &str) -> i64 {
    let servers = || state.servers.of(project_id);
    match name {
        "instances" => state.servers.count_of(project_id) as i64,
        "cores" => servers().map(|server| server.vcpus()).sum(),
        "ram" => servers().map(|server| server.ram()).sum(),
        "server_groups" => state.server_groups.count_of(project_id) as i64,
        _ => 0,
    }
}

/// What servers of a project use, and would with `count` more of that size.
pub(super) fn for_servers(state: &State, project_id: &str, count: i64, vcpus: i64, ram: i64) -> [Use; 3] {
    [("instances", count), ("cores", count.saturating_mul(vcpus)), ("ram", count.saturating_mul(ram))].map(
        |(name, more)| Use { name, more, used: used(state, project_id, name), limit: limit(state, project_id, name) },
    )
}

fn shown(call: &Call) -> impl Iterator<Item = &'static (&'static str, i64, u16)> {
    let version = microversion::of(call);
    QUOTAS.iter().filter(move |quota| version < quota.2)
}

fn view(cloud: &Cloud, call: &Call, project_id: &str) -> Document {
    shown(call).map(|quota| (quota.0.to_owned(), json!(limit(&cloud.compute, project_id, quota.0)))).collect()
}

fn with_id(id: &str, mut quotas: Document) -> Document {
    quotas.insert("id".into(), json!(id));
    quotas
}

fn known(cloud: &Cloud, call: &Call) -> Result<String, ApiError> {
    let project = call.param("project_id");
    if !cloud.identity.has_project(project) && call.is_admin() {
        return Err(ApiError::bad_request(format!("Project ID {project} is not a valid project.")));
    }
    Ok(project.to_owned())
}

fn allowed(call: &Call, rule: &'static str) -> Result<(), ApiError> {
    if call.may_touch(call.param("project_id")) { Ok(()) } else { Err(ApiError::policy(rule)) }
}

fn show(cloud: &mut Cloud, call: &Call) -> Answer {
    allowed(call, "os_compute_api:os-quota-sets:show")?;
    let project = known(cloud, call)?;
    Ok(Reply::ok(&json!({"quota_set": with_id(&project, view(cloud, call, &project))})))
}

fn detail(cloud: &mut Cloud, call: &Call) -> Answer {
    allowed(call, "os_compute_api:os-quota-sets:detail")?;
    let project = known(cloud, call)?;
    let mut quotas = view(cloud, call, &project);
    for (name, limit) in &mut quotas {
        *limit = json!({"in_use": used(&cloud.compute, &project, name), "limit": limit.clone(), "reserved": 0});
    }
    Ok(Reply::ok(&json!({"quota_set": with_id(&project, quotas)})))
}

fn defaults(cloud: &mut Cloud, call: &Call) -> Answer {
    let project = known(cloud, call)?;
    let quotas = shown(call).map(|quota| (quota.0.to_owned(), json!(quota.1))).collect();
    Ok(Reply::ok(&json!({"quota_set": with_id(&project, quotas)})))
}

fn show_class(_: &mut Cloud, call: &Call) -> Answer {
    let class = shown(call).filter(|quota| microversion::of(call) >= 50 || !quota.0.starts_with("server_group"));
    let quotas = class.map(|quota| (quota.0.to_owned(), json!(quota.1))).collect();
    Ok(Reply::ok(&json!({"quota_class_set": with_id(call.param("class"), quotas)})))
}

fn update(cloud: &mut Cloud, call: &Call) -> Answer {
    let project = known(cloud, call)?;
    let asked = object(call, "quota_set")?;
    let mut fields: Vec<Field> = shown(call).map(|quota| optional(quota.0, LIMIT)).collect();
    fields.extend([optional("force", Type::LooseTruth), optional("tenant_id", Type::Any)]);
    schema::check(&asked, &fields, false).map_err(|problem| invalid("quota_set", &problem))?;
    let force = schema::is_wished(&asked, "force");
    let mut quotas = cloud.compute.quotas.get(&project).cloned().unwrap_or_default();
    for (name, value) in &asked {
        let number = value.as_i64().or_else(|| value.as_str()?.parse().ok());
        let Some(number) = number.filter(|_| name != "force" && name != "tenant_id") else { continue };
        let in_use = used(&cloud.compute, &project, name);
        if !force && number >= 0 && number < in_use {
            let message = format!(
                "Quota limit {number} for {name} must be greater than or equal to already used and reserved {in_use}."
            );
            return Err(ApiError::bad_request(message));
        }
        quotas.insert(name.clone(), json!(number));
    }
    cloud.compute.quotas.insert(project.clone(), project.clone(), quotas);
    Ok(Reply::ok(&json!({"quota_set": view(cloud, call, &project)})))
}

fn delete(cloud: &mut Cloud, call: &Call) -> Answer {
    cloud.compute.quotas.remove(call.param("project_id"));
    Ok(Reply::empty(StatusCode::ACCEPTED))
}

/// Metadata within its quota and its form.
pub(super) fn check_metadata(state: &State, project_id: &str, metadata: &Document) -> Result<(), ApiError> {
    let limit = limit(state, project_id, "metadata_items");
    if limit >= 0 && metadata.len() as i64 > limit {
        let message = format!("Maximum number of metadata items exceeds {limit}");
        return Err(ApiError::forbidden(message));
    }
    let whole = Value::Object(metadata.clone());
    schema::check_value("metadata", &whole, Type::Texts(255)).map_err(|problem| invalid("metadata", &problem))?;
    let letters = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':' | '.' | ' ');
    match metadata.keys().find(|key| !key.chars().all(letters)) {
        None => Ok(()),
        Some(key) => {
            let reason = format!("Additional properties are not allowed ('{key}' was unexpected)");
            Err(invalid("metadata", &Problem { key: String::new(), value: json!(python(&whole)), reason }))
        }
    }
}
