// SPDX-License-Identifier: Apache-2.0
//! Whatever a client sends, the sandbox answers, never with a 5xx, and goes on answering.

#![allow(clippy::unwrap_used, reason = "a test says what is wrong by ending")]

use functest_sandbox::{Options, Sandbox};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const SERVICES: [&str; 4] =
    ["identity/v3/projects", "compute/v2.1/servers", "network/v2.0/networks", "image/v2/images"];

/// Routes; `{}` is an id, known or not.
const ROUTES: &[&str] = &[
    "identity/v3",
    "identity/v3/auth/tokens",
    "identity/v3/auth/catalog",
    "identity/v3/auth/projects",
    "identity/v3/domains",
    "identity/v3/domains/{}",
    "identity/v3/projects",
    "identity/v3/projects/{}",
    "identity/v3/projects/{}/tags",
    "identity/v3/projects/{}/tags/{}",
    "identity/v3/projects/{}/users/{}/roles/{}",
    "identity/v3/users",
    "identity/v3/users/{}",
    "identity/v3/users/{}/password",
    "identity/v3/users/{}/groups",
    "identity/v3/users/{}/application_credentials",
    "identity/v3/users/{}/application_credentials/{}",
    "identity/v3/groups",
    "identity/v3/groups/{}",
    "identity/v3/groups/{}/users/{}",
    "identity/v3/roles",
    "identity/v3/roles/{}",
    "identity/v3/role_assignments",
    "identity/v3/services",
    "identity/v3/services/{}",
    "identity/v3/endpoints",
    "identity/v3/endpoints/{}",
    "identity/v3/regions",
    "identity/v3/regions/{}",
    "identity/v3/credentials",
    "identity/v3/OS-TRUST/trusts",
    "identity/v3/OS-TRUST/trusts/{}",
    "compute/v2.1",
    "compute/v2.1/servers",
    "compute/v2.1/servers/detail",
    "compute/v2.1/servers/{}",
    "compute/v2.1/servers/{}/action",
    "compute/v2.1/servers/{}/metadata",
    "compute/v2.1/servers/{}/metadata/{}",
    "compute/v2.1/servers/{}/os-interface",
    "compute/v2.1/servers/{}/ips",
    "compute/v2.1/flavors",
    "compute/v2.1/flavors/detail",
    "compute/v2.1/flavors/{}",
    "compute/v2.1/flavors/{}/action",
    "compute/v2.1/flavors/{}/os-extra_specs",
    "compute/v2.1/flavors/{}/os-extra_specs/{}",
    "compute/v2.1/os-keypairs",
    "compute/v2.1/os-keypairs/{}",
    "compute/v2.1/os-aggregates",
    "compute/v2.1/os-aggregates/{}",
    "compute/v2.1/os-aggregates/{}/action",
    "compute/v2.1/os-server-groups",
    "compute/v2.1/os-server-groups/{}",
    "compute/v2.1/os-quota-sets/{}",
    "compute/v2.1/os-quota-sets/{}/detail",
    "compute/v2.1/os-hypervisors",
    "compute/v2.1/os-hypervisors/{}",
    "compute/v2.1/os-services",
    "compute/v2.1/os-services/{}",
    "compute/v2.1/limits",
    "network/v2.0",
    "network/v2.0/networks",
    "network/v2.0/networks/{}",
    "network/v2.0/networks/{}/tags/{}",
    "network/v2.0/subnets",
    "network/v2.0/subnets/{}",
    "network/v2.0/ports",
    "network/v2.0/ports/{}",
    "network/v2.0/routers",
    "network/v2.0/routers/{}",
    "network/v2.0/routers/{}/add_router_interface",
    "network/v2.0/routers/{}/remove_router_interface",
    "network/v2.0/floatingips",
    "network/v2.0/floatingips/{}",
    "network/v2.0/security-groups",
    "network/v2.0/security-groups/{}",
    "network/v2.0/security-group-rules",
    "network/v2.0/security-group-rules/{}",
    "network/v2.0/quotas/{}",
    "network/v2.0/agents",
    "network/v2.0/agents/{}",
    "network/v2.0/subnetpools",
    "network/v2.0/address-scopes",
    "image/v2/images",
    "image/v2/images/{}",
    "image/v2/images/{}/file",
    "image/v2/images/{}/members",
    "image/v2/images/{}/members/{}",
    "image/v2/images/{}/tags/{}",
    "image/v2/images/{}/actions/{}",
    "image/v2/schemas/{}",
    "nowhere/{}",
];

