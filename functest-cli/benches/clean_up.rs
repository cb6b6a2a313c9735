// SPDX-License-Identifier: Apache-2.0
//! How long a clean-up takes, and how much memory its run, on clouds that are healthy, ill, and large:
//! `cargo bench -p functest-cli --bench clean_up`.
//!
//! Each time the cloud is broken, or filled with other people's security groups, once a health check has made a server that does
//! not come up; then the run is stopped, as by Ctrl-C, and cleans up with the deadlines that everybody has. Compared is all of it
//! with the first: the same on a healthy and empty cloud.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a benchmark speaks, or ends"
)]

#[path = "../../tests/e2e/bench.rs"]
mod bench;
#[path = "../../tests/e2e/command.rs"]
mod command;

use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use functest::core::event::Emitter;
use functest::core::service::Service;
use functest::openstack::connect::ConnectionOptions;
use functest::openstack::rest::{Call, Policy, Rest};
use functest::openstack::{CloudConfig, Connection};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use bench::{Bench, ask_about_faults};

const GROUPS: usize = 100_000;
/// In one request.
const BULK: usize = 500;

/// A clean-up that has ended.
struct Measured {
    took: Duration,
    /// At most, in MiB.
    memory: f64,
    /// What is left of what the run made: counts by kind.
    left: Vec<(&'static str, usize)>,
}

fn main() {
    let healthy = measure(&Bench::new(STUCK), |_| {});
    say("a healthy cloud", &healthy, &healthy);
    for (name, fault) in [
        ("the network service is dead", r#"{"fault": "service_down", "service": "network"}"#),
        ("the compute service is dead", r#"{"fault": "service_down", "service": "compute"}"#),
        (
            "listing servers is forbidden",
            r#"{"fault": "status", "status": 403, "method": "GET", "path": "/compute/v2.1/servers/detail"}"#,
        ),
        (
            "deleting networks is forbidden",
            r#"{"fault": "status", "status": 403, "method": "DELETE", "path": "/network/v2.0/networks/*"}"#,
        ),
    ] {
        say(name, &measure(&Bench::new(STUCK), |bench| break_it(bench, fault)), &healthy);
    }
    let large = Bench::new(STUCK);
    fill(&large);
    say(&format!("{GROUPS} security groups of others"), &measure(&large, |_| {}), &healthy);
}

/// Its server never comes up, so that there is time to break the cloud.
const STUCK: &[&str] = &["server_stuck_in_build"];

fn say(name: &str, measured: &Measured, healthy: &Measured) {
    let seconds = measured.took.as_secs_f64();
    println!(
        "{name}: {seconds:.2} s ({:.1} times), {:.0} MiB ({:.1} times), left {:?}",
        seconds / healthy.took.as_secs_f64(),
        measured.memory,
        measured.memory / healthy.memory,
        measured.left
    );
}

fn measure(bench: &Bench, then: impl FnOnce(&Bench)) -> Measured {
    let before = bench.sandbox.inventory();
    let mut run = bench.functest(&["run", "healthcheck", "--cloud", "sandbox-admin", "-q"]);
    let mut child = run.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    while bench.sandbox.inventory()["servers"] == before["servers"] {
        assert!(child.try_wait().unwrap().is_none(), "the run ended before it made a server");
        std::thread::sleep(Duration::from_millis(5));
    }
    then(bench);
    let started = Instant::now();
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    let memory = most_memory(child);
    let took = started.elapsed();
    let more = |(kind, now): (&'static str, usize)| (now > before[kind]).then(|| (kind, now - before[kind]));
    Measured { took, memory, left: bench.sandbox.inventory().into_iter().filter_map(more).collect() }
}

/// Waits for a process; how much memory it had at most, in MiB.
fn most_memory(mut child: Child) -> f64 {
    let status = format!("/proc/{}/status", child.id());
    let mut most = 0.0;
    while child.try_wait().unwrap().is_none() {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok());
        most = kib.map_or(most, |kib| kib / 1024.0);
        std::thread::sleep(Duration::from_millis(2));
    }
    most
}

fn break_it(bench: &Bench, fault: &str) {
    let url = bench.sandbox.auth_url();
    let address = url.trim_start_matches("http://").split('/').next().unwrap();
    let answer = ask_about_faults(address, "POST", &format!(r#"{{"faults": [{fault}]}}"#));
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

/// Makes the groups of a project that is somebody else's.
fn fill(bench: &Bench) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let clouds = bench.folder.path().join("clouds.yaml").into_os_string();
        let config = CloudConfig::find(Some("sandbox-admin"), &|name: &str| {
            (name == "OS_CLIENT_CONFIG_FILE").then(|| clouds.clone())
        });
        let options = ConnectionOptions { policy: Policy::default(), events: Emitter::discarding() };
        let rest = Connection::open(&config.unwrap().unwrap(), options).await.unwrap().rest;
        let project = rest.token().await.unwrap().project.as_ref().unwrap().id.clone();
        without_quota(&rest, &project).await;
        for bulk in 0..GROUPS / BULK {
            let groups: Vec<Value> = (0..BULK).map(|i| json!({"name": format!("group-{bulk}-{i}")})).collect();
            let call = Call::post(Service::Network, "/security-groups", &[], json!({"security_groups": groups}));
            rest.send(call).await.unwrap();
        }
    });
}

async fn without_quota(rest: &Rest, project: &str) {
    let body = json!({"quota": {"security_group": -1, "security_group_rule": -1}});
    rest.send(Call::put(Service::Network, "/quotas/{id}", &[project], body)).await.unwrap();
}
