// SPDX-License-Identifier: Apache-2.0
//! Lists of servers.

use chrono::{DateTime, NaiveDateTime, Utc};
use fancy_regex::RegexBuilder;
use serde_json::Value;

use super::super::list::{page_of, reply};
use super::super::microversion;
use super::view::PUT_ASIDE;
use super::{Server, address, status, view};
use crate::api::{Answer, ApiError, Call, Read, truth};
use crate::services::Cloud;

pub(super) fn brief(cloud: &mut Cloud, call: &Call) -> Answer {
    listed(cloud, call, view::brief, "os_compute_api:servers:index:get_all_tenants")
}

pub(super) fn detail(cloud: &mut Cloud, call: &Call) -> Answer {
    listed(cloud, call, view::full, "os_compute_api:servers:detail:get_all_tenants")
}

fn listed(cloud: &mut Cloud, call: &Call, view: fn(&Cloud, &Call, &Server) -> Value, rule: &'static str) -> Answer {
    let filter = Filter::of(call)?;
    let everywhere = everywhere(call, rule)?;
    let owner =
        call.query.get("project_id").or_else(|| call.query.get("tenant_id")).filter(|_| call.is_admin() && everywhere);
    let cloud = &*cloud;
    let servers: Box<dyn Iterator<Item = &Server>> = match (owner, everywhere) {
        (Some(project), _) => Box::new(cloud.compute.servers.of(project)),
        (None, true) => Box::new(cloud.compute.servers.values()),
        (None, false) => Box::new(cloud.compute.servers.of(call.project_id())),
    };
    let mut servers: Vec<&Server> = servers.filter(|server| filter.passes(cloud, call, server)).collect();
    sort(call, &mut servers)?;
    let page = page_of(call, servers, |server| server.id.as_str())?;
    let next = page.more.then(|| page.items.last().map(|server| server.id.clone())).flatten();
    let items = page.items.into_iter().map(|server| view(cloud, call, server)).collect();
    Ok(reply(call, "servers", items, next.as_deref()))
}

fn everywhere(call: &Call, rule: &'static str) -> Result<bool, ApiError> {
    let asked = match call.query.get("all_tenants") {
        None => false,
        Some("") => true,
        Some(text) => truth(text).ok_or_else(|| {
            ApiError::bad_request(format!("Invalid value '{text}' for all_tenants: it must be true or false"))
        })?,
    };
    if asked && !call.is_admin() && !call.sees_everything() {
        Err(ApiError::policy(rule))
    } else {
        Ok(asked || call.sees_everything())
    }
}

fn sort(call: &Call, servers: &mut [&Server]) -> Result<(), ApiError> {
    let key = call.query.get("sort_key").unwrap_or("created_at");
    let descending = call.query.get("sort_dir").unwrap_or("desc") == "desc";
    match key {
        "created_at" => servers.sort_by_key(|server| (server.created, server.number)),
        "updated_at" => servers.sort_by_key(|server| server.updated),
        "display_name" => servers.sort_by_key(|server| server.name.clone()),
        "uuid" => servers.sort_by_key(|server| server.id.clone()),
        "vm_state" => servers.sort_by_key(|server| server.vm_state),
        "task_state" => servers.sort_by_key(|server| server.task_state),
        "project_id" => servers.sort_by_key(|server| server.project_id.clone()),
        "host" => servers.sort_by_key(|server| server.host.clone()),
        "launched_at" => servers.sort_by_key(|server| server.launched),
        other => {
            let message =
                format!("Invalid input for query parameters sort_key. Value: {other}. It is not a key to sort by");
            return Err(ApiError::bad_request(message));
        }
    }
    if descending {
        servers.reverse();
    }
    Ok(())
}

/// What a list is limited to.
struct Filter {
    name: Option<fancy_regex::Regex>,
    address: Option<fancy_regex::Regex>,
    status: Vec<String>,
    since: Option<DateTime<Utc>>,
    /// Deleted servers are gone: a list of them is empty.
    deleted: bool,
}

impl Filter {
    fn of(call: &Call) -> Result<Self, ApiError> {
        let pattern = |key: &str| match call.query.get(key) {
            None | Some("") => Ok(None),
            Some(text) => RegexBuilder::new(text)
                .delegate_size_limit(1 << 20)
                .backtrack_limit(10_000)
                .build()
                .map(Some)
                .map_err(|_| ApiError::bad_request(format!("Invalid {key} filter: it is not a regular expression"))),
        };
        let since = match call.query.get("changes-since") {
            None => None,
            Some(text) => Some(moment(text).ok_or_else(|| {
                ApiError::bad_request(format!(
                    "Invalid input for query parameters changes-since. Value: {text}. '{text}' is not a 'date-time'"
                ))
            })?),
        };
        Ok(Self {
            name: pattern("name")?,
            address: match pattern("ip")? {
                None => pattern("ip6")?,
                some => some,
            },
            status: call.query.all("status").map(str::to_ascii_uppercase).collect(),
            since,
            deleted: call.is_admin() && call.query.get("deleted").and_then(truth) == Some(true),
        })
    }

    fn passes(&self, cloud: &Cloud, call: &Call, server: &Server) -> bool {
        let is = |key: &str, value: &str| call.query.get(key).is_none_or(|wanted| wanted == value);
        let found = |pattern: &Option<fancy_regex::Regex>, text: &str| {
            pattern.as_ref().is_none_or(|pattern| pattern.is_match(text).unwrap_or(false))
        };
        let tags = |key: &str| call.query.get(key).map(|tags| tags.split(',').map(str::to_owned).collect::<Vec<_>>());
        // One that is put aside can be shown, and is in no list.
        !self.deleted
            && server.vm_state != PUT_ASIDE
            && found(&self.name, &server.name)
            && (self.status.is_empty() || self.status.iter().any(|wanted| wanted == status(server)))
            && self.since.is_none_or(|since| server.updated >= since)
            && is("image", &server.image_id)
            && is("flavor", server.flavor.text("id"))
            && is("uuid", &server.id)
            && (!call.is_admin() || is("host", server.host.as_deref().unwrap_or_default()))
            && is("user_id", &server.user_id)
            && is("key_name", server.key_name.as_deref().unwrap_or_default())
            && is("vm_state", server.vm_state)
            && (microversion::of(call) < 26
                || (tags("tags").is_none_or(|wanted| wanted.iter().all(|tag| server.tags.contains(tag)))
                    && tags("tags-any").is_none_or(|wanted| wanted.iter().any(|tag| server.tags.contains(tag)))))
            && (self.address.is_none() || address::flat(cloud, &server.id).iter().any(|ip| found(&self.address, ip)))
    }
}

/// A time as clients write it.
fn moment(text: &str) -> Option<DateTime<Utc>> {
    let zoned = DateTime::parse_from_rfc3339(text).map(|time| time.to_utc());
    let bare = || NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").map(|time| time.and_utc());
    zoned.or_else(|_| bare()).ok()
}
