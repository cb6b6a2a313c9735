// SPDX-License-Identifier: Apache-2.0
//! Guests as somebody meets them who logs in: over a floating IP, with a key, behind a packet filter.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says what is wrong by ending")]

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use functest_sandbox::{FaultFile, Lie, Options, Sandbox};
use reqwest::{Client, Method};
use russh::ChannelMsg;
use russh::client::{self, AuthResult, Handle};
use russh::keys::ssh_key::private::Ed25519Keypair;
use russh::keys::{PrivateKey, PrivateKeyWithHashAlg, PublicKeyOrCertificate};
use serde_json::{Value, json};

/// Longer than anything here takes on a slow machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A sandbox, and the administrator's token.
struct Cloud {
    sandbox: Sandbox,
    client: Client,
    root: String,
    token: String,
}

impl Cloud {
    async fn start(faults: FaultFile) -> Self {
        let options = Options { seed: Some(3), faults, ..Options::default() };
        let sandbox = Sandbox::start(options).await.unwrap();
        let (client, login) = (Client::new(), sandbox.admin());
        let domain = json!({"name": login.domain});
        let auth = json!({"auth": {
            "identity": {"methods": ["password"], "password": {"user": {
                "name": login.user, "password": login.password, "domain": domain}}},
            "scope": {"project": {"name": login.project, "domain": domain}},
        }});
        let url = format!("{}/auth/tokens", sandbox.auth_url());
        let answer = client.post(url).json(&auth).send().await.unwrap();
        let token = answer.headers()["x-subject-token"].to_str().unwrap().to_owned();
        let root = sandbox.auth_url().trim_end_matches("/identity/v3").to_owned();
        Self { sandbox, client, root, token }
    }

