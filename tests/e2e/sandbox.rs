// SPDX-License-Identifier: Apache-2.0
//! The sandbox as its users meet it: a cloud to try, a cloud to serve, a cloud to break.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;

use functest::Matrix;
use functest::core::record::RunRecord;

use crate::bench::{Bench, QUICK, ask_about_faults, case, words};
use crate::command::{Ended, functest};

#[test]
fn a_newcomer_sees_a_healthcheck_and_its_report() {
    let folder = tempfile::tempdir().unwrap();
    let ended = Ended::run(functest(&folder.path().join("state")).args(["run", "healthcheck", "--cloud", "sandbox"]));
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.err.contains("the sandbox: this is functest's sandbox, no real cloud"), "{ended:?}");
    assert!(ended.out.contains("3 passed"), "{ended:?}");
    let latest = folder.path().join("state/latest");
    let page = std::fs::read_to_string(latest.join("report.html")).unwrap();
    assert!(
        page.contains("functest&#x27;s sandbox: no real cloud") || page.contains("functest's sandbox: no real cloud")
    );
    let junit = std::fs::read_to_string(latest.join("junit.xml")).unwrap();
    assert!(junit.contains(r#"<property name="sandbox" value="true"/>"#), "{junit}");
    let record: RunRecord = serde_json::from_str(&std::fs::read_to_string(latest.join("run.json")).unwrap()).unwrap();
    assert!(record.head.cloud.as_ref().unwrap().sandbox);
    let lease = case(&record, "snaps_health_check").messages.iter().any(|message| message.text.contains("lease of"));
    assert!(lease, "the DHCP lease is in the log");
}

#[test]
fn what_was_not_asked_for_is_counted() {
    let bench = Bench::new(&[]);
    let ended =
        Ended::run(&mut bench.functest(&["run", "healthcheck", "--scope", "Flavor", "--cloud", "sandbox-admin"]));
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.out.contains("7 of 7 checks passed, 52 out of scope"), "{ended:?}");
    // Cases of which nothing was asked for count, too.
    assert!(ended.out.contains("; 64 checks were out of scope"), "{ended:?}");
    let latest = bench.folder.path().join("state/latest");
    let read = |name: &str| std::fs::read_to_string(latest.join(name)).unwrap();
    let junit = read("junit.xml");
    for property in [
        r#"name="out_of_scope" value="52""#,
        r#"name="scope" value="Flavor""#,
        r#"name="checks_out_of_scope" value="64""#,
    ] {
        assert!(junit.contains(property), "{property}: {junit}");
    }
    assert!(read("report.html").contains("64 checks were not made, because only a part was asked for."));
    let record: RunRecord = serde_json::from_str(&read("run.json")).unwrap();
    assert_eq!(case(&record, "api_check").tally.out_of_scope, 52);
}

#[test]
fn a_proxy_for_the_world_is_no_way_to_this_machine() {
    let bench = Bench::new(&[]);
    let mut run = bench.functest(&["run", "connection_check", "--cloud", "sandbox-admin"]);
    for variable in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"] {
        run.env(variable, "http://127.0.0.1:9");
    }
    let ended = Ended::run(&mut run);
    assert_eq!(ended.code, Some(0), "{ended:?}");
}

#[test]
fn every_case_runs_on_a_sandbox_that_is_served_and_leaves_nothing() {
    let bench = Bench::new(&[]);
    let (ended, record) = bench.run("healthcheck");
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!((record.totals.passed, record.totals.failed + record.totals.errored), (3, 0));
    bench.assert_empty("a run as the administrator");
    // A member has no project and no flavor to make: what is there is used, and what takes an administrator is skipped.
    let ended = Ended::run(&mut bench.functest(&["run", "healthcheck", "--cloud", "sandbox-demo"]));
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.out.contains("3 passed"), "{ended:?}");
    let too_much =
        ["run", "snaps_health_check", "--cloud", "sandbox-demo", "--set", "snaps_health_check.flavor_ram=99999"];
    let ended = Ended::run(&mut bench.functest(&too_much));
    assert_eq!(
        ended.code,
        Some(1),
        "a setting is wanted, which is not the same as a case that does not apply: {ended:?}"
    );
    assert!(ended.out.contains("none that is there has 99999 MiB of memory: set `flavor`"), "{ended:?}");
    bench.assert_empty("a run as a member");
}

