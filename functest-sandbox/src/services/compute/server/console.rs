// SPDX-License-Identifier: Apache-2.0
//! The console log.

use serde_json::json;

use super::super::refusal::body;
use super::find;
use crate::api::schema::{Type, optional};
use crate::api::{Answer, ApiError, Call, Reply};
use crate::services::Cloud;

pub(super) fn show(cloud: &mut Cloud, call: &Call) -> Answer {
    let asked = body(call, "os-getConsoleOutput", &[optional("length", Type::Or(&Type::LooseInteger(-1, i64::MAX)))])?;
    let server = find(&cloud.compute, call)?;
    if server.host.is_none() {
        return Err(ApiError::conflict(format!("Instance {} is not ready", server.id)));
    }
    let length = asked.get("length").and_then(|length| length.as_i64().or_else(|| length.as_str()?.parse().ok()));
    let output = match length.and_then(|length| usize::try_from(length).ok()) {
        None => server.console.clone(),
        Some(length) => {
            let lines: Vec<&str> = server.console.lines().collect();
            lines[lines.len().saturating_sub(length)..].join("\n")
        }
    };
    Ok(Reply::ok(&json!({ "output": output })))
}
