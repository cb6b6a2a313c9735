// SPDX-License-Identifier: Apache-2.0
//! What was done to a server, when and by whom.

use serde_json::{Value, json};

use super::find;
use crate::api::{Answer, ApiError, Call, Reply};
use crate::services::Cloud;

/// Something that was done.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    action: &'static str,
    request_id: String,
    user_id: String,
    project_id: String,
    start: String,
}

impl Entry {
    pub(super) fn new(action: &'static str, cloud: &Cloud, call: &Call) -> Result<Self, ApiError> {
        Ok(Self {
            action,
            request_id: call.request_id.clone(),
            user_id: call.caller()?.user_id.clone(),
            project_id: call.project_id().to_owned(),
            start: cloud.clock.bare_stamp(),
        })
    }

    fn view(&self, server_id: &str) -> Value {
        json!({
            "action": self.action, "instance_uuid": server_id, "request_id": self.request_id, "user_id": self.user_id,
            "project_id": self.project_id, "start_time": self.start, "message": null,
        })
    }
}

pub(super) fn list(cloud: &mut Cloud, call: &Call) -> Answer {
    let server = find(&cloud.compute, call)?;
    let entries: Vec<Value> = server.history.iter().rev().map(|entry| entry.view(&server.id)).collect();
    Ok(Reply::ok(&json!({"instanceActions": entries})))
}

pub(super) fn show(cloud: &mut Cloud, call: &Call) -> Answer {
    let server = find(&cloud.compute, call)?;
    let request_id = call.param("request_id");
    let missing =
        || ApiError::not_found(format!("Action for request_id {request_id} on instance {} not found", server.id));
    let entry = server.history.iter().find(|entry| entry.request_id == request_id).ok_or_else(missing)?;
    let mut shown = entry.view(&server.id);
    if call.is_admin() {
        shown["events"] = json!([]);
    }
    Ok(Reply::ok(&json!({"instanceAction": shown})))
}