#[test]
fn a_served_sandbox_says_when_it_is_ready_and_ends_when_told() {
    let folder = tempfile::tempdir().unwrap();
    let clouds = folder.path().join("clouds.yaml");
    let mut serve = functest(&folder.path().join("state"));
    serve.args(["sandbox", "serve", "--seed", "5", "--write-clouds"]).arg(&clouds);
    let mut child = serve.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(line.starts_with("sandbox ready: http://127.0.0.1:") && line.contains("seed 5"), "{line}");
    let text = std::fs::read_to_string(&clouds).unwrap();
    assert!(
        text.contains("sandbox-admin:") && text.contains("sandbox-demo:") && text.contains("guest_ssh_port:"),
        "{text}"
    );
    let check = Ended::run(
        functest(&folder.path().join("state"))
            .args(["openstack", "check", "--cloud", "sandbox-admin"])
            .env("OS_CLIENT_CONFIG_FILE", &clouds),
    );
    assert_eq!(check.code, Some(0), "{check:?}");

    // What is broken can be changed while it runs.
    let address = line.split("http://").nth(1).unwrap().split('/').next().unwrap().to_owned();
    let faults = r#"{"faults": [{"fault": "status", "status": 503, "path": "/image/**"}]}"#;
    assert!(ask_about_faults(&address, "POST", faults).contains(r#""struck":0"#));
    assert!(ask_about_faults(&address, "POST", r#"{"faults": [{"fault": "nonsense"}]}"#).starts_with("HTTP/1.1 400"));
    let check = Ended::run(
        functest(&folder.path().join("state"))
            .args(["openstack", "check", "--cloud", "sandbox-admin"])
            .env("OS_CLIENT_CONFIG_FILE", &clouds),
    );
    assert_eq!(check.code, Some(1), "{check:?}");
    assert!(check.out.contains("503"), "{check:?}");
    assert!(ask_about_faults(&address, "DELETE", "").contains(r#"{"faults":[]}"#));

    rustix::process::kill_process(rustix::process::Pid::from_child(&child), rustix::process::Signal::INT).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn what_is_wrong_with_faults_is_said_before_anything_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state");
    let file = folder.path().join("faults.yaml");
    std::fs::write(&file, "faults:\n- fault: latency\n  secnds: 1\n").unwrap();
    let path = file.to_str().unwrap();
    for (arguments, expected) in [
        (vec!["run", "healthcheck", "--cloud", "sandbox", "--faults", path], "faults.yaml: "),
        (vec!["run", "healthcheck", "--cloud", "sandbox", "--faults", path], "line 3"),
        (vec!["sandbox", "serve", "--faults", "/nonexistent.yaml"], "cannot read /nonexistent.yaml"),
        (vec!["sandbox", "serve", "--fault", "status status=200"], "from 300 to 599"),
        (vec!["run", "healthcheck", "--cloud", "mycloud", "--fault", "no_dhcp"], "use them with --cloud sandbox"),
    ] {
        let ended = Ended::run(functest(&state).args(&arguments));
        assert_eq!(ended.code, Some(2), "{arguments:?}: {ended:?}");
        assert!(ended.err.contains(expected), "{arguments:?}: {ended:?}");
    }
    assert!(!state.join("runs").exists(), "no run was made");
}

/// Faults, the case that meets each, its verdict there, and what its words must hold.
const FAULTS: [(&str, &str, &str, &str); 28] = [
    ("latency seconds={from:0.001,to:0.02}", "snaps_health_check", "passed", ""),
    ("status status=503 method=GET times=2", "snaps_health_check", "passed", ""),
    ("status status=500 method=POST path=/network/v2.0/networks", "snaps_health_check", "failed", "answered 500"),
    (
        "status status=500 done=true method=POST path=/network/v2.0/ports",
        "snaps_health_check",
        "failed",
        "answered 500",
    ),
    ("status status=429 method=POST path=/compute/v2.1/servers", "snaps_health_check", "failed", "answered 429"),
    ("reset method=POST path=/compute/v2.1/servers", "snaps_health_check", "failed", "POST"),
    ("reset done=true method=POST path=/compute/v2.1/servers times=1", "snaps_health_check", "", "POST"),
    ("truncate bytes=20 method=GET path=/compute/v2.1/servers/* times=3", "snaps_health_check", "passed", ""),
    ("slow rate=2000 method=GET path=/image/v2/images times=1", "snaps_health_check", "passed", ""),
    ("server_stuck_in_build", "snaps_health_check", "failed", "BUILD"),
    ("server_error", "snaps_health_check", "failed", "No valid host was found"),
    ("server_not_deleted times=1", "snaps_health_check", "passed", ""),
    ("token_expires seconds=0.5", "healthcheck", "passed", ""),
    ("quota_exceeded service=compute", "snaps_health_check", "failed", "Quota exceeded"),
    ("quota_exceeded service=network", "snaps_health_check", "failed", "Quota exceeded"),
    ("upload_fails", "api_check", "failed", "Failed to upload image data"),
    ("eventual milliseconds=50", "snaps_health_check", "passed", ""),
    ("clock_skew seconds=7200", "snaps_health_check", "passed", ""),
    ("clock_skew seconds=-7200", "snaps_health_check", "passed", ""),
    ("soft_delete seconds=3600", "snaps_health_check", "passed", ""),
    ("old_version service=identity", "healthcheck", "passed", ""),
    ("old_version service=image", "healthcheck", "passed", ""),
    ("second_region", "healthcheck", "passed", ""),
    ("null_neighbour method=GET path=/{identity,image,compute}/**", "healthcheck", "passed", ""),
    (
        "null_neighbour method=GET path=/network/v2.0/{ports,subnets,routers,security-groups}",
        "healthcheck",
        "passed",
        "",
    ),
    ("status status=403 method=POST path=/identity/v3/users", "snaps_health_check", "passed", ""),
    ("late seconds=1 method=POST path=/network/v2.0/networks", "snaps_health_check", "failed", "answered 500"),
    (
        "late seconds=1 status=504 method=POST path=/compute/v2.1/servers",
        "snaps_health_check",
        "failed",
        "answered 504",
    ),
];

#[test]
fn each_fault_has_the_right_verdict_and_nothing_is_left() {
    let next = std::sync::atomic::AtomicUsize::new(0);
    let problems = std::sync::Mutex::new(Vec::new());
    // Most of it is waiting in vain.
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some(row) = FAULTS.get(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed)) {
                    if let Some(problem) = meet(row) {
                        problems.lock().unwrap().push(problem);
                    }
                }
            });
        }
    });
    let problems = problems.into_inner().unwrap();
    assert!(problems.is_empty(), "{}", problems.join("\n\n"));
}

