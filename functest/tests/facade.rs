// SPDX-License-Identifier: Apache-2.0
//! What front ends rely on: requests are documents, verbs can run on any thread, errors are sorted.

#![allow(clippy::unwrap_used, reason = "a test says what is wrong by ending")]

use std::path::Path;

use functest::core::sut::Role;
use functest::{
    CheckRequest, CleanRequest, CollectLogsRequest, CredentialsRequest, DetectRequest, ErrorKind, ExecRequest,
    Functest, GetRequest, LogsRequest, MatrixRequest, NodeListRequest, NodeServiceRequest, NodeShowRequest,
    NodesListener, PodYaml, PutRequest, ReportRequest, RunRequest, SandboxRequest, ServeRequest, SshRequest,
    StateFolder, SutInfoRequest, TestCaseListRequest, TierShowRequest,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// Functest with nothing of this process's environment, and a state folder in `folder`.
fn functest(folder: &Path) -> Functest {
    Functest::new().with_state(StateFolder::new(folder.join("state"))).with_variables(|_| None)
}

fn read<T: DeserializeOwned>(document: Value) -> Result<T, String> {
    serde_json::from_value(document).map_err(|error| error.to_string())
}

#[test]
fn requests_are_read_strictly_and_need_little() {
    let exec: ExecRequest = read(json!({ "line": "uptime" })).unwrap();
    assert_eq!(exec, ExecRequest::new("uptime"));
    let exec: ExecRequest = read(json!({ "line": "uptime", "nodes": { "roles": ["Compute"] }, "jobs": 3 })).unwrap();
    assert_eq!((exec.nodes.roles, exec.jobs.map(usize::from)), (vec![Role::Compute], Some(3)));
    for (document, words) in [
        (json!({}), "missing field `line`"),
        (json!({ "line": "uptime", "sudoo": true }), "unknown field `sudoo`"),
        (json!({ "line": "uptime", "nodes": { "role": ["compute"] } }), "unknown field `role`"),
        (json!({ "line": "uptime", "jobs": 0 }), "nonzero"),
        (json!({ "line": "uptime", "deadline": -1 }), "seconds"),
    ] {
        let error = read::<ExecRequest>(document.clone()).unwrap_err();
        assert!(error.contains(words), "{document}: {error}");
    }
    let clean: CleanRequest = read(json!({ "dry_run": true })).unwrap();
    assert!(clean.dry_run && clean.runs.is_empty());
}

/// A server answers each of its clients on whatever thread is free. That this compiles is the test.
#[test]
fn verbs_can_run_on_any_thread() {
    fn sendable(verb: impl Future + Send) {
        drop(verb);
    }
    let folder = tempfile::tempdir().unwrap();
    let functest = functest(folder.path());
    let (nodes, openstack, sut, sandbox) = (functest.nodes(), functest.openstack(), functest.sut(), functest.sandbox());
    let nobody = NodesListener::nobody();
    sendable(functest.plan(&RunRequest::default()).unwrap().start(Vec::new()));
    sendable(openstack.check(&CheckRequest::default()));
    sendable(openstack.clean(&CleanRequest::default()));
    sendable(nodes.list(&NodeListRequest::default()));
    sendable(nodes.detect(&DetectRequest::default()));
    sendable(nodes.exec(&ExecRequest::new("uptime"), &nobody));
    let node = json!({ "node": "compute01" });
    sendable(nodes.show(&read::<NodeShowRequest>(node.clone()).unwrap()));
    sendable(nodes.ssh(&read::<SshRequest>(node).unwrap()));
    let files = json!({ "local": "file", "remote": "/tmp/" });
    sendable(nodes.put(&read::<PutRequest>(files.clone()).unwrap(), &nobody));
    sendable(nodes.get(&read::<GetRequest>(files).unwrap(), &nobody));
    sendable(nodes.logs(&read::<LogsRequest>(json!({ "service": "nova-api" })).unwrap()));
    sendable(nodes.collect_logs(&read::<CollectLogsRequest>(json!({ "folder": "logs" })).unwrap(), &nobody));
    let service = json!({ "service": "nova-api", "action": "status" });
    sendable(nodes.service(&read::<NodeServiceRequest>(service).unwrap()));
    sendable(sut.info(&SutInfoRequest::default()));
    sendable(sut.credentials(&read::<CredentialsRequest>(json!({ "output": "openrc" })).unwrap()));
    sendable(sandbox.serve(&ServeRequest::default()));
    sendable(sandbox.matrix(&MatrixRequest::default(), &|_| {}));
}

#[tokio::test]
async fn nodes_are_listed_and_written_from_an_inventory() {
    let folder = tempfile::tempdir().unwrap();
    let inventory = folder.path().join("pod.yaml");
    let text = "nodes:\n- {name: control01, role: Controller, ip: 192.0.2.1, user: me}\n\
                - {name: compute01, role: Compute, ip: 192.0.2.2, user: me}\n";
    std::fs::write(&inventory, text).unwrap();
    let functest = functest(folder.path());
    let document = json!({
        "sut": { "installer": "static", "inventory": inventory },
        "nodes": { "roles": ["compute"] },
    });
    let mut request: NodeListRequest = read(document).unwrap();
    let written = folder.path().join("written.yaml");
    request.pod_yaml = Some(PodYaml { file: written.clone(), with_secrets: false });
    let list = functest.nodes().list(&request).await.unwrap();
    let names: Vec<&str> = list.nodes.iter().map(|node| node.name.as_str()).collect();
    assert_eq!((list.version, names), (1, vec!["compute01"]));
    assert!(std::fs::read_to_string(written).unwrap().contains("compute01"));
    request.nodes.names = vec!["compute1".into()];
    let error = functest.nodes().list(&request).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound, "{error}");
    assert!(error.problem().message.contains("did you mean `compute01`?"), "{error}");
}

