// SPDX-License-Identifier: Apache-2.0
//! `functest nodes`, `functest sut`, and what a run takes from an installer: on the lab's hosts, and on the devcloud.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::command::{Ended, functest};
use crate::devcloud::Devcloud;

const LAB: &str = "/run/functest-lab";
const LAB_IN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../lab/in");

/// A folder, with a file in it that says how the lab's system with these lines is reached.
struct Sut {
    folder: tempfile::TempDir,
}

impl Sut {
    /// `None`, and said so, where the lab is down.
    fn new(lines: &str) -> Option<Self> {
        if !Path::new(LAB).join("hosts.json").exists() {
            let _ = writeln!(std::io::stderr(), "skipped: the lab is down (lab/up)");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let text = format!(
            "key_file: {LAB}/id_ed25519\nknown_hosts: {LAB}/known_hosts\njump: [{{address: 10.213.0.2, user: jumper}}]\n{lines}\n"
        );
        std::fs::write(folder.path().join("sut.yaml"), text).unwrap();
        Some(Self { folder })
    }

    fn apex() -> Option<Self> {
        Self::new("installer: apex\naddress: 10.213.21.2")
    }

    /// Fifty nodes, and one that is down.
    fn farm() -> Option<Self> {
        let mut pod = "nodes:\n".to_owned();
        for number in 1..=50 {
            writeln!(pod, "- {{name: farm-{number:02}, role: Compute, ip: 10.213.30.{number}, user: lab}}").unwrap();
        }
        pod.push_str("- {name: down, role: Compute, ip: 10.213.30.102, user: lab}\n");
        let sut = Self::new("")?;
        std::fs::write(sut.path("pod.yaml"), pod).unwrap();
        let text = std::fs::read_to_string(sut.path("sut.yaml")).unwrap();
        std::fs::write(sut.path("sut.yaml"), format!("{text}inventory: {}\n", sut.path("pod.yaml").display())).unwrap();
        Some(sut)
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = functest(&self.path("state"));
        command.args(arguments).env("FUNCTEST_SUT", self.path("sut.yaml")).env("HOME", self.folder.path());
        command.current_dir(self.folder.path()).env_remove("SSH_AUTH_SOCK");
        command
    }

    fn run(&self, arguments: &[&str]) -> Ended {
        Ended::run(&mut self.command(arguments))
    }

    fn json(&self, code: i32, arguments: &[&str]) -> Value {
        let (verb, rest) = arguments.split_at(2);
        let ended = self.run(&[verb, &["--json"], rest].concat());
        assert_eq!(ended.code, Some(code), "{ended:?}");
        serde_json::from_str(&ended.out).unwrap()
    }
}

/// Runs a command inside a host of the lab, past its SSH server.
fn inside(host: &str, line: &str) -> String {
    let output = Command::new(LAB_IN).args([host, "sh", "-c", line]).output().unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn a_deployment_is_listed_shown_and_told_of() {
    let Some(sut) = Sut::apex() else { return };
    let list = sut.json(0, &["nodes", "list", "--role", "compute"]);
    assert_eq!((list["version"].as_u64(), list["installer"].as_str()), (Some(1), Some("apex")));
    assert_eq!(list["nodes"][0]["name"], "overcloud-novacompute-0");
    assert_eq!(list["nodes"][0]["access"]["jump"]["user"], "stack");
    let shown = sut.run(&["nodes", "show", "overcloud-controller-0"]);
    assert!(shown.out.contains("Way: jumper@10.213.0.2 -> stack@10.213.21.2 -> heat-admin@10.213.21.11"), "{shown:?}");
    let info = sut.json(0, &["sut", "info"]);
    assert_eq!(info["openstack_version"], "Queens (17.0.5)");
    assert_eq!(info["scenario"], "os-odl-nofeature-noha");
    assert_eq!(info["installer_node"]["architecture"], "x86_64");
    let detected = sut.json(0, &["nodes", "detect"]);
    let found = detected["candidates"].as_array().unwrap().iter().filter(|candidate| candidate["found"] == true);
    assert_eq!(found.map(|candidate| candidate["installer"].as_str().unwrap()).collect::<Vec<_>>(), ["apex"]);
}

#[test]
fn secrets_are_in_files_that_were_asked_for_and_nowhere_else() {
    let Some(sut) = Sut::new("installer: fuel\naddress: 10.213.23.2\npassword: r00tme") else { return };
    let ended = sut.run(&["sut", "credentials", "--output", "openrc", "-vvv"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let text = std::fs::read_to_string(sut.path("openrc")).unwrap();
    assert!(
        text.contains("export OS_AUTH_URL=http://10.213.23.10:5000/v3\n") && text.contains("OS_PASSWORD"),
        "{text}"
    );
    let pod = sut.run(&["nodes", "list", "--pod-yaml", "pod.yaml", "--with-secrets", "-vvv"]);
    assert_eq!(pod.code, Some(0), "{pod:?}");
    let text = std::fs::read_to_string(sut.path("pod.yaml")).unwrap();
    assert!(text.contains("role: Controller") && text.contains("PRIVATE KEY"), "{text}");
    for file in ["openrc", "pod.yaml"] {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(sut.path(file).metadata().unwrap().permissions().mode() & 0o777, 0o600, "{file}");
    }
    let listed = sut.run(&["nodes", "list", "--json", "-vvv"]);
    for output in [&ended, &pod, &listed] {
        for secret in ["r00tme", "PRIVATE KEY"] {
            assert!(!output.out.contains(secret) && !output.err.contains(secret), "{secret}: {output:?}");
        }
    }
}

#[test]
fn a_command_runs_on_fifty_nodes_and_the_one_that_is_down_is_named() {
    let Some(sut) = Sut::farm() else { return };
    let report = sut.json(1, &["nodes", "exec", "--sudo", "--", "id -un; echo err >&2"]);
    let nodes = report["nodes"].as_array().unwrap();
    assert_eq!(nodes.len(), 51);
    for node in &nodes[..50] {
        assert_eq!((node["status"].as_u64(), node["stdout"].as_str()), (Some(0), Some("root\n")), "{node}");
        // What is written to standard error is no failure.
        assert_eq!(node["stderr"], "err\n");
    }
    assert!(nodes[50]["error"].as_str().unwrap().contains("connecting took longer than"), "{}", nodes[50]);
    let ended = sut.run(&["nodes", "exec", "farm-01", "farm-02", "--", "exit 3"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.err.contains("farm-01: ended with 3"), "{ended:?}");
}

#[test]
fn a_gigabyte_arrives_whole() {
    let Some(sut) = Sut::farm() else { return };
    // Not all the same, or a piece in the wrong place would not be seen.
    let line = "seq 1 130000000 | head -c 1000000000 > big";
    assert!(Command::new("sh").args(["-c", line]).current_dir(sut.folder.path()).status().unwrap().success());
    let report = sut.json(0, &["nodes", "put", "big", "/tmp/", "--node", "farm-10"]);
    assert_eq!(report["nodes"][0]["bytes"], 1_000_000_000);
    sut.json(0, &["nodes", "get", "/tmp/big", "back", "--node", "farm-10"]);
    inside("farm-10", "rm /tmp/big");
    let same = Command::new("cmp").args(["big", "back"]).current_dir(sut.folder.path()).status().unwrap();
    assert!(same.success());
}

#[test]
fn trees_go_there_and_back_also_as_root_and_without_sftp() {
    let Some(sut) = Sut::farm() else { return };
    std::fs::create_dir_all(sut.path("tree/sub")).unwrap();
    std::fs::write(sut.path("tree/sub/file"), "text").unwrap();
    // farm-45 has no SFTP.
    for sudo in [&[][..], &["--sudo"]] {
        let both = ["--node", "farm-44", "--node", "farm-45"];
        let report = sut.json(0, &[&["nodes", "put", "tree", "/tmp/functest-tree"][..], &both, sudo].concat());
        assert_eq!(report["nodes"][1]["files"], 1, "{report}");
        sut.json(0, &[&["nodes", "get", "/tmp/functest-tree", "back"][..], &both, sudo].concat());
        for node in ["farm-44", "farm-45"] {
            let copy = sut.path(&format!("back/{node}/functest-tree/sub/file"));
            assert_eq!(std::fs::read_to_string(copy).unwrap(), "text", "{node}");
            inside(node, "rm -r /tmp/functest-tree");
        }
        std::fs::remove_dir_all(sut.path("back")).unwrap();
    }
}

#[test]
fn a_node_that_is_cut_off_ends_what_runs_on_it_and_is_left_clean() {
    let Some(sut) = Sut::farm() else { return };
    std::fs::File::create(sut.path("big")).unwrap().set_len(3_000_000_000).unwrap();
    let mut put = sut.command(&["nodes", "put", "big", "/var/tmp/", "--node", "farm-20"]).spawn().unwrap();
    let parts = "ls -A /var/tmp | grep -c functest-big";
    until("the transfer begins", || inside("farm-20", parts).trim() == "1");
    // Its connections end at once; the part that was written goes away.
    inside("farm-20", "pkill -KILL -f '^sshd: lab'");
    assert_eq!(put.wait().unwrap().code(), Some(1));
    until("the part goes away", || inside("farm-20", parts).trim() == "0");
    // Killed here, in the middle.
    let mut put = sut.command(&["nodes", "put", "big", "/var/tmp/", "--node", "farm-20"]).spawn().unwrap();
    until("the transfer begins", || inside("farm-20", parts).trim() == "1");
    put.kill().unwrap();
    put.wait().unwrap();
    until("the part goes away", || inside("farm-20", parts).trim() == "0");
    // Its network is gone without a word while a command runs: keep-alive notices.
    let mut exec = sut.command(&["nodes", "exec", "farm-21", "--deadline", "600", "--", "sleep 500"]).spawn().unwrap();
    until("the command runs", || !inside("farm-21", "pgrep -x sleep").is_empty());
    inside("farm-21", "ip link set eth0 down");
    let ended = exec.wait().unwrap();
    inside("farm-21", "ip link set eth0 up; pkill -x sleep");
    assert_eq!(ended.code(), Some(1));
    // Ctrl-C here ends it there.
    let mut exec = sut.command(&["nodes", "exec", "farm-22", "--", "sleep 500 & sleep 503"]).spawn().unwrap();
    until("the command runs", || !inside("farm-22", "pgrep -x sleep").is_empty());
    let pid = rustix::process::Pid::from_child(&exec);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    assert_eq!(exec.wait().unwrap().code(), Some(130));
    until("it is ended", || inside("farm-22", "pgrep -x sleep").is_empty());
    // A deadline there kills there.
    let ended = sut.run(&["nodes", "exec", "farm-22", "--deadline", "2", "--", "sleep 501 & sleep 502"]);
    assert!(ended.code == Some(1) && ended.err.contains("took longer than 2 s"), "{ended:?}");
    until("it is killed", || inside("farm-22", "pgrep -x sleep").is_empty());
}

fn until(what: &str, condition: impl Fn() -> bool) {
    let begun = Instant::now();
    while !condition() {
        assert!(begun.elapsed() < Duration::from_secs(120), "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn wrong_input_is_refused_before_anything_is_done() {
    let Some(sut) = Sut::apex() else { return };
    for (arguments, words) in [
        (&["nodes", "list", "--installer", "apax"][..], "there is no installer `apax`; did you mean `apex`?"),
        (&["nodes", "list", "--jump", "nobody"], "--jump: `nobody` is not a `user@host`"),
        (&["nodes", "list", "--sut", "no-such-file"], "no-such-file: No such file"),
        (
            &["nodes", "list", "--role", "storrage"],
            "no node has the role storrage; there are: compute, controller, storage",
        ),
        (&["nodes", "put", "no-such-file", "/tmp/"], "cannot read no-such-file"),
        (&["nodes", "service", "stop", "opendaylight"], "--allow-disruption"),
        (&["run", "healthcheck", "--fetch-credentials", "--cloud", "x"], "cannot be used with"),
    ] {
        let ended = sut.run(arguments);
        assert_eq!(ended.code, Some(2), "{arguments:?}: {ended:?}");
        assert!(ended.err.contains(words), "{arguments:?}: {}", ended.err);
    }
}

#[test]
fn a_run_asks_the_installer_and_collects_the_logs_of_the_nodes_when_a_case_fails() {
    let Some(sut) = Sut::apex() else { return };
    let broken = [
        "run",
        "api_check",
        "--cloud",
        "sandbox",
        "--fault",
        "status status=403 method=POST path=/image/**",
        "--collect-logs",
    ];
    let ended = sut.run(&[&broken[..], &["--run-dir", "run", "--scope", "create_image_minimal_file"]].concat());
    assert_eq!(ended.code, Some(1), "{ended:?}");
    let record: Value = serde_json::from_str(&std::fs::read_to_string(sut.path("run/run.json")).unwrap()).unwrap();
    let facts = record["head"]["facts"].as_array().unwrap();
    let fact = |variable: &str| facts.iter().find(|fact| fact["variable"] == variable).unwrap();
    assert_eq!(
        (fact("INSTALLER_TYPE")["value"].as_str(), fact("INSTALLER_TYPE")["source"].as_str()),
        (Some("apex"), Some("installer"))
    );
    assert_eq!(fact("DEPLOY_SCENARIO")["value"], "os-odl-nofeature-noha");
    let log = std::fs::read_to_string(sut.path("run/nodes/overcloud-controller-0.log")).unwrap();
    assert!(log.contains("==> /var/log/nova/nova-api.log <=="), "{log}");
    assert!(ended.err.contains("overcloud-novacompute-1: "), "{ended:?}");
    // A run that passes collects nothing.
    let ended = sut.run(&["run", "connection_check", "--cloud", "sandbox", "--collect-logs", "--run-dir", "well"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(!sut.path("well/nodes").exists());
}

#[test]
fn the_devcloud_is_an_installer_too() {
    let Some(devcloud) = Devcloud::share() else { return };
    let run = |arguments: &[&str]| Ended::run(devcloud.functest(arguments).env_remove("OS_CLIENT_CONFIG_FILE"));
    let ended = run(&["nodes", "list", "--hardware", "--json"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let list: Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!(list["installer"], "devcloud");
    assert_eq!(
        (list["nodes"][0]["status"].as_str(), list["nodes"][0]["info"]["connection"].as_str()),
        (Some("active"), Some("local"))
    );
    let ended = run(&["sut", "info"]);
    assert!(ended.out.contains("OpenStack: Zed (26."), "{ended:?}");
    let ended = run(&["nodes", "exec", "--", "echo here"]);
    assert!(ended.code == Some(0) && ended.out.contains(": here"), "{ended:?}");
    // Its credentials are good for a run.
    let ended = run(&["run", "connection_check", "--fetch-credentials"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let ended = run(&["run", "connection_check", "--fetch-credentials", "--installer", "static"]);
    assert_eq!(ended.code, Some(2), "{ended:?}");
    assert!(ended.err.contains("/etc/yardstick/pod.yaml: No such file"), "{ended:?}");
}

#[test]
fn every_node_is_checked_and_each_that_is_not_sound_is_named() {
    let Some(sut) = Sut::apex() else { return };
    let state = sut.path("state");
    let run = |more: &[&str]| {
        let mut command = crate::command::functest(&state);
        command.args(["run", "nodes_check", "--json", "--sut"]).arg(sut.path("sut.yaml")).args(more);
        let ended = Ended::run(&mut command);
        let record: Value = serde_json::from_str(&ended.out).unwrap();
        let checks = record["cases"].as_array().unwrap().last().unwrap()["checks"].as_array().unwrap().clone();
        (ended.code, checks)
    };
    let outcome = |checks: &[Value], name: &str| {
        let check = checks.iter().find(|check| check["name"] == name).unwrap_or_else(|| panic!("there is no {name}"));
        check["outcome"].as_str().unwrap().to_owned()
    };
    // One node is down, one has no address, and one has a unit that has failed.
    let (code, checks) = run(&[]);
    assert_eq!((code, checks.len()), (Some(1), 20));
    for (name, expected) in [
        ("overcloud-controller-0: time", "passed"),
        ("overcloud-controller-0: services", "failed"),
        ("overcloud-novacompute-0: services", "passed"),
        ("overcloud-novacompute-1: ssh", "failed"),
        ("overcloud-novacompute-1: disk", "skipped"),
        ("overcloud-cephstorage-0: ssh", "failed"),
    ] {
        assert_eq!(outcome(&checks, name), expected, "{name}");
    }
    let services = "nodes_check.services={compute: [openstack-nova-compute]}";
    let (code, checks) = run(&["--scope", "novacompute-0", "--set", services]);
    assert_eq!((code, checks.len()), (Some(0), 5), "{checks:?}");
    let (code, checks) = run(&["--scope", "novacompute-0: disk", "--set", "nodes_check.disk_free=999999999"]);
    assert_eq!((code, outcome(&checks, "overcloud-novacompute-0: disk").as_str()), (Some(1), "failed"));
}