/// Names that bodies and queries are made of.
const NAMES: &[&str] = &[
    "auth",
    "identity",
    "methods",
    "password",
    "scope",
    "user",
    "project",
    "domain",
    "role",
    "group",
    "server",
    "flavor",
    "network",
    "subnet",
    "port",
    "router",
    "floatingip",
    "security_group",
    "security_group_rule",
    "quota",
    "name",
    "id",
    "cidr",
    "ip_version",
    "network_id",
    "fixed_ips",
    "ip_address",
    "imageRef",
    "flavorRef",
    "networks",
    "uuid",
    "limit",
    "marker",
    "sort_key",
    "sort_dir",
    "tags",
    "fields",
    "ram",
    "vcpus",
    "disk",
    "reboot",
    "type",
    "resize",
    "metadata",
    "external_gateway_info",
    "direction",
    "port_range_min",
    "allocation_pools",
    "start",
    "end",
    "visibility",
    "member",
];

/// A sandbox as two users see it.
struct User {
    root: String,
    client: Client,
    admin: String,
    demo: String,
}

impl User {
    async fn of(sandbox: &Sandbox) -> Self {
        let client = Client::new();
        let url = sandbox.auth_url();
        let root = url.trim_end_matches("identity/v3").to_owned();
        let mut tokens = Vec::new();
        for user in ["admin", "demo"] {
            let domain = json!({"id": "default"});
            let proof = json!({"user": {"name": user, "password": sandbox.admin().password, "domain": domain}});
            let login = json!({"auth": {
                "identity": {"methods": ["password"], "password": proof},
                "scope": {"project": {"name": user, "domain": domain}},
            }});
            let answer = client.post(format!("{url}/auth/tokens")).body(login.to_string()).send().await.unwrap();
            tokens.push(answer.headers()["x-subject-token"].to_str().unwrap().to_owned());
        }
        let (demo, admin) = (tokens.pop().unwrap(), tokens.pop().unwrap());
        Self { root, client, admin, demo }
    }

    /// The status and the text of the answer, which must not be a 5xx.
    async fn ask(&self, method: Method, path: &str, token: &str, kind: &str, body: Vec<u8>) -> (u16, String) {
        let request = self.client.request(method.clone(), format!("{}{path}", self.root));
        let request = request.header("X-Auth-Token", token).header("Content-Type", kind).body(body);
        let short: String = path.chars().take(200).collect();
        let answer = request.send().await.unwrap_or_else(|error| panic!("{method} {short}: {error:?}"));
        let status = answer.status().as_u16();
        let text = String::from_utf8_lossy(&answer.bytes().await.unwrap()).into_owned();
        assert!(status < 500, "{method} {short}: {status} {text}");
        (status, text)
    }

    async fn still_answers(&self) {
        for path in SERVICES {
            assert_eq!(self.ask(Method::GET, path, &self.admin, "application/json", Vec::new()).await.0, 200, "{path}");
        }
    }
}

async fn sandbox() -> Sandbox {
    Sandbox::start(Options { seed: Some(11), ..Options::default() }).await.unwrap()
}

#[tokio::test]
async fn bodies_that_are_none_are_refused() {
    let sandbox = sandbox().await;
    let client = User::of(&sandbox).await;
    let deep = format!("{}{}", "[".repeat(20_000), "]".repeat(20_000));
    let deeper = format!("{}1{}", "{\"a\":".repeat(10_000), "}".repeat(50_000));
    let bodies: [&[u8]; 10] = [
        b"",
        b"{",
        b"[]",
        b"null",
        b"5",
        b"\"a\"",
        b"\xff\xfe\x00",
        b"{\"name\": \"\xff\"}",
        deep.as_bytes(),
        deeper.as_bytes(),
    ];
    for path in SERVICES {
        for body in bodies {
            let (status, text) = client.ask(Method::POST, path, &client.admin, "application/json", body.to_vec()).await;
            assert_eq!(status, 400, "{path}: {:?}: {text}", String::from_utf8_lossy(&body[..body.len().min(20)]));
        }
    }
    client.still_answers().await;
}