#[tokio::test]
async fn nothing_is_asked_of_anybody_where_a_request_cannot_be_done() {
    let folder = tempfile::tempdir().unwrap();
    let functest = functest(folder.path());
    let service: NodeServiceRequest = read(json!({ "service": "nova-api", "action": "stop" })).unwrap();
    let error = functest.nodes().service(&service).await.unwrap_err();
    assert_eq!((error.kind(), error.kind().http_status()), (ErrorKind::NotPermitted, 403), "{error}");
    let put: PutRequest = read(json!({ "local": folder.path().join("missing"), "remote": "/tmp/" })).unwrap();
    let error = functest.nodes().put(&put, &NodesListener::nobody()).await.unwrap_err();
    assert_eq!((error.kind(), error.exit_code()), (ErrorKind::Input, 2), "{error}");
    let error = functest.report().render(&ReportRequest::default()).unwrap_err();
    assert_eq!((error.kind(), error.kind().http_status()), (ErrorKind::NotFound, 404), "{error}");
    let error = functest.openstack().check(&CheckRequest::default()).await.unwrap_err();
    assert_eq!((error.kind(), error.exit_code()), (ErrorKind::Input, 2), "{error}");
    let tier = TierShowRequest { name: "helthcheck".into(), of: Default::default() };
    assert_eq!(functest.tier().show(&tier).unwrap_err().kind(), ErrorKind::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sandbox_is_served_and_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    let functest = functest(folder.path());
    let clouds = folder.path().join("clouds.yaml");
    let sandbox = SandboxRequest { seed: Some(7), ..SandboxRequest::default() };
    let request = ServeRequest { sandbox: sandbox.clone(), write_clouds: Some(clouds.clone()), force: false };
    let served = functest.sandbox().serve(&request).await.unwrap();
    let address = served.address();
    assert_eq!(address.seed, 7);
    assert!(std::fs::read_to_string(&clouds).unwrap().contains(&address.auth_url));
    // A sandbox's own file is written again, and no other.
    drop(functest.sandbox().serve(&request).await.unwrap());
    for kept in ["clouds: {mine: {}}\n", "# mine\nclouds: {sandbox-demo: {}}\n", "notes\n", "clouds: {}\nother: 1\n"] {
        std::fs::write(&clouds, kept).unwrap();
        let error = functest.sandbox().serve(&request).await.unwrap_err();
        assert!(error.exit_code() == 2 && error.to_string().contains("would be lost"), "{error}");
        assert_eq!(std::fs::read_to_string(&clouds).unwrap(), kept);
    }
    drop(functest.sandbox().serve(&ServeRequest { force: true, ..request }).await.unwrap());
    assert!(std::fs::read_to_string(&clouds).unwrap().contains("sandbox-demo"));
    let request = CheckRequest { cloud: Some(functest::SANDBOX.into()), sandbox, set: Vec::new() };
    let report = functest.openstack().check(&request).await.unwrap();
    assert_eq!(report.exit_code(), 0, "{report:?}");
    let listed = functest.testcase().list(&TestCaseListRequest::default()).unwrap();
    assert!(report.cases.iter().all(|case| listed.selection.cases.iter().any(|c| c.case_name == case.case_name)));
}
