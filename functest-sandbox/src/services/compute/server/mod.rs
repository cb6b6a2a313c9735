// SPDX-License-Identifier: Apache-2.0
//! Servers.

mod action;
mod address;
mod connection;
mod console;
mod create;
mod history;
mod interface;
mod life;
mod list;
mod metadata;
mod rebuild;
mod security_group;
mod snapshot;
mod update;
mod view;

use chrono::{DateTime, Utc};

use super::State;
use super::guest::Guest;
use crate::api::{ApiError, Call, Document, Route};
use crate::services::Cloud;

pub(crate) use self::view::status;

pub(super) const ROUTES: &[Route<Cloud>] = &[
    Route::get("/v2.1/servers", list::brief),
    Route::get("/v2.1/servers/detail", list::detail),
    Route::post("/v2.1/servers", create::create),
    Route::get("/v2.1/servers/{server_id}", view::show),
    Route::put("/v2.1/servers/{server_id}", update::update),
    Route::delete("/v2.1/servers/{server_id}", life::delete),
    Route::post("/v2.1/servers/{server_id}/action", action::act),
    Route::get("/v2.1/servers/{server_id}/ips", address::list),
    Route::get("/v2.1/servers/{server_id}/ips/{network}", address::show),
    Route::get("/v2.1/servers/{server_id}/metadata", metadata::list),
    Route::post("/v2.1/servers/{server_id}/metadata", metadata::add),
    Route::put("/v2.1/servers/{server_id}/metadata", metadata::replace),
    Route::get("/v2.1/servers/{server_id}/metadata/{key}", metadata::show),
    Route::put("/v2.1/servers/{server_id}/metadata/{key}", metadata::set),
    Route::delete("/v2.1/servers/{server_id}/metadata/{key}", metadata::delete),
    Route::get("/v2.1/servers/{server_id}/tags", metadata::tags),
    Route::put("/v2.1/servers/{server_id}/tags", metadata::replace_tags),
    Route::delete("/v2.1/servers/{server_id}/tags", metadata::delete_tags),
    Route::get("/v2.1/servers/{server_id}/tags/{tag}", metadata::show_tag),
    Route::put("/v2.1/servers/{server_id}/tags/{tag}", metadata::add_tag),
    Route::delete("/v2.1/servers/{server_id}/tags/{tag}", metadata::delete_tag),
    Route::get("/v2.1/servers/{server_id}/os-interface", interface::list),
    Route::post("/v2.1/servers/{server_id}/os-interface", interface::attach),
    Route::get("/v2.1/servers/{server_id}/os-interface/{port_id}", interface::show),
    Route::delete("/v2.1/servers/{server_id}/os-interface/{port_id}", interface::detach),
    Route::get("/v2.1/servers/{server_id}/os-security-groups", security_group::list),
    Route::get("/v2.1/servers/{server_id}/os-instance-actions", history::list),
    Route::get("/v2.1/servers/{server_id}/os-instance-actions/{request_id}", history::show),
];

/// A server.
#[derive(Clone, Debug)]
pub(crate) struct Server {
    pub(crate) id: String,
    pub(crate) number: u64,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) project_id: String,
    pub(crate) user_id: String,
    pub(crate) image_id: String,
    /// The flavor as it was when the server was made.
    pub(crate) flavor: Document,
    pub(crate) key_name: Option<String>,
    pub(crate) public_key: Option<String>,
    pub(crate) metadata: Document,
    pub(crate) tags: Vec<String>,
    /// As it came, in base64.
    pub(crate) user_data: Option<String>,
    pub(crate) config_drive: bool,
    pub(crate) disk_config: String,
    pub(crate) access: [String; 2],
    pub(crate) vm_state: &'static str,
    pub(crate) task_state: Option<&'static str>,
    pub(crate) power_state: u8,
    pub(crate) created: DateTime<Utc>,
    pub(crate) updated: DateTime<Utc>,
    pub(crate) launched: Option<DateTime<Utc>>,
    pub(crate) zone_wish: String,
    pub(crate) host: Option<String>,
    pub(crate) locked: bool,
    pub(crate) group_id: Option<String>,
    pub(crate) reservation: String,
    pub(crate) launch_index: u64,
    /// Why it is in the state `error`.
    pub(crate) fault: Option<Document>,
    /// What it was asked to be connected to.
    pub(crate) wishes: Vec<create::Wish>,
    /// The security groups of ports that are made for it.
    pub(crate) group_ids: Vec<String>,
    /// Ports that were made for it, and go with it.
    pub(crate) own_ports: Vec<String>,
    pub(crate) history: Vec<history::Entry>,
    /// What runs in it, while it runs.
    pub(crate) guest: Option<Guest>,
    /// What its console has shown.
    pub(crate) console: String,
}

impl Server {
    pub(crate) fn vcpus(&self) -> i64 {
        self.number_of("vcpus")
    }

    pub(crate) fn ram(&self) -> i64 {
        self.number_of("ram")
    }

    fn number_of(&self, key: &str) -> i64 {
        self.flavor.get(key).and_then(serde_json::Value::as_i64).unwrap_or_default()
    }

    /// What libvirt calls it.
    pub(crate) fn instance_name(&self) -> String {
        format!("instance-{:08x}", self.number)
    }

    /// The name as a host's name.
    pub(crate) fn host_name(&self) -> String {
        let kept = self.name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' });
        let name: String = kept.take(63).collect();
        match name.trim_matches('-') {
            "" => format!("server-{}", self.id),
            name => name.to_owned(),
        }
    }

    /// Whether it runs.
    pub(crate) fn is_running(&self) -> bool {
        self.vm_state == "active"
    }
}

/// A server that the caller may touch.
fn find<'s>(state: &'s State, call: &Call) -> Result<&'s Server, ApiError> {
    let id = call.param("server_id");
    let found = state.servers.get(id).filter(|server| call.may_see(&server.project_id));
    found.ok_or_else(|| ApiError::not_found(format!("Instance {id} could not be found.")))
}

/// A locked server is only an administrator's to change.
fn must_be_unlocked(server: &Server, call: &Call) -> Result<(), ApiError> {
    if server.locked && !call.is_admin() {
        Err(ApiError::conflict(format!("Instance {} is locked", server.id)))
    } else {
        Ok(())
    }
}

fn find_mut<'s>(state: &'s mut State, call: &Call) -> Result<&'s mut Server, ApiError> {
    find(state, call)?;
    let id = call.param("server_id");
    state.servers.get_mut(id).ok_or_else(|| ApiError::not_found(format!("Instance {id} could not be found.")))
}
