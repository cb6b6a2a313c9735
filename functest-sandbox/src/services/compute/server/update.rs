// SPDX-License-Identifier: Apache-2.0
//! Changing what a server is called.

use serde_json::{Value, json};

use super::super::microversion;
use super::super::refusal::{body, invalid};
use super::create::access;
use super::{find, find_mut, view};
use crate::api::schema::{Field, Problem, Type, optional};
use crate::api::{Answer, ApiError, Call, Read, Reply};
use crate::services::Cloud;

const FIELDS: [Field; 5] = [
    optional("name", Type::Text(1, 255)),
    optional("description", Type::Or(&Type::Text(0, 255))),
    optional("accessIPv4", Type::Or(&Type::Text(0, 15))),
    optional("accessIPv6", Type::Or(&Type::Text(0, 45))),
    optional("OS-DCF:diskConfig", Type::OneOf(&["AUTO", "MANUAL"])),
];

pub(super) fn update(cloud: &mut Cloud, call: &Call) -> Answer {
    let asked = body(call, "server", &FIELDS)?;
    if asked.contains_key("description") && microversion::of(call) < 19 {
        let reason = "Additional properties are not allowed ('description' was unexpected)".to_owned();
        return Err(invalid("server", &Problem { key: String::new(), value: Value::Object(asked), reason }));
    }
    let addresses = [("accessIPv4", access(&asked, "accessIPv4")?), ("accessIPv6", access(&asked, "accessIPv6")?)];
    let now = cloud.clock.now();
    let server = find_mut(&mut cloud.compute, call)?;
    if asked.contains_key("name") {
        let name = asked.text("name").trim();
        if name.is_empty() {
            return Err(ApiError::bad_request("Invalid input for field/attribute name. A name of spaces is none"));
        }
        server.name = name.to_owned();
    }
    if let Some(description) = asked.get("description") {
        server.description = description.as_str().map(str::to_owned);
    }
    for (place, (key, address)) in addresses.into_iter().enumerate() {
        if asked.contains_key(key) {
            server.access[place] = address;
        }
    }
    if asked.contains_key("OS-DCF:diskConfig") {
        server.disk_config = asked.text("OS-DCF:diskConfig").to_owned();
    }
    server.updated = now;
    let server = find(&cloud.compute, call)?;
    Ok(Reply::ok(&json!({"server": view::after_change(cloud, call, server)})))
}
