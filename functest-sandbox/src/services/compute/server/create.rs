// SPDX-License-Identifier: Apache-2.0
//! Asking for servers: everything that is checked before the answer.

use std::net::IpAddr;

use http::StatusCode;
use serde_json::{Value, json};

use super::super::guest::user_data;
use super::super::refusal::{invalid, json_body};
use super::super::{availability_zone, flavor, keypair, list, microversion, quota};
use super::{Server, history, life};
use crate::api::schema::{self, Field, Problem, Type, check, optional, required};
use crate::api::{Answer, ApiError, Call, Document, Read, Reply};
use crate::services::Cloud;
use crate::services::network::for_servers;

const NAME: Type = Type::Text(1, 255);
const FIELDS: [Field; 24] = [
    required("name", NAME),
    required("flavorRef", Type::Any),
    optional("imageRef", Type::Any),
    optional("networks", Type::Any),
    optional("security_groups", Type::List(&Type::Object)),
    optional("key_name", Type::Or(&NAME)),
    optional("metadata", Type::Object),
    optional("user_data", Type::Or(&Type::Text(0, 65535))),
    optional("config_drive", Type::Or(&Type::LooseTruth)),
    optional("availability_zone", Type::Or(&NAME)),
    optional("adminPass", Type::Text(0, 255)),
    optional("min_count", Type::LooseInteger(1, 1000)),
    optional("max_count", Type::LooseInteger(1, 1000)),
    optional("return_reservation_id", Type::LooseTruth),
    optional("OS-DCF:diskConfig", Type::OneOf(&["AUTO", "MANUAL"])),
    optional("accessIPv4", Type::Or(&Type::Text(0, 15))),
    optional("accessIPv6", Type::Or(&Type::Text(0, 45))),
    optional("block_device_mapping", Type::Any),
    optional("block_device_mapping_v2", Type::Any),
    optional("personality", Type::Any),
    optional("description", Type::Or(&Type::Text(0, 255))),
    optional("tags", Type::List(&Type::Text(1, 60))),
    optional("trusted_image_certificates", Type::Any),
    optional("host", Type::Text(1, 255)),
];

/// What a server is to be connected to.
#[derive(Clone, Debug)]
pub(crate) enum Wish {
    /// A port that is there.
    Port(String),
    /// A new port on a network, with that address if one is named.
    Network(String, Option<String>),
}

pub(super) fn create(cloud: &mut Cloud, call: &Call) -> Answer {
    let mut body = json_body(call)?;
    let hints = ["os:scheduler_hints", "OS-SCH-HNT:scheduler_hints"].into_iter().find_map(|key| body.remove(key));
    let asked = super::super::refusal::object(call, "server")?;
    check(&asked, &FIELDS, false).map_err(|problem| invalid("server", &problem))?;
    let template = template(cloud, call, &asked, hints.as_ref())?;
    let (least, most) = counts(&asked)?;
    if most > 1 {
        check_shareable(&template.wishes)?;
    }
    let project = template.project_id.clone();
    let count = affordable(cloud, &project, &template, least, most)?;
    let password = match asked.text("adminPass") {
        "" => cloud.random.word(12),
        given => given.to_owned(),
    };
    let mut first = None;
    for index in 0..count {
        let mut server = template.clone();
        server.id = cloud.random.uuid();
        server.number = cloud.compute.servers.made() + 1;
        server.launch_index = index;
        if most > 1 {
            server.name = format!("{}-{}", template.name, index + 1);
        }
        server.history.push(history::Entry::new("create", cloud, call)?);
        first.get_or_insert_with(|| server.id.clone());
        life::begin(cloud, server);
    }
    let id = first.unwrap_or_default();
    if schema::is_wished(&asked, "return_reservation_id") {
        return Ok(Reply::json(StatusCode::ACCEPTED, &json!({"reservation_id": template.reservation})));
    }
    let groups: Vec<Value> = match asked.items("security_groups") {
        [] => vec![json!({"name": "default"})],
        groups => groups.iter().map(|group| json!({"name": group["name"]})).collect(),
    };
    let answer = json!({"server": {
        "id": id, "links": list::links(call, "servers", &id), "OS-DCF:diskConfig": template.disk_config,
        "security_groups": groups, "adminPass": password,
    }});
    Ok(Reply::json(StatusCode::ACCEPTED, &answer).location(format!("{}/v2.1/servers/{id}", call.base)))
}