#[tokio::test]
async fn what_is_too_long_is_refused() {
    let sandbox = sandbox().await;
    let client = User::of(&sandbox).await;
    for path in SERVICES {
        let long = vec![b' '; 10 << 20];
        let (status, text) = client.ask(Method::POST, path, &client.admin, "application/json", long).await;
        assert_eq!(status, 413, "{path}: {text}");
        // In the service's own shape.
        let shape = match path.split('/').next() {
            Some("identity") => r#"{"error":{"code":413,"message":"Request is too large.","#,
            Some("network") => r#""message":"Request is too large.","type":"HTTPRequestEntityTooLarge"}}"#,
            _ => "<h1>413 Request Entity Too Large</h1>\n  Request is too large.<br />",
        };
        assert!(text.contains(shape), "{path}: {text}");
        let query = format!("{path}?name={}", "a".repeat(30_000));
        client.ask(Method::GET, &query, &client.admin, "application/json", Vec::new()).await;
        let query = format!("{path}?name=%ff%fe&%00=%zz&&&=&limit=99999999999999999999");
        client.ask(Method::GET, &query, &client.admin, "application/json", Vec::new()).await;
        let (status, _) = client.ask(Method::GET, &format!("{path}/%ff%00"), &client.admin, "", Vec::new()).await;
        assert!(status == 404 || status == 400, "{path}: {status}");
    }
    client.still_answers().await;
}

#[tokio::test]
async fn an_upload_that_is_too_large_is_refused_before_it_is_sent() {
    let sandbox = sandbox().await;
    let client = User::of(&sandbox).await;
    let image = br#"{"name": "large", "disk_format": "raw", "container_format": "bare"}"#.to_vec();
    let (status, text) = client.ask(Method::POST, "image/v2/images", &client.admin, "application/json", image).await;
    assert_eq!(status, 201, "{text}");
    let image: Value = serde_json::from_str(&text).unwrap();
    let address = client.root.trim_start_matches("http://").trim_end_matches('/');
    let head = format!(
        "PUT /image/v2/images/{}/file HTTP/1.1\r\nHost: {address}\r\nX-Auth-Token: {}\r\nContent-Type: \
         application/octet-stream\r\nContent-Length: 9000000000\r\n\r\n",
        image["id"].as_str().unwrap(),
        client.admin
    );
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(String::from_utf8_lossy(&answer), "HTTP/1.1 413");
}

/// Uploads as whoever does not know in advance how much it will be, until there is an answer; gives its first line.
async fn upload_without_a_length(client: &User, path: &str, size: usize) -> String {
    let address = client.root.trim_start_matches("http://").trim_end_matches('/');
    let head = format!(
        "PUT /{path} HTTP/1.1\r\nHost: {address}\r\nX-Auth-Token: {}\r\nConnection: close\r\nContent-Type: \
         application/octet-stream\r\nTransfer-Encoding: chunked\r\n\r\n",
        client.admin
    );
    let chunk = [b"3e8\r\n", &[b'x'; 1000][..], b"\r\n"].concat();
    let (mut answers, mut requests) = tokio::net::TcpStream::connect(address).await.unwrap().into_split();
    let send = async {
        requests.write_all(head.as_bytes()).await?;
        for _ in 0..size / 1000 {
            requests.write_all(&chunk).await?;
        }
        requests.write_all(b"0\r\n\r\n").await
    };
    let mut answer = Vec::new();
    // Whoever is refused may find the connection closed while it still sends.
    let _ = tokio::join!(send, answers.read_to_end(&mut answer));
    String::from_utf8_lossy(&answer).lines().next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn an_upload_without_a_length_ends_where_it_is_too_large() {
    let options = Options { seed: Some(11), largest_image: 100_000, ..Options::default() };
    let sandbox = Sandbox::start(options).await.unwrap();
    let client = User::of(&sandbox).await;
    let image = br#"{"name": "large", "disk_format": "raw", "container_format": "bare"}"#.to_vec();
    let (_, text) = client.ask(Method::POST, "image/v2/images", &client.admin, "application/json", image).await;
    let image: Value = serde_json::from_str(&text).unwrap();
    let path = format!("image/v2/images/{}", image["id"].as_str().unwrap());
    let file = format!("{path}/file");
    let shown = async || {
        let (_, text) = client.ask(Method::GET, &path, &client.admin, "", Vec::new()).await;
        serde_json::from_str::<Value>(&text).unwrap()
    };
    for size in [101_000, 20_000_000] {
        let answer = upload_without_a_length(&client, &file, size).await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 413"), "{size}: {answer}");
        let image = shown().await;
        assert_eq!((&image["status"], &image["size"]), (&json!("queued"), &Value::Null), "{size}: {image}");
        assert_eq!(client.ask(Method::GET, &file, &client.admin, "", Vec::new()).await.1, "", "{size}");
    }
    assert_eq!(upload_without_a_length(&client, &file, 100_000).await, "HTTP/1.1 204 No Content");
    let image = shown().await;
    assert_eq!((&image["status"], &image["size"]), (&json!("active"), &json!(100_000)), "{image}");
}

#[tokio::test]
async fn pages_of_a_browser_may_not_ask() {
    let sandbox = sandbox().await;
    let client = User::of(&sandbox).await;
    let faults = format!("{}sandbox/faults", client.root);
    let from = |name: &'static str, value: &'static str| client.client.post(&faults).header(name, value).body("{}");
    for (name, value) in [("Host", "evil.example"), ("Origin", "http://evil.example"), ("Origin", "null")] {
        let answer = from(name, value).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 403, "{name}: {value}");
        let answer = client.client.get(&client.root).header(name, value).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 403, "{name}: {value}");
    }
    client.still_answers().await;
}