    async fn ask(&self, method: Method, path: &str, body: Value) -> Value {
        let request = self.client.request(method, format!("{}{path}", self.root)).header("X-Auth-Token", &self.token);
        let answer = request.json(&body).send().await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    async fn make(&self, path: &str, kind: &str, body: Value) -> Value {
        self.ask(Method::POST, path, json!({kind: body})).await[kind].take()
    }

    async fn first(&self, path: &str, kind: &str) -> String {
        self.ask(Method::GET, path, Value::Null).await[kind][0]["id"].as_str().unwrap().to_owned()
    }

    /// A network behind a router to the outside: the network's id.
    async fn network(&self, cidr: &str) -> String {
        let network = self.make("/network/v2.0/networks", "network", json!({"name": "inside"})).await;
        let subnet = json!({"network_id": network["id"], "cidr": cidr, "ip_version": 4});
        let subnet = self.make("/network/v2.0/subnets", "subnet", subnet).await;
        let public = self.first("/network/v2.0/networks?name=public", "networks").await;
        let router = json!({"external_gateway_info": {"network_id": public}});
        let router = self.make("/network/v2.0/routers", "router", router).await;
        let path = format!("/network/v2.0/routers/{}/add_router_interface", router["id"].as_str().unwrap());
        self.ask(Method::PUT, &path, json!({"subnet_id": subnet["id"]})).await;
        network["id"].as_str().unwrap().to_owned()
    }

    /// A server on that network: its port's id and address.
    async fn server(&self, network: &str, key: &PrivateKey, user_data: Option<&str>) -> (String, String) {
        let public_key = key.public_key().to_openssh().unwrap();
        let name = format!("key-{}", self.sandbox.inventory()["keypairs"]);
        self.make("/compute/v2.1/os-keypairs", "keypair", json!({"name": name, "public_key": public_key})).await;
        let image = self.first("/image/v2/images?name=cirros", "images").await;
        let flavor = self.first("/compute/v2.1/flavors", "flavors").await;
        let port = self.make("/network/v2.0/ports", "port", json!({"network_id": network})).await;
        let server = json!({
            "name": "guest", "imageRef": image, "flavorRef": flavor, "key_name": name, "user_data": user_data,
            "networks": [{"port": port["id"]}],
        });
        self.make("/compute/v2.1/servers", "server", server).await;
        let address = port["fixed_ips"][0]["ip_address"].as_str().unwrap().to_owned();
        (port["id"].as_str().unwrap().to_owned(), address)
    }

    /// A floating IP for that port.
    async fn floating_ip(&self, port: &str) -> IpAddr {
        let public = self.first("/network/v2.0/networks?name=public", "networks").await;
        let body = json!({"floating_network_id": public, "port_id": port});
        let floating = self.make("/network/v2.0/floatingips", "floatingip", body).await;
        floating["floating_ip_address"].as_str().unwrap().parse().unwrap()
    }

    /// Lets something in to the project's servers.
    async fn open(&self, protocol: &str, port: Option<u16>) {
        let project = self.ask(Method::GET, "/identity/v3/auth/projects", Value::Null).await;
        let project = project["projects"][0]["id"].as_str().unwrap().to_owned();
        let groups = format!("/network/v2.0/security-groups?name=default&project_id={project}");
        let group = self.first(&groups, "security_groups").await;
        let rule = json!({
            "security_group_id": group, "direction": "ingress", "protocol": protocol, "ethertype": "IPv4",
            "port_range_min": port, "port_range_max": port,
        });
        self.make("/network/v2.0/security-group-rules", "security_group_rule", rule).await;
    }

    /// Logs in with a key; tries again until somebody answers. `None` when the key is refused.
    async fn log_in(&self, address: IpAddr, key: &PrivateKey) -> Option<Handle<Stranger>> {
        let config = Arc::new(client::Config::default());
        let port = self.sandbox.guest_port();
        let started = Instant::now();
        let mut session = loop {
            match client::connect(Arc::clone(&config), (address, port), Stranger).await {
                Ok(session) => break session,
                Err(error) => assert!(started.elapsed() < PATIENCE, "{error}"),
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        };
        let key = PrivateKeyWithHashAlg::new(Arc::new(key.clone()), None);
        let answer = session.authenticate_publickey("cirros", key).await.unwrap();
        matches!(answer, AuthResult::Success).then_some(session)
    }
}

/// Takes any host key: nobody knows a new guest.
struct Stranger;

impl client::Handler for Stranger {
    type Error = russh::Error;

    async fn check_server_key(&mut self, _: &PublicKeyOrCertificate) -> Result<bool, Self::Error> {
        Ok(true)
    }
}

fn key(seed: u8) -> PrivateKey {
    PrivateKey::from(Ed25519Keypair::from_seed(&[seed; 32]))
}

/// What a command says, and its exit status.
async fn run(session: &Handle<Stranger>, command: &str) -> (String, u32) {
    let mut channel = session.channel_open_session().await.unwrap();
    channel.exec(true, command).await.unwrap();
    let (mut said, mut status) = (Vec::new(), None);
    while let Some(message) = channel.wait().await {
        match message {
            ChannelMsg::Data { data } | ChannelMsg::ExtendedData { data, .. } => said.extend_from_slice(&data),
            ChannelMsg::ExitStatus { exit_status } => status = Some(exit_status),
            _ => {}
        }
    }
    (String::from_utf8(said).unwrap(), status.unwrap())
}

#[tokio::test]
async fn a_guest_lets_its_key_in_and_does_what_it_is_told() {
    let cloud = Cloud::start(FaultFile::default()).await;
    let network = cloud.network("10.1.0.0/24").await;
    // #!/bin/sh, echo made by user-data > /tmp/made
    let script = "IyEvYmluL3NoCmVjaG8gbWFkZSBieSB1c2VyLWRhdGEgPiAvdG1wL21hZGUK";
    let (port, address) = cloud.server(&network, &key(1), Some(script)).await;
    let (_, neighbour) = cloud.server(&network, &key(1), None).await;
    let floating = cloud.floating_ip(&port).await;
    cloud.open("tcp", Some(22)).await;
    let session = cloud.log_in(floating, &key(1)).await.expect("the injected key is taken");
    assert_eq!(run(&session, "echo hello; cat /tmp/made").await, ("hello\nmade by user-data\n".to_owned(), 0));
    let (said, status) = run(&session, "ip addr").await;
    assert!(said.contains(&format!("inet {address}/24")) && status == 0, "{said}");
    // Neighbours of one security group reach each other; the outside does not answer pings of nobody.
    let (said, status) = run(&session, &format!("ping -c 2 {neighbour}")).await;
    assert!(said.contains("2 packets received") && status == 0, "{said}");
    let (said, status) = run(&session, "ping -c 1 10.1.0.200").await;
    assert!(said.contains("100% packet loss") && status == 1, "{said}");
    assert_eq!(run(&session, "nonsense").await, ("-sh: nonsense: not found\n".to_owned(), 127));
    assert_eq!(run(&session, "false || echo 'a | b' | grep -q b && echo found").await, ("found\n".to_owned(), 0));
    assert!(cloud.log_in(floating, &key(2)).await.is_none(), "another key is refused");
}

#[tokio::test]
async fn what_the_security_groups_do_not_let_in_is_not_answered() {
    let cloud = Cloud::start(FaultFile::default()).await;
    let network = cloud.network("10.1.0.0/24").await;
    let (port, _) = cloud.server(&network, &key(1), None).await;
    let floating = cloud.floating_ip(&port).await;
    let config = Arc::new(client::Config::default());
    let attempt = client::connect(config, (floating, cloud.sandbox.guest_port()), Stranger);
    let answer = tokio::time::timeout(Duration::from_secs(2), attempt).await;
    assert!(!matches!(answer, Ok(Ok(_))), "nothing lets SSH in");
    cloud.open("tcp", Some(22)).await;
    assert!(cloud.log_in(floating, &key(1)).await.is_some());
}

#[tokio::test]
async fn lies_are_told_about_guests() {
    let cloud = Cloud::start(FaultFile::lie(Lie::KeyNotInjected)).await;
    let network = cloud.network("10.1.0.0/24").await;
    let (port, _) = cloud.server(&network, &key(1), None).await;
    let floating = cloud.floating_ip(&port).await;
    cloud.open("tcp", Some(22)).await;
    assert!(cloud.log_in(floating, &key(1)).await.is_none(), "the key was not injected");

    let mut lies = FaultFile::lie(Lie::UserDataNotRun);
    lies.extend(FaultFile::lie(Lie::SecurityGroupsNotEnforced));
    let cloud = Cloud::start(lies).await;
    let network = cloud.network("10.1.0.0/24").await;
    let script = "IyEvYmluL3NoCmVjaG8gbWFkZSBieSB1c2VyLWRhdGEgPiAvdG1wL21hZGUK";
    let (port, _) = cloud.server(&network, &key(1), Some(script)).await;
    let floating = cloud.floating_ip(&port).await;
    // No rule lets it in.
    let session = cloud.log_in(floating, &key(1)).await.unwrap();
    assert_eq!(run(&session, "cat /tmp/made").await.1, 1);
}

#[tokio::test]
async fn a_floating_ip_may_lead_to_another_server() {
    let cloud = Cloud::start(FaultFile::lie(Lie::FloatingIpElsewhere)).await;
    let network = cloud.network("10.1.0.0/24").await;
    let (port, address) = cloud.server(&network, &key(1), None).await;
    let (_, other) = cloud.server(&network, &key(1), None).await;
    let floating = cloud.floating_ip(&port).await;
    cloud.open("tcp", Some(22)).await;
    let session = cloud.log_in(floating, &key(1)).await.unwrap();
    let (said, _) = run(&session, "ip addr").await;
    assert!(said.contains(&other) && !said.contains(&format!("{address}/")), "{said}");
}