/// A server as it was asked for, without what each of several has of its own.
fn template(cloud: &mut Cloud, call: &Call, asked: &Document, hints: Option<&Value>) -> Result<Server, ApiError> {
    let caller = call.caller()?.clone();
    let project = call.project_id().to_owned();
    let name = asked.text("name").trim().to_owned();
    if name.is_empty() {
        return Err(ApiError::bad_request("Invalid input for field/attribute name. A name of spaces is none"));
    }
    let flavor_id = match &asked["flavorRef"] {
        Value::String(text) => text.rsplit('/').next().unwrap_or_default().to_owned(),
        other => other.to_string(),
    };
    let flavor =
        flavor::find(&cloud.compute, call, &flavor_id).map_err(|error| ApiError::bad_request(error.message))?.clone();
    let image_id = image(cloud, call, asked, &flavor)?;
    let public_key = match asked.get("key_name").and_then(Value::as_str) {
        None => None,
        Some(name) => {
            let found = keypair::find(&cloud.compute, &caller.user_id, name);
            let found = found.ok_or_else(|| ApiError::bad_request("Invalid key_name provided."))?;
            Some(found.text("public_key").to_owned())
        }
    };
    let metadata = asked.get("metadata").and_then(Value::as_object).cloned().unwrap_or_default();
    quota::check_metadata(&cloud.compute, &project, &metadata)?;
    let user_data = asked.get("user_data").and_then(Value::as_str).map(str::to_owned);
    if user_data.as_deref().is_some_and(|data| user_data::decode(data).is_none()) {
        let message = "Invalid input for field/attribute user_data. Value: it is not base64. It is not a 'base64'";
        return Err(ApiError::bad_request(message));
    }
    let zone_wish = zone(cloud, asked)?;
    let group_ids = security_groups(cloud, &project, asked)?;
    let wishes = networks(cloud, call, asked)?;
    let group_id = group(cloud, &project, hints)?;
    let now = cloud.clock.now();
    let text = |key: &str| asked.text(key).to_owned();
    Ok(Server {
        id: String::new(),
        number: 0,
        description: match asked.get("description") {
            Some(given) => given.as_str().map(str::to_owned),
            None => Some(name.clone()).filter(|_| microversion::of(call) < 19),
        },
        name,
        project_id: project,
        user_id: caller.user_id,
        image_id,
        flavor,
        key_name: asked.get("key_name").and_then(Value::as_str).map(str::to_owned),
        public_key,
        metadata,
        tags: asked.items("tags").iter().filter_map(|tag| tag.as_str().map(str::to_owned)).collect(),
        user_data,
        config_drive: schema::is_wished(asked, "config_drive"),
        disk_config: if asked.contains_key("OS-DCF:diskConfig") { text("OS-DCF:diskConfig") } else { "MANUAL".into() },
        access: [access(asked, "accessIPv4")?, access(asked, "accessIPv6")?],
        vm_state: "building",
        task_state: Some("scheduling"),
        power_state: 0,
        created: now,
        updated: now,
        launched: None,
        zone_wish,
        host: None,
        locked: false,
        group_id,
        reservation: format!("r-{}", cloud.random.word(8).to_lowercase()),
        launch_index: 0,
        fault: None,
        wishes,
        group_ids,
        own_ports: Vec::new(),
        history: Vec::new(),
        guest: None,
        console: String::new(),
    })
}

/// An address to reach a server at, in its shortest spelling; of the kind that the key names.
pub(super) fn access(asked: &Document, key: &str) -> Result<String, ApiError> {
    let text = asked.text(key);
    let right = |address: &IpAddr| address.is_ipv4() == (key == "accessIPv4");
    match (text, text.parse::<IpAddr>().ok().filter(right)) {
        ("", _) => Ok(String::new()),
        (_, Some(address)) => Ok(address.to_string()),
        (_, None) => {
            let reason = format!("'{text}' is not an address of that kind");
            Err(invalid(key, &Problem { key: key.to_owned(), value: json!(text), reason }))
        }
    }
}