fn value(random: &mut StdRng, ids: &[String], depth: u8) -> Value {
    match random.random_range(0..if depth == 0 { 7 } else { 10 }) {
        0 => Value::Null,
        1 => json!(random.random_bool(0.5)),
        2 => json!(random.random_range(-3i64..300)),
        3 => json!([i64::MIN, i64::MAX].choose(random)),
        4 => json!(
            ["", "x", "10.0.0.0/24", "fd00::/64", "10.0.0.5", "\u{0}\u{1f980}", "tcp", "ingress", "public"]
                .choose(random)
        ),
        5 => json!(ids.choose(random)),
        6 => json!(1.5e300),
        7 => (0..random.random_range(0..3)).map(|_| value(random, ids, depth - 1)).collect(),
        _ => {
            let count = random.random_range(0..4);
            let pairs =
                (0..count).map(|_| ((*NAMES.choose(random).unwrap()).to_owned(), value(random, ids, depth - 1)));
            Value::Object(pairs.collect())
        }
    }
}

/// Ids of what is there, without what the test itself needs to log in.
async fn ids(client: &User) -> Vec<String> {
    let mut ids = vec!["nothing".to_owned(), "11111111-1111-4111-8111-111111111111".to_owned(), "%ff".to_owned()];
    for (path, key) in [
        ("network/v2.0/networks", "networks"),
        ("network/v2.0/subnets", "subnets"),
        ("network/v2.0/agents", "agents"),
        ("image/v2/images", "images"),
        ("compute/v2.1/flavors", "flavors"),
    ] {
        let text = client.ask(Method::GET, path, &client.admin, "", Vec::new()).await.1;
        let found: Value = serde_json::from_str(&text).unwrap();
        ids.extend(found[key].as_array().unwrap().iter().filter_map(|item| item["id"].as_str().map(str::to_owned)));
    }
    ids
}

#[tokio::test]
async fn nothing_that_is_sent_breaks_it() {
    let sandbox = sandbox().await;
    let client = User::of(&sandbox).await;
    let mut random = StdRng::seed_from_u64(23);
    let ids = ids(&client).await;
    let methods = [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::HEAD];
    let kinds = ["application/json", "application/octet-stream", "application/openstack-images-v2.1-json-patch", ""];
    for _ in 0..2000 {
        let mut path = (*ROUTES.choose(&mut random).unwrap()).to_owned();
        while path.contains("{}") {
            path = path.replacen("{}", ids.choose(&mut random).unwrap(), 1);
        }
        for _ in 0..random.random_range(0..3) {
            let joint = if path.contains('?') { '&' } else { '?' };
            let name = NAMES.choose(&mut random).unwrap();
            path = format!(
                "{path}{joint}{name}={}",
                ["", "1", "-1", "true", "%ff", "asc", "x"].choose(&mut random).unwrap()
            );
        }
        let key = path.split(['/', '?']).nth(2).unwrap_or_default().trim_end_matches('s').replace('-', "_");
        let inner = value(&mut random, &ids, 4);
        let body = if random.random_bool(0.7) { json!({key: inner}) } else { inner };
        let token = if random.random_bool(0.6) { &client.admin } else { &client.demo };
        let method = methods.choose(&mut random).unwrap().clone();
        client.ask(method, &path, token, kinds.choose(&mut random).unwrap(), body.to_string().into_bytes()).await;
    }
    client.still_answers().await;
}
