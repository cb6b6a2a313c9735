// SPDX-License-Identifier: Apache-2.0
//! How large a sandbox may get, and how much may be asked of it at a time: `cargo bench -p functest-sandbox --bench scale`.
//!
//! It makes 100,000 resources over the API, then has 1,000 requests in flight, and prints how long that took and how much
//! memory the process has. What may be compared on one machine in one run: the same requests on the sandbox while it is
//! empty.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "a benchmark speaks, or ends")]

use std::time::{Duration, Instant};

use functest_sandbox::{Options, Sandbox};
use futures::StreamExt;
use reqwest::{Client, Method};
use serde_json::{Value, json};

const RESOURCES: usize = 100_000;
const IN_FLIGHT: usize = 1_000;
const REQUESTS: usize = 10_000;
/// In one request: a body has at most 112 KiB.
const BULK: usize = 1_000;

struct Cloud {
    client: Client,
    root: String,
    token: String,
    project: String,
}

impl Cloud {
    async fn log_in(sandbox: &Sandbox) -> Self {
        let login = sandbox.admin();
        let domain = json!({"name": login.domain});
        let auth = json!({"auth": {
            "identity": {"methods": ["password"], "password": {"user": {
                "name": login.user, "password": login.password, "domain": domain}}},
            "scope": {"project": {"name": login.project, "domain": domain}},
        }});
        let client = Client::new();
        let url = format!("{}/auth/tokens", sandbox.auth_url());
        let answer = client.post(url).json(&auth).send().await.unwrap();
        let token = answer.headers()["x-subject-token"].to_str().unwrap().to_owned();
        let body: Value = answer.json().await.unwrap();
        let project = body["token"]["project"]["id"].as_str().unwrap().to_owned();
        let root = sandbox.auth_url().trim_end_matches("/identity/v3").to_owned();
        Self { client, root, token, project }
    }

    async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Value {
        let request = self.client.request(method, format!("{}{path}", self.root)).header("X-Auth-Token", &self.token);
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        let answer = request.send().await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    /// How long requests take with that many in flight: of all, the middle one, and the slowest but one in a hundred.
    async fn load(&self, path: &str) -> (Duration, Duration, Duration) {
        let started = Instant::now();
        let one = |_| async {
            let started = Instant::now();
            self.ask(Method::GET, path, None).await;
            started.elapsed()
        };
        let mut times: Vec<Duration> =
            futures::stream::iter(0..REQUESTS).map(one).buffer_unordered(IN_FLIGHT).collect().await;
        let all = started.elapsed();
        times.sort();
        (all, times[REQUESTS / 2], times[REQUESTS * 99 / 100])
    }
}

/// Resident memory in MiB.
fn memory() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1024.0
}

async fn say_load(cloud: &Cloud, path: &str, state: &str) -> Duration {
    let (all, middle, slow) = cloud.load(path).await;
    let rate = REQUESTS as f64 / all.as_secs_f64();
    println!(
        "{state}: {REQUESTS} x GET {path}, {IN_FLIGHT} in flight: {rate:.0} requests/s, p50 {middle:?}, p99 {slow:?}"
    );
    all
}

#[tokio::main]
async fn main() {
    let sandbox = Sandbox::start(Options { seed: Some(1), ..Options::default() }).await.unwrap();
    let cloud = Cloud::log_in(&sandbox).await;
    let path = "/network/v2.0/networks?name=public";
    let path_of_one = {
        let found = cloud.ask(Method::GET, path, None).await;
        format!("/network/v2.0/networks/{}", found["networks"][0]["id"].as_str().unwrap())
    };
    let empty = say_load(&cloud, &path_of_one, "empty").await;
    let before = memory();
    let quota = json!({"quota": {"network": -1, "port": -1}});
    cloud.ask(Method::PUT, &format!("/network/v2.0/quotas/{}", cloud.project), Some(quota)).await;
    let started = Instant::now();
    let mut last = String::new();
    for _ in 0..RESOURCES / 2 / BULK {
        let networks = vec![json!({"name": "n"}); BULK];
        let made = cloud.ask(Method::POST, "/network/v2.0/networks", Some(json!({"networks": networks}))).await;
        last = made["networks"][0]["id"].as_str().unwrap().to_owned();
    }
    for _ in 0..RESOURCES / 2 / BULK {
        let ports = vec![json!({"network_id": last}); BULK];
        cloud.ask(Method::POST, "/network/v2.0/ports", Some(json!({"ports": ports}))).await;
    }
    let after = memory();
    println!(
        "{RESOURCES} resources made in {:?}; memory {before:.0} MiB before, {after:.0} MiB after",
        started.elapsed()
    );
    println!("{:.1} KiB for each", (after - before) * 1024.0 / RESOURCES as f64);
    let full = say_load(&cloud, &path_of_one, "full").await;
    println!("ratio full/empty: {:.2}", full.as_secs_f64() / empty.as_secs_f64());
    let started = Instant::now();
    cloud.ask(Method::GET, "/network/v2.0/networks?limit=100", None).await;
    println!("a page of 100 of {} networks: {:?}", RESOURCES / 2, started.elapsed());
}
