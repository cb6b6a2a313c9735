// SPDX-License-Identifier: Apache-2.0
//! Agents: there are none, but administrators see those that a cloud like this has.

use serde_json::{Value, json};

use super::State;
use super::asker::Asker;
use super::attribute::{Attribute, Initial};
use super::kind::{self, Kind, shown, visible};
use super::list;
use super::network::Network;
use super::refusal::{conflict, disallowed, missing};
use super::validate::Check;
use crate::api::{Answer, ApiError, Call, Document, Read, Reply, Route, document};
use crate::ground::Table;
use crate::services::Cloud;

pub(super) const ROUTES: &[Route<Cloud>] = &[
    Route::get("/v2.0/agents", list::list::<Agent>),
    Route::get("/v2.0/agents/{id}", kind::show::<Agent>),
    Route::put("/v2.0/agents/{id}", kind::update::<Agent>),
    Route::get("/v2.0/agents/{id}/dhcp-networks", networks),
    Route::post("/v2.0/agents/{id}/dhcp-networks", schedule),
    Route::delete("/v2.0/agents/{id}/dhcp-networks/{network_id}", unschedule),
    Route::get("/v2.0/networks/{id}/dhcp-agents", hosts),
];

/// The one host that everything is on.
pub(crate) const HOST: &str = "sandbox";

/// What stands for that host in the names of DHCP ports.
pub(super) const HOST_ID: &str = "5cbe7a52-3c1f-5d53-9d3a-0f2f1f6f4f9e";

const AGENTS: [(&str, &str, &str, bool); 4] = [
    ("Linux bridge agent", "neutron-linuxbridge-agent", "N/A", false),
    ("DHCP agent", "neutron-dhcp-agent", "dhcp_agent", true),
    ("L3 agent", "neutron-l3-agent", "l3_agent", true),
    ("Metadata agent", "neutron-metadata-agent", "N/A", false),
];

/// Agents as a kind.
pub(super) struct Agent;

impl Kind for Agent {
    const NAME: &'static str = "agent";
    const COLLECTION: &'static str = "agents";
    const ATTRIBUTES: &'static [Attribute] = &[
        Attribute::read_only("agent_type"),
        Attribute::read_only("binary"),
        Attribute::read_only("topic"),
        Attribute::read_only("host"),
        Attribute::new("admin_state_up", Check::Truth, Initial::Forbidden),
        Attribute::read_only("started_at"),
        Attribute::read_only("heartbeat_timestamp"),
        Attribute::read_only("resources_synced"),
        Attribute::read_only("availability_zone"),
        Attribute::new("alive", Check::Truth, Initial::Forbidden).fixed(),
        Attribute::read_only("configurations"),
    ];

    fn table(state: &State) -> &Table<Document> {
        &state.agents
    }

    fn table_mut(state: &mut State) -> &mut Table<Document> {
        &mut state.agents
    }

    fn missing(id: &str) -> ApiError {
        missing("AgentNotFound", format!("Agent {id} could not be found."))
    }

    fn belongs(_: &State, _: &Document, _: &str) -> bool {
        false
    }

    fn update(cloud: &mut Cloud, _: &Asker, id: &str, changes: Document) -> Result<(), ApiError> {
        if let Some(agent) = cloud.network.agents.get_mut(id) {
            agent.extend(changes);
        }
        Ok(())
    }

    fn prepare(cloud: &mut Cloud, _: &Asker) {
        let now = json!(stamp(cloud));
        for agent in cloud.network.agents.values_mut() {
            agent.insert("heartbeat_timestamp".into(), now.clone());
        }
    }
}

pub(super) fn seed(cloud: &mut Cloud) {
    for (kind, binary, topic, zoned) in AGENTS {
        let (id, now) = (cloud.random.uuid(), stamp(cloud));
        let agent = document!({
            "id": id, "agent_type": kind, "binary": binary, "topic": topic, "host": HOST, "admin_state_up": true,
            "created_at": now, "started_at": now, "heartbeat_timestamp": now, "description": null,
            "resources_synced": null, "availability_zone": zoned.then_some("nova"), "alive": true,
            "configurations": {"log_agent_heartbeats": false},
        });
        cloud.network.agents.insert(id, "", agent);
    }
}

