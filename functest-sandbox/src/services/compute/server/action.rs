// SPDX-License-Identifier: Apache-2.0
//! What can be done to a server.

use http::StatusCode;
use serde_json::Value;

use super::super::refusal::{body, json_body};
use super::{connection, console, find, find_mut, history, life, must_be_unlocked, rebuild, snapshot};
use crate::api::schema::{Type, required};
use crate::api::{Answer, ApiError, Call, Read, Reply};
use crate::services::Cloud;

const REBOOTS: &[&str] = &["HARD", "Hard", "hard", "SOFT", "Soft", "soft"];
const ANY: &[&str] = &["active", "stopped", "paused", "suspended", "error"];

/// A change of state.
struct Change {
    action: &'static str,
    /// As the history and the refusals call it.
    word: &'static str,
    /// The states it can be done in.
    from: &'static [&'static str],
    to: &'static str,
    power_state: u8,
    guest: GuestFate,
}

enum GuestFate {
    Stays,
    Ends,
    Boots,
}

const CHANGES: [Change; 6] = [
    Change {
        action: "os-start",
        word: "start",
        from: &["stopped"],
        to: "active",
        power_state: 1,
        guest: GuestFate::Boots,
    },
    Change {
        action: "os-stop",
        word: "stop",
        from: &["active", "error"],
        to: "stopped",
        power_state: 4,
        guest: GuestFate::Ends,
    },
    Change { action: "pause", word: "pause", from: &["active"], to: "paused", power_state: 3, guest: GuestFate::Stays },
    Change {
        action: "unpause",
        word: "unpause",
        from: &["paused"],
        to: "active",
        power_state: 1,
        guest: GuestFate::Stays,
    },
    Change {
        action: "suspend",
        word: "suspend",
        from: &["active"],
        to: "suspended",
        power_state: 4,
        guest: GuestFate::Stays,
    },
    Change {
        action: "resume",
        word: "resume",
        from: &["suspended"],
        to: "active",
        power_state: 1,
        guest: GuestFate::Stays,
    },
];

pub(super) fn act(cloud: &mut Cloud, call: &Call) -> Answer {
    let actions = json_body(call)?;
    let action = actions.keys().next().cloned().unwrap_or_default();
    let server = find(&cloud.compute, call)?;
    let holds = matches!(action.as_str(), "lock" | "unlock" | "os-getConsoleOutput" | "os-resetState");
    if !holds {
        must_be_unlocked(server, call)?;
    }
    if let Some(change) = CHANGES.iter().find(|change| change.action == action) {
        return make(cloud, call, change);
    }
    match action.as_str() {
        "reboot" => reboot(cloud, call),
        "os-getConsoleOutput" => console::show(cloud, call),
        "lock" => lock(cloud, call, true),
        "unlock" => lock(cloud, call, false),
        "os-resetState" if call.is_admin() => reset(cloud, call),
        "os-resetState" => Err(ApiError::policy("os_compute_api:os-admin-actions:reset_state")),
        "addSecurityGroup" | "removeSecurityGroup" => connection::change_group(cloud, call, &action),
        "addFixedIp" => connection::add_fixed_ip(cloud, call),
        "removeFixedIp" => connection::remove_fixed_ip(cloud, call),
        "createImage" => snapshot::create(cloud, call),
        "rebuild" => rebuild::rebuild(cloud, call),
        "changePassword" => change_password(cloud, call),
        "forceDelete" => life::delete_now(cloud, call),
        other => Err(ApiError::bad_request(format!("There is no such action: {other}"))),
    }
}

/// Whether a server is in a state for it.
pub(super) fn allowed(cloud: &Cloud, call: &Call, word: &str, from: &[&str]) -> Result<String, ApiError> {
    let server = find(&cloud.compute, call)?;
    let refusal =
        |what: String| Err(ApiError::conflict(format!("Cannot '{word}' instance {} while it is in {what}", server.id)));
    match server.task_state {
        Some(task) => refusal(format!("task_state {task}")),
        None if !from.contains(&server.vm_state) => refusal(format!("vm_state {}", server.vm_state)),
        None => Ok(server.id.clone()),
    }
}

pub(super) fn record(cloud: &mut Cloud, call: &Call, word: &'static str) -> Result<(), ApiError> {
    let entry = history::Entry::new(word, cloud, call)?;
    find_mut(&mut cloud.compute, call)?.history.push(entry);
    Ok(())
}

fn make(cloud: &mut Cloud, call: &Call, change: &Change) -> Answer {
    let id = allowed(cloud, call, change.word, change.from)?;
    record(cloud, call, change.word)?;
    life::settle(cloud, &id, change.to, change.power_state);
    match change.guest {
        GuestFate::Stays => {}
        GuestFate::Ends => life::halt(cloud, &id),
        GuestFate::Boots => life::boot(cloud, &id),
    }
    Ok(Reply::empty(StatusCode::ACCEPTED))
}

fn reboot(cloud: &mut Cloud, call: &Call) -> Answer {
    let asked = body(call, "reboot", &[required("type", Type::OneOf(REBOOTS))])?;
    let hard = asked.text("type").eq_ignore_ascii_case("hard");
    let id = allowed(cloud, call, "reboot", if hard { ANY } else { &["active"] })?;
    record(cloud, call, "reboot")?;
    life::halt(cloud, &id);
    life::settle(cloud, &id, "active", 1);
    if let Ok(server) = find_mut(&mut cloud.compute, call) {
        server.task_state = Some(if hard { "rebooting_hard" } else { "rebooting" });
        server.console.clear();
    }
    cloud.after(cloud.options.build_time, id, rebooted);
    Ok(Reply::empty(StatusCode::ACCEPTED))
}

fn rebooted(cloud: &mut Cloud, id: &str) {
    let going_on = cloud.compute.servers.get(id).and_then(|server| server.task_state);
    if matches!(going_on, Some("rebooting" | "rebooting_hard")) {
        life::settle(cloud, id, "active", 1);
        life::boot(cloud, id);
    }
}

fn lock(cloud: &mut Cloud, call: &Call, locked: bool) -> Answer {
    record(cloud, call, if locked { "lock" } else { "unlock" })?;
    find_mut(&mut cloud.compute, call)?.locked = locked;
    Ok(Reply::empty(StatusCode::ACCEPTED))
}

/// Guests are logged in to by key, or by their one known password: the new one is only taken note of.
fn change_password(cloud: &mut Cloud, call: &Call) -> Answer {
    body(call, "changePassword", &[required("adminPass", Type::Text(0, 255))])?;
    allowed(cloud, call, "changePassword", &["active"])?;
    record(cloud, call, "changePassword")?;
    Ok(Reply::empty(StatusCode::ACCEPTED))
}

/// An administrator's way to say what state a server is in.
fn reset(cloud: &mut Cloud, call: &Call) -> Answer {
    let asked = body(call, "os-resetState", &[required("state", Type::OneOf(&["active", "error"]))])?;
    let state = if asked.get("state").and_then(Value::as_str) == Some("active") { "active" } else { "error" };
    let server = find_mut(&mut cloud.compute, call)?;
    (server.vm_state, server.task_state) = (state, None);
    Ok(Reply::empty(StatusCode::ACCEPTED))
}