fn counts(asked: &Document) -> Result<(u64, u64), ApiError> {
    let count = |key: &str| asked.get(key).and_then(|value| value.as_u64().or_else(|| value.as_str()?.parse().ok()));
    let least = count("min_count").unwrap_or(1);
    let most = count("max_count").unwrap_or(least);
    if least <= most { Ok((least, most)) } else { Err(ApiError::bad_request("min_count must be <= max_count")) }
}

/// Refuses what only one server can be connected to, where several are asked for.
fn check_shareable(wishes: &[Wish]) -> Result<(), ApiError> {
    let message = match wishes.iter().find(|wish| !matches!(wish, Wish::Network(_, None))) {
        None => return Ok(()),
        Some(Wish::Port(_)) => {
            "Unable to launch multiple instances with a single configured port ID. Please launch your instance one by \
             one with different ports."
        }
        Some(Wish::Network(..)) => {
            "Failed to launch instances: max_count cannot be greater than 1 if an fixed_ip is specified."
        }
    };
    Err(ApiError::bad_request(message))
}

/// How many of the servers that were asked for the quotas allow: the most, or none.
fn affordable(cloud: &mut Cloud, project: &str, server: &Server, least: u64, most: u64) -> Result<u64, ApiError> {
    let mut refusal = None;
    for count in (least..=most).rev() {
        let uses = quota::for_servers(&cloud.compute, project, count as i64, server.vcpus(), server.ram());
        match quota::check(cloud, &uses) {
            Ok(()) => return Ok(count),
            Err(error) => refusal = Some(error),
        }
    }
    Err(refusal.unwrap_or_else(|| ApiError::forbidden("Quota exceeded for instances")))
}

pub(super) fn image(cloud: &Cloud, call: &Call, asked: &Document, flavor: &Document) -> Result<String, ApiError> {
    let bad = |message: String| Err(ApiError::bad_request(message));
    let id = match asked.get("imageRef") {
        None => return bad("Missing imageRef attribute".into()),
        Some(Value::String(text)) => text.rsplit('/').next().unwrap_or_default(),
        Some(_) => "",
    };
    if id.is_empty() && (asked.contains_key("block_device_mapping") || asked.contains_key("block_device_mapping_v2")) {
        return bad("Block Device Mapping is Invalid: this cloud has no volumes.".into());
    }
    if uuid::Uuid::try_parse(id).is_err() {
        let value = asked["imageRef"].as_str().unwrap_or_default();
        return bad(format!(
            "Invalid input for field/attribute imageRef. Value: {value}. '{value}' is not valid under any of the given schemas"
        ));
    }
    let found = crate::services::image::visible(cloud, call, id);
    let Some(image) = found else { return bad(format!("Can not find requested image {id}")) };
    if image.text("status") != "active" {
        return bad(format!("Image {id} is not active."));
    }
    let least = |key: &str| image.get(key).and_then(Value::as_i64).unwrap_or_default();
    let has = |key: &str| flavor.get(key).and_then(Value::as_i64).unwrap_or_default();
    if has("ram") < least("min_ram") {
        return bad("Flavor's memory is too small for requested image.".into());
    }
    if has("disk") > 0 && has("disk") < least("min_disk") {
        return bad("Flavor's disk is too small for requested image.".into());
    }
    Ok(id.to_owned())
}

fn zone(cloud: &Cloud, asked: &Document) -> Result<String, ApiError> {
    let Some(wish) = asked.get("availability_zone").and_then(Value::as_str) else { return Ok(String::new()) };
    // An administrator may name a host behind the zone.
    let name = wish.split(':').next().unwrap_or_default();
    if availability_zone::zones(&cloud.compute).contains_key(name) {
        Ok(name.to_owned())
    } else {
        Err(ApiError::bad_request("The requested availability zone is not available"))
    }
}