fn stamp(cloud: &Cloud) -> String {
    cloud.clock.now().format("%Y-%m-%d %H:%M:%S").to_string()
}

/// The agent that the path names, if it serves networks and the asker is an administrator.
fn dhcp_agent<'c>(cloud: &'c Cloud, asker: &Asker, call: &Call, action: &str) -> Result<&'c Document, ApiError> {
    if !asker.is_admin {
        return Err(disallowed(action, None));
    }
    let (agent, id) = (cloud.network.agents.get(call.param("id")), call.param("id"));
    match agent.ok_or_else(|| Agent::missing(id))? {
        agent if agent.text("topic") == "dhcp_agent" => Ok(agent),
        _ => Err(conflict("InvalidDHCPAgent", format!("Agent {id} is not a valid DHCP Agent or has been disabled"))),
    }
}

fn is_served(state: &State, network: &Document) -> bool {
    let said = state.scheduled.get(network.text("id")).copied();
    said.unwrap_or_else(|| !network.items("subnets").is_empty())
}

fn networks(cloud: &mut Cloud, call: &Call) -> Answer {
    let asker = Asker::of(call)?;
    let served = match dhcp_agent(cloud, &asker, call, "get_dhcp-networks") {
        Ok(_) => cloud.network.networks.values().filter(|network| is_served(&cloud.network, network)).collect(),
        Err(error) if error.kind == "InvalidDHCPAgent" => Vec::new(),
        Err(error) => return Err(error),
    };
    let shown: Vec<Value> =
        served.iter().map(|network| shown::<Network>(&cloud.network, &asker, network, &[])).collect();
    Ok(Reply::ok(&json!({"networks": shown})))
}

fn hosts(cloud: &mut Cloud, call: &Call) -> Answer {
    let asker = Asker::of(call)?;
    if !asker.is_admin {
        return Err(disallowed("get_dhcp-agents", None));
    }
    Agent::prepare(cloud, &asker);
    let state = &cloud.network;
    let network = visible::<Network>(state, &asker, call.param("id"))?;
    let agents = state.agents.values().filter(|agent| agent.text("topic") == "dhcp_agent");
    let agents: Vec<Value> =
        agents.filter(|_| is_served(state, network)).map(|agent| shown::<Agent>(state, &asker, agent, &[])).collect();
    Ok(Reply::ok(&json!({"agents": agents})))
}

fn schedule(cloud: &mut Cloud, call: &Call) -> Answer {
    let asker = Asker::of(call)?;
    let agent_id = dhcp_agent(cloud, &asker, call, "create_dhcp-network")?.text("id").to_owned();
    let body = call.json()?;
    let network_id = body.text("network_id");
    let network = visible::<Network>(&cloud.network, &asker, network_id)?;
    if is_served(&cloud.network, network) {
        let message = format!("The network {network_id} has been already hosted by the DHCP Agent {agent_id}.");
        return Err(conflict("NetworkHostedByDHCPAgent", message));
    }
    cloud.network.scheduled.insert(network_id.to_owned(), true);
    Ok(Reply::created(&Value::Null))
}

fn unschedule(cloud: &mut Cloud, call: &Call) -> Answer {
    let asker = Asker::of(call)?;
    let agent_id = dhcp_agent(cloud, &asker, call, "delete_dhcp-network")?.text("id").to_owned();
    let network_id = call.param("network_id");
    let network = visible::<Network>(&cloud.network, &asker, network_id)?;
    if !is_served(&cloud.network, network) {
        let message = format!("The network {network_id} is not hosted by the DHCP agent {agent_id}.");
        return Err(conflict("NetworkNotHostedByDhcpAgent", message));
    }
    cloud.network.scheduled.insert(network_id.to_owned(), false);
    Ok(Reply::no_content())
}