/// Runs a case on a sandbox with a fault; says what is not as it should be.
fn meet((fault, name, expected, fragment): &(&str, &str, &str, &str)) -> Option<String> {
    let bench = Bench::new(&[fault]);
    let (ended, record) = bench.run(name);
    let cases = record.cases.iter().filter(|case| case.verdict.is_some());
    for case in cases {
        let (verdict, said) = (case.verdict.as_ref().map(|verdict| verdict.word()).unwrap_or_default(), words(case));
        if !expected.is_empty() && verdict != *expected || !said.contains(fragment) && verdict != "passed" {
            return Some(format!("{fault}: expected {expected} with {fragment:?}: {said}"));
        }
        // A server error is no proof that nothing was made, nor a broken connection: all of it is looked for.
        if !case.clean_up.left.is_empty() {
            return Some(format!("{fault}: left {:?}", case.clean_up.left));
        }
    }
    let passed = *expected == "passed";
    if passed && ended.code != Some(0) || expected == &"failed" && ended.code != Some(1) {
        return Some(format!("{fault}: exit code {:?}: {}", ended.code, ended.err));
    }
    let (now, before) = (bench.sandbox.inventory(), &bench.before);
    (now != *before).then(|| format!("{fault}: there were {before:?}, there are {now:?}"))
}

#[test]
fn a_service_that_is_down_is_told_from_a_case_that_fails() {
    let bench = Bench::new(&["service_down service=network"]);
    // What was made before cannot be deleted either, however long the clean-up goes on.
    let in_vain = ["--set", "run.clean_deadline=600"];
    let arguments = ["run", "snaps_health_check", "--cloud", "sandbox-admin"];
    let ended = Ended::run(bench.functest(&arguments).args(QUICK).args(in_vain));
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.out.contains("network") || ended.err.contains("network"), "{ended:?}");
    let bench = Bench::new(&["service_down service=identity"]);
    let ended = Ended::run(bench.functest(&["run", "snaps_health_check", "--cloud", "sandbox-admin"]).args(QUICK));
    assert_eq!(ended.code, Some(1), "{ended:?}");
    bench.assert_empty("a run that could not log in");
}

#[test]
fn no_detection_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let ended = Ended::run(functest(&folder.path().join("state")).args(["sandbox", "matrix", "--json", "-q"]));
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let found: Matrix = serde_json::from_str(&ended.out).unwrap();
    let documented = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/detection-matrix.json");
    let known: Matrix = serde_json::from_str(&std::fs::read_to_string(documented).unwrap()).unwrap();
    let found: BTreeMap<_, _> = found.faults.iter().map(|row| (row.fault.as_str(), &row.detections)).collect();
    for row in &known.faults {
        for detection in &row.detections {
            let now = found[row.fault.as_str()].iter().find(|now| now.case_name == detection.case_name);
            // Which checks come to their end before the case's deadline may differ; that the case notices may not.
            assert!(now.is_some(), "{} does not notice {} any more", detection.case_name, row.fault);
        }
    }
}
