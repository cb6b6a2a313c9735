// SPDX-License-Identifier: Apache-2.0
//! Runs through the API, as a front end makes them, on sandboxes.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by ending")]

use std::path::Path;
use std::time::Duration;

use functest::core::event::{CancelLevel, Emitter, EventBody, Level};
use functest::core::need::Requirement;
use functest::core::record::RunState;
use functest::core::verdict::Verdict;
use functest::openstack::connect::ConnectionOptions;
use functest::openstack::resource::Image;
use functest::openstack::rest::{Call, Policy};
use functest::openstack::{CloudConfig, Connection, Service};
use functest::sandbox::{Options, Sandbox};
use functest::{
    CheckRequest, CleanRequest, Config, ErrorKind, Functest, RunCleanState, RunRequest, SANDBOX, SandboxRequest,
    StateFolder, TestCaseShowRequest,
};
use serde_json::json;

/// Functest with nothing of this process's environment, and a state folder in `folder`.
fn functest(folder: &Path) -> Functest {
    Functest::new().with_state(StateFolder::new(folder.join("state"))).with_variables(|_| None)
}

fn on_sandbox(names: &[&str]) -> RunRequest {
    RunRequest {
        names: names.iter().map(|name| (*name).to_owned()).collect(),
        cloud: Some(SANDBOX.to_owned()),
        sandbox: SandboxRequest { seed: Some(3), ..SandboxRequest::default() },
        ..RunRequest::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_tells_everything_and_can_be_made_again() {
    let folder = tempfile::tempdir().unwrap();
    let functest = functest(folder.path());
    let mut handle = functest.plan(&on_sandbox(&["connection_check"])).unwrap().start(Vec::new()).await.unwrap();
    let mut events = handle.events().unwrap();
    let run_id = handle.run_id().to_owned();
    let summary = handle.join().await.unwrap();
    assert_eq!((summary.exit_code, summary.sink_troubles.len()), (0, 0));
    let mut kinds = Vec::new();
    while let Some(event) = events.next().await {
        kinds.push(event.unwrap().body.clone());
    }
    assert!(matches!(kinds.first(), Some(EventBody::RunStarted(_))));
    assert!(matches!(kinds.last(), Some(EventBody::RunFinished { exit_code: 0, .. })));
    // What is read back is what the run has said.
    assert_eq!(functest.report().record(&run_id).unwrap(), summary.record);
    // All of the request is in the record, with what was chosen for it.
    let again = functest.run().again(&run_id).unwrap();
    assert_eq!((&again.names, again.sandbox.seed), (&vec!["connection_check".to_owned()], Some(3)));
    let second = functest.plan(&again).unwrap().start(Vec::new()).await.unwrap().join().await.unwrap();
    let verdicts = |record: &functest::core::record::RunRecord| {
        record.cases.iter().map(|case| case.verdict.clone()).collect::<Vec<_>>()
    };
    assert_eq!(verdicts(&second.record), verdicts(&summary.record));
}

#[tokio::test(flavor = "multi_thread")]
async fn sinks_of_the_configuration_are_told_and_one_that_fails_hurts_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let sinks = "sinks:\n- {report: junit, file: out/junit.xml}\n- {command: [cat]}\n- {command: [/nonexistent]}\n";
    std::fs::write(folder.path().join("functest.yaml"), sinks).unwrap();
    let functest = functest(folder.path()).with_config(Config::find(folder.path(), &|_| None).unwrap());
    let handle = functest.plan(&on_sandbox(&["connection_check"])).unwrap().start(Vec::new()).await.unwrap();
    let summary = handle.join().await.unwrap();
    let troubles: Vec<String> = summary.sink_troubles.iter().map(ToString::to_string).collect();
    assert!(troubles.len() == 1 && troubles[0].contains("/nonexistent"), "{troubles:?}");
    assert_eq!(summary.exit_code, 0);
    let read = |path: &Path| std::fs::read_to_string(path).unwrap();
    assert!(read(&folder.path().join("out/junit.xml")).contains("connection_check"));
    assert_eq!(read(&summary.folder.join("sink-2.log")), read(&summary.folder.join("events.jsonl")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_cancelled_cleans_up_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let functest = functest(folder.path());
    let mut request = on_sandbox(&["snaps_health_check"]);
    request.sandbox.fault = vec!["no_dhcp".into()];
    let mut handle = functest.plan(&request).unwrap().start(Vec::new()).await.unwrap();
    let mut events = handle.events().unwrap();
    let cancel = handle.cancel_handle();
    let run_id = handle.run_id().to_owned();
    let waiting = tokio::spawn(handle.join());
    while let Some(event) = events.next().await {
        if matches!(&event.unwrap().body, EventBody::Log { message, .. } if message.ends_with("is ACTIVE")) {
            cancel.cancel(CancelLevel::Stop);
            break;
        }
    }
    let summary = waiting.await.unwrap().unwrap();
    assert_eq!((summary.exit_code, summary.record.state), (130, RunState::Interrupted));
    let case = summary.record.cases.iter().find(|case| case.choice.case_name == "snaps_health_check").unwrap();
    assert_eq!(case.verdict, Some(Verdict::Errored { reason: "interrupted by the user".into() }));
    assert!(case.clean_up.left.is_empty() && case.clean_up.deleted.iter().any(|thing| thing.kind == "server"));
    let request = CleanRequest { runs: vec![run_id], ..CleanRequest::default() };
    let report = functest.openstack().clean(&request).await.unwrap();
    assert_eq!((report.exit_code(), &report.runs[0].state), (0, &RunCleanState::Clean));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_abandoned_says_what_may_be_left_and_what_finishes_it() {
    let folder = tempfile::tempdir().unwrap();
    let functest = functest(folder.path());
    let mut request = on_sandbox(&["snaps_health_check"]);
    // It is still cleaning up when it is abandoned, however late that is heard of.
    request.sandbox.fault = vec!["no_dhcp".into(), "latency seconds=20 method=DELETE".into()];
    let mut handle = functest.plan(&request).unwrap().start(Vec::new()).await.unwrap();
    let mut events = handle.events().unwrap();
    let cancel = handle.cancel_handle();
    let run_id = handle.run_id().to_owned();
    let waiting = tokio::spawn(handle.join());
    while let Some(event) = events.next().await {
        match &event.unwrap().body {
            EventBody::Log { message, .. } if message.ends_with("is ACTIVE") => cancel.cancel(CancelLevel::Stop),
            EventBody::CancelRequested { .. } => cancel.cancel(CancelLevel::Abandon),
            _ => {}
        }
    }
    let summary = waiting.await.unwrap().unwrap();
    assert_eq!((summary.exit_code, summary.record.state), (130, RunState::Interrupted));
    let left = &summary.record.left;
    for kind in ["project", "server"] {
        assert!(left.iter().any(|left| left.thing.kind == kind), "{kind}: {left:?}");
    }
    let command = format!("`functest openstack clean {run_id}`");
    assert!(left.iter().all(|left| left.reason.contains(&command)), "{left:?}");
    assert_eq!(functest.report().record(&run_id).unwrap().left, *left);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_images_of_one_name_are_not_taken_in_silence() {
    let folder = tempfile::tempdir().unwrap();
    let clouds = folder.path().join("clouds.yaml").display().to_string();
    let sandbox = Sandbox::start(Options { seed: Some(3), ..Options::default() }).await.unwrap();
    sandbox.write_clouds(Path::new(&clouds)).unwrap();
    let variables = move |name: &str| (name == "OS_CLIENT_CONFIG_FILE").then(|| clouds.clone());
    let config = CloudConfig::find(Some("sandbox-admin"), &|name| variables(name).map(Into::into)).unwrap().unwrap();
    let functest = functest(folder.path()).with_variables(variables);
    let (events, _heard) = Emitter::channel();
    let rest = Connection::open(&config, ConnectionOptions { policy: Policy::default(), events }).await.unwrap().rest;
    let deadline = Duration::from_secs(600);
    let [first] = &rest.named::<Image>("cirros").await.unwrap()[..] else { panic!("one image has that name") };
    let file = folder.path().join("image");
    std::fs::write(&file, Image::download(&rest, &first.id, deadline).await.unwrap()).unwrap();
    let image = json!({"name": "cirros", "disk_format": "qcow2", "container_format": "bare", "visibility": "public"});
    let answer = rest.send(Call::post(Service::Image, "/images", &[], image)).await.unwrap();
    let second: String = answer.read("id").unwrap();
    let second = Image::upload(&rest, &second, &file, deadline).await.unwrap();

    let run = async |set: &[String]| {
        let request =
            RunRequest { cloud: Some("sandbox-admin".into()), set: set.into(), ..on_sandbox(&["snaps_health_check"]) };
        let request = RunRequest { sandbox: SandboxRequest::default(), ..request };
        let summary = functest.plan(&request).unwrap().start(Vec::new()).await.unwrap().join().await.unwrap();
        let case = summary.record.cases.iter().find(|case| case.choice.case_name == "snaps_health_check").unwrap();
        assert_eq!(case.verdict, Some(Verdict::Passed), "{case:?}");
        let warnings = case.messages.iter().filter(|message| message.level == Level::Warning);
        warnings.map(|message| message.text.clone()).collect::<Vec<_>>()
    };
    let [warning] = &run(&[]).await[..] else { panic!("nothing was said, or too much") };
    let (used, other) = if warning.contains(&second.id) { (&second, first) } else { (first, &second) };
    let expected =
        format!("2 active images are called `cirros`; {} is used: set `image` to the id of another one", used.id);
    assert_eq!(*warning, expected);
    assert_eq!(run(&[format!("snaps_health_check.image={}", other.id)]).await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cloud_that_does_not_answer_is_a_run_with_a_record() {
    let folder = tempfile::tempdir().unwrap();
    let clouds = folder.path().join("clouds.yaml");
    let auth = "{auth_url: 'http://127.0.0.1:1/v3', username: u, password: p, project_name: p}";
    std::fs::write(&clouds, format!("clouds: {{gone: {{auth: {auth}}}}}\n")).unwrap();
    let clouds = clouds.display().to_string();
    let functest =
        functest(folder.path()).with_variables(move |name| (name == "OS_CLIENT_CONFIG_FILE").then(|| clouds.clone()));
    let request = RunRequest { cloud: Some("gone".into()), ..on_sandbox(&["healthcheck"]) };
    let request = RunRequest { sandbox: SandboxRequest::default(), ..request };
    let summary = functest.plan(&request).unwrap().start(Vec::new()).await.unwrap().join().await.unwrap();
    assert_eq!((summary.exit_code, summary.record.totals.errored), (1, 3), "{:?}", summary.record.totals);
    let reason = summary.record.cases[0].verdict.as_ref().unwrap().reason().unwrap().to_owned();
    assert!(reason.starts_with("there is no connection to the cloud: ") && reason.contains("127.0.0.1:1"), "{reason}");
    assert_eq!(functest.report().record("latest").unwrap(), summary.record);
    assert!(std::fs::read_to_string(summary.folder.join("junit.xml")).unwrap().contains("<error"));
}

/// A Keystone whose users are kept elsewhere answers in many ways when it is asked about them, or to make one.
#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_of_a_cloud_with_read_only_identities_runs_what_needs_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let functest = functest(folder.path());
    let written = |fault: &str, method: &str, path: &str, status: u16| {
        format!("faults: [{{fault: {fault}, status: {status}, method: {method}, path: '{path}'}}]\n")
    };
    for (number, (fault, method, path, status)) in [
        ("status", "POST", "/identity/v3/users", 403),
        ("status", "POST", "/identity/v3/projects", 501),
        ("status", "POST", "/identity/v3/users", 405),
        ("ingress", "POST", "/identity/v3/projects", 405),
        ("status", "GET", "/identity/v3/users", 410),
        ("status", "GET", "/identity/v3/users", 500),
        ("status", "GET", "/identity/v3/users", 400),
        ("ingress", "GET", "/identity/v3/users", 302),
    ]
    .into_iter()
    .enumerate()
    {
        let file = folder.path().join(format!("faults-{number}.yaml"));
        std::fs::write(&file, written(fault, method, path, status)).unwrap();
        let sandbox = SandboxRequest { faults: Some(file), seed: Some(3), ..SandboxRequest::default() };
        let request = RunRequest { sandbox, ..on_sandbox(&["connection_check", "snaps_health_check"]) };
        let summary = functest.plan(&request).unwrap().start(Vec::new()).await.unwrap().join().await.unwrap();
        let health = summary.record.cases.iter().find(|case| case.choice.case_name == "snaps_health_check").unwrap();
        assert!(summary.record.left.is_empty(), "{method} {path} {status}: {:?}", summary.record.left);
        let made_none = method == "POST";
        let said = health.messages.iter().any(|message| message.text.contains("works in the given project"));
        assert_eq!(said, made_none, "{method} {path} {status}: {health:?}");
        assert_eq!(health.verdict, Some(Verdict::Passed), "{method} {path} {status}: {health:?}");
    }
    let set = vec!["run.given_project=true".to_owned()];
    let request = RunRequest { set, ..on_sandbox(&["connection_check", "snaps_health_check"]) };
    let summary = functest.plan(&request).unwrap().start(Vec::new()).await.unwrap().join().await.unwrap();
    let events = std::fs::read_to_string(summary.folder.join("events.jsonl")).unwrap();
    assert_eq!((summary.exit_code, summary.record.left.len()), (0, 0), "{:?}", summary.record.totals);
    assert!(!events.contains(r#""method":"POST","route":"/projects""#) && events.contains(r#""route":"/servers""#));
}

/// A yes means that the case starts: not that something answers at the service's front door.
#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_refuses_what_every_case_begins_with_is_no_yes() {
    let folder = tempfile::tempdir().unwrap();
    let functest = functest(folder.path());
    for (number, (fault, service, words)) in [
        ("fault: status, status: 403, path: '/compute/v2.1/servers*'", "compute", "answered 403"),
        ("fault: ingress, status: 404, path: '/network/v2.0/*'", "network", "answered 404"),
        ("fault: truncate, bytes: 3, path: '/image/v2/images'", "image", "got no answer"),
        ("fault: service_down, service: image", "image", "got no answer"),
    ]
    .into_iter()
    .enumerate()
    {
        let file = folder.path().join(format!("faults-{number}.yaml"));
        std::fs::write(&file, format!("faults: [{{{fault}}}]\n")).unwrap();
        let sandbox = SandboxRequest { faults: Some(file), seed: Some(3), ..SandboxRequest::default() };
        let request = CheckRequest { cloud: Some(SANDBOX.to_owned()), sandbox, ..CheckRequest::default() };
        let report = functest.openstack().check(&request).await.unwrap();
        let found = report.report.services.iter().find(|found| found.service_type == service).unwrap();
        assert!(found.problem.as_ref().is_some_and(|problem| problem.contains(words)), "{fault}: {found:?}");
        let health = report.cases.iter().find(|case| case.case_name == "snaps_health_check").unwrap();
        assert_eq!(health.missing, [format!("the {service} service in working order")], "{fault}");
        assert_eq!(report.exit_code(), 1, "{fault}");
    }
}

#[tokio::test]
async fn what_cannot_be_meant_is_refused_before_anything_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let functest = functest(folder.path());
    let request = |change: serde_json::Value| serde_json::from_value::<RunRequest>(change);
    assert!(request(json!({"name": ["a"]})).unwrap_err().to_string().contains("unknown field `name`"));
    for (document, words) in [
        (json!({"names": ["conection_check"]}), "did you mean `connection_check`?"),
        (json!({"set": ["connection_check.colour=blue"]}), "the case has no such key"),
        (json!({"scope": "("}), "is not a regular expression"),
        (json!({"set": ["run.attempts=0"]}), "0 is not a number from 1 to 100"),
    ] {
        let Err(error) = functest.plan(&request(document.clone()).unwrap()) else { panic!("{document} was taken") };
        assert!(error.to_string().contains(words), "{document}: {error}");
        assert_eq!(error.exit_code(), 2, "{error}");
    }
    let Err(error) = functest.run().again("latest") else { panic!("there was a run") };
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(!folder.path().join("state").exists());
}

#[test]
fn a_case_says_what_it_needs() {
    let folder = tempfile::tempdir().unwrap();
    let functest = functest(folder.path());
    let show = |name: &str| {
        functest.testcase().show(&TestCaseShowRequest { name: name.into(), of: Default::default() }).unwrap()
    };
    let words = |requirements: &[Requirement]| requirements.iter().map(ToString::to_string).collect::<Vec<_>>();
    let admin = "an administrator's credential".to_owned();
    let needs = show("snaps_health_check").needs.unwrap();
    assert!(words(&needs.requires).contains(&"the compute service".to_owned()));
    assert!(!words(&needs.requires).contains(&admin), "a member chooses a flavor that is there");
    let needs = show("api_check").needs.unwrap();
    assert!(!words(&needs.requires).contains(&admin) && words(&needs.wishes).contains(&admin));
    let request = RunRequest {
        names: vec!["snaps_health_check".into()],
        set: vec!["snaps_health_check.flavor=m1.tiny".into()],
        ..RunRequest::default()
    };
    assert!(functest.plan(&request).is_ok());
    let nodes = show("nodes_check");
    assert!(nodes.checks.is_empty(), "only the installer knows them");
    assert_eq!(nodes.needs.unwrap().requires.len(), 1);
}