fn security_groups(cloud: &mut Cloud, project: &str, asked: &Document) -> Result<Vec<String>, ApiError> {
    let mut ids = Vec::new();
    for group in asked.items("security_groups") {
        let name = group.text("name");
        let found = for_servers::security_group_named(cloud, project, name);
        let missing = || ApiError::bad_request(format!("Unable to find security_group with name or id '{name}'"));
        ids.push(found.ok_or_else(missing)?.text("id").to_owned());
    }
    Ok(ids)
}

fn networks(cloud: &Cloud, call: &Call, asked: &Document) -> Result<Vec<Wish>, ApiError> {
    let bad = |message: String| Err(ApiError::bad_request(message));
    match asked.get("networks") {
        Some(Value::String(word)) if microversion::of(call) >= 37 => match word.as_str() {
            "none" => Ok(Vec::new()),
            "auto" => automatic(cloud, call),
            _ => bad(format!("Invalid input for field/attribute networks. Value: {word}. It must be auto or none")),
        },
        Some(Value::Array(wishes)) if !wishes.is_empty() => {
            wishes.iter().map(|wish| network(cloud, call, wish)).collect::<Result<Vec<_>, _>>()
        }
        None if microversion::of(call) >= 37 => {
            bad("Invalid input for field/attribute server. Value: the server. 'networks' is a required property".into())
        }
        None | Some(Value::Array(_)) => automatic(cloud, call),
        Some(other) => bad(format!("Invalid input for field/attribute networks. Value: {other}. It is not a list")),
    }
}

/// The one network that a project can mean without a word.
fn automatic(cloud: &Cloud, call: &Call) -> Result<Vec<Wish>, ApiError> {
    match for_servers::networks_of(cloud, call.project_id()).as_slice() {
        [] => Ok(Vec::new()),
        [only] => Ok(vec![Wish::Network(only.text("id").to_owned(), None)]),
        _ => Err(ApiError::conflict("Multiple possible networks found, use a Network ID to be more specific.")),
    }
}

fn network(cloud: &Cloud, call: &Call, wish: &Value) -> Result<Wish, ApiError> {
    let bad = |message: String| Err(ApiError::bad_request(message));
    if let Some(port_id) = wish.get("port").and_then(Value::as_str) {
        let Some(port) = for_servers::port(cloud, port_id).filter(|port| call.may_touch(port.text("project_id")))
        else {
            return bad(format!("Port {port_id} could not be found."));
        };
        if !port.text("device_id").is_empty() {
            return Err(ApiError::conflict(format!("Port {port_id} is still in use.")));
        }
        if port.items("fixed_ips").is_empty() {
            return bad(format!("Port {port_id} requires a FixedIP in order to be used."));
        }
        return Ok(Wish::Port(port_id.to_owned()));
    }
    let id = wish.text("uuid");
    if uuid::Uuid::try_parse(id).is_err() {
        return bad(format!("Bad networks format: network uuid is not in proper format ({id})"));
    }
    if !for_servers::may_use_network(cloud, call, id) {
        return bad(format!("Network {id} could not be found."));
    }
    Ok(Wish::Network(id.to_owned(), wish.get("fixed_ip").and_then(Value::as_str).map(str::to_owned)))
}

fn group(cloud: &mut Cloud, project: &str, hints: Option<&Value>) -> Result<Option<String>, ApiError> {
    let Some(id) = hints.and_then(|hints| hints.get("group")).and_then(Value::as_str) else { return Ok(None) };
    let found = cloud.compute.server_groups.get(id).filter(|group| group.text("project_id") == project);
    if found.is_none() {
        return Err(ApiError::bad_request(format!("Instance group {id} could not be found.")));
    }
    let members = cloud.compute.servers.of(project).filter(|server| server.group_id.as_deref() == Some(id)).count();
    let limit = quota::limit(&cloud.compute, project, "server_group_members");
    quota::check(cloud, &[quota::Use { name: "server_group_members", used: members as i64, more: 1, limit }])
        .map_err(|_| ApiError::forbidden("Quota exceeded, too many servers in group"))?;
    Ok(Some(id.to_owned()))
}
