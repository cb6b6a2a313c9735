// SPDX-License-Identifier: Apache-2.0
//! Made-up runs, as events: of every verdict, and of every way in which a run may end.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use functest_core::case::Attachment;
use functest_core::criteria::Criteria;
use functest_core::event::{
    ApiCall, CancelLevel, CleanUp, CloudIdentity, Event, EventBody, Leftover, Level, RunHead, Thing, VERSION,
};
use functest_core::exit_code;
use functest_core::selection::{Choice, Decision, Fact, FactSource};
use functest_core::verdict::{CheckOutcome, Ended, FailedRequest, Fault, Tally, Verdict};

/// A made-up run: its name, and what makes its events.
pub(crate) type Made = (&'static str, fn() -> Vec<Event>);

/// Every made-up run.
pub(crate) const ALL: [Made; 10] = [
    ("failed", failed),
    ("passed", passed),
    ("interrupted", interrupted),
    ("died", died),
    ("left", left),
    ("empty", empty),
    ("hostile", hostile),
    ("large", large),
    ("flaky", flaky),
    ("forgiven", forgiven),
];

/// Events with their time in milliseconds since the start, in any order.
struct Script {
    events: Vec<(u64, EventBody)>,
}

impl Script {
    fn new(head: RunHead) -> Self {
        Self { events: vec![(0, EventBody::RunStarted(Box::new(head)))] }
    }

    fn add(&mut self, at: u64, body: EventBody) {
        self.events.push((at, body));
    }

    /// A case that starts, makes its checks and ends, with the verdict that follows from them or another.
    fn case(&mut self, case: &str, (from, to): (u64, u64), checks: Vec<Check>, verdict: Option<Verdict>) {
        self.add(from, EventBody::CaseStarted { case_name: case.into(), attempt: 1 });
        let step = (to - from) / (checks.len() as u64 + 2);
        let mut tally = Tally::default();
        for (i, check) in checks.into_iter().enumerate() {
            let begin = from + step / 2 + step * i as u64;
            tally.count(&check.name, &check.outcome);
            self.check(case, begin, step, check);
        }
        let verdict = verdict.unwrap_or_else(|| tally.verdict(Criteria::DEFAULT, &Ended::default(), &[]));
        self.add(to, finished(case, verdict, tally, to - from));
    }

    fn check(&mut self, case: &str, begin: u64, duration_ms: u64, check: Check) {
        let Check { name, states, mark, outcome } = check;
        let case = || case.to_owned();
        self.add(begin, EventBody::CheckStarted { case_name: case(), check: name.clone(), states, mark });
        self.add(begin + duration_ms, check_finished(case(), name, outcome, duration_ms));
    }

    fn log(&mut self, at: u64, case: Option<&str>, level: Level, message: &str) {
        self.add(at, EventBody::Log { case_name: case.map(str::to_owned), level, message: message.into() });
    }

    fn clean_up(&mut self, at: u64, case: &str, deleted: &[&str], left: Vec<Leftover>) {
        let deleted = deleted.iter().enumerate().map(|(i, kind)| thing(kind, case, i)).collect();
        self.add(at, EventBody::CleanedUp { case_name: Some(case.into()), clean_up: CleanUp { deleted, left } });
    }

    /// `count` calls from a time on that take about `ms`, a few of them much longer.
    fn calls(
        &mut self,
        case: Option<&str>,
        route: (&str, &str, &str),
        status: u16,
        (count, ms, from): (u64, f64, u64),
    ) {
        for i in 0..count {
            let slower = 1.0 + (i * 7 % 10) as f64 / 10.0 + if i % 19 == 18 { 6.0 } else { 0.0 };
            let call = ApiCall {
                service: route.0.into(),
                method: route.1.into(),
                route: route.2.into(),
                status: Some(status),
                request_id: Some(format!("req-5f3c9a1e-{i:04}-4d11-9c07-1a2b3c4d5e6f")),
                duration_ms: ms * slower,
                attempt: 1,
                error: None,
            };
            self.add(from + i * 380, EventBody::ApiCall { case_name: case.map(str::to_owned), call });
        }
    }

    fn end(&mut self, at: u64, exit_code: u8) {
        self.add(at, EventBody::RunFinished { duration_ms: at, exit_code });
    }

    /// The events in order, as a runner would have numbered them.
    fn play(mut self) -> Vec<Event> {
        let start: DateTime<Utc> = DateTime::UNIX_EPOCH + TimeDelta::milliseconds(1_763_834_592_042);
        self.events.sort_by_key(|(at, _)| *at);
        let event = |(seq, (at, body)): (usize, (u64, EventBody))| Event {
            v: VERSION,
            seq: seq as u64,
            at: start + TimeDelta::milliseconds(at as i64),
            body,
        };
        self.events.into_iter().enumerate().map(event).collect()
    }
}

struct Check {
    name: String,
    states: String,
    mark: Option<String>,
    outcome: CheckOutcome,
}

fn check(name: &str, states: &str, outcome: CheckOutcome) -> Check {
    Check { name: name.into(), states: states.into(), mark: None, outcome }
}

fn ok(name: &str, states: &str) -> Check {
    check(name, states, CheckOutcome::Passed)
}

fn fault(message: &str, request: Option<(&str, &str, u16)>) -> Fault {
    let request = request.map(|(method, url, status)| FailedRequest {
        method: method.into(),
        url: url.into(),
        status: Some(status),
        request_id: Some("req-b1946ac9-2492-4d23-8f5c-0a3e8e0f6f11".into()),
    });
    Fault { message: message.into(), request }
}

fn thing(kind: &str, case: &str, i: usize) -> Thing {
    let id = format!("{:08x}-71b4-4c5e-9d3a-{:012x}", 0x3a9d_4c11 + i * 7919, 0x00a1_b2c3_d4e5 + i * 104_729);
    Thing { kind: kind.into(), id, name: format!("functest-{case}-{kind}") }
}

fn leftover(kind: &str, case: &str, reason: &str) -> Leftover {
    Leftover { thing: thing(kind, case, 9), reason: reason.into() }
}

fn choice(tier: &str, case: &str, decision: Decision, reason: &str) -> Choice {
    Choice {
        tier: tier.into(),
        case_name: case.into(),
        project_name: if tier == "vnf" { "clearwater" } else { "functest" }.into(),
        decision,
        reason: reason.into(),
        out_of_scope: None,
        blocking: matches!(case, "connection_check" | "vping_ssh"),
        criteria: "100".parse().unwrap_or(Criteria::DEFAULT),
    }
}

fn selected(tier: &str, case: &str) -> Choice {
    choice(tier, case, Decision::Selected, "its conditions hold")
}

fn fact(variable: &str, value: Option<&str>, source: FactSource) -> Fact {
    Fact { variable: variable.into(), value: value.map(str::to_owned), source }
}

fn head() -> RunHead {
    let settings = serde_json::json!({
        "image": "cirros-0.6.2-x86_64-disk", "flavor": "m1.tiny", "external_network": "public", "ping_deadline_s": 300,
    });
    RunHead {
        run_id: "20251122T180312Z-7f3a".into(),
        functest: "0.1.0".into(),
        catalogue: "built in (Euphrates)".into(),
        cloud: Some(CloudIdentity {
            sandbox: false,
            name: Some("lab-pod3".into()),
            auth_url: "https://192.0.2.10:5000/v3".into(),
            region: Some("RegionOne".into()),
            project_id: Some("4f7d0a4be3c34d0b8f8f2f1c6d1e0b5a".into()),
            project: Some("admin".into()),
            user: Some("admin".into()),
        }),
        facts: vec![
            fact("INSTALLER_TYPE", Some("apex"), FactSource::Environment),
            fact("DEPLOY_SCENARIO", Some("os-nosdn-nofeature-noha"), FactSource::Default),
            fact("CI_LOOP", Some("daily"), FactSource::Given),
        ],
        node_name: Some("lf-pod3".into()),
        build_tag: Some("jenkins-functest-apex-baremetal-daily-master-412".into()),
        jobs: 4,
        notices: Vec::new(),
        cases: vec![
            selected("healthcheck", "connection_check"),
            selected("healthcheck", "api_check"),
            selected("healthcheck", "snaps_health_check"),
            selected("smoke", "vping_ssh"),
            selected("smoke", "vping_userdata"),
            selected("smoke", "cinder_test"),
            selected("smoke", "heat_ims"),
            choice("smoke", "rally_sanity", Decision::NoDriver, "nothing here implements it"),
            choice("smoke", "odl", Decision::Scenario, "the scenario is `os-nosdn-nofeature-noha`, it needs `odl`"),
            choice("smoke", "refstack_defcore", Decision::Excluded, "--exclude names it"),
            choice("features", "barometercollectd", Decision::Installer, "the installer is `apex`, it needs `fuel`"),
            choice(
                "components",
                "tempest_full",
                Decision::OutOfScope,
                "the request names the tiers healthcheck, smoke, vnf",
            ),
            selected("vnf", "cloudify_ims"),
            selected("vnf", "vyos_vrouter"),
            choice("vnf", "orchestra_openims", Decision::Disabled, "the catalogue says `enabled: false`"),
        ],
        settings: BTreeMap::from([("vping_ssh".to_owned(), settings)]),
        request: None,
        command: Vec::new(),
    }
}

/// The cases that pass in most runs.
fn healthy_part(script: &mut Script) {
    script.add(900, EventBody::TierStarted { tier: "healthcheck".into() });
    let checks = vec![
        ok("authenticate", "Keystone gives a token"),
        ok("list_endpoints", "the catalogue of services names every service that the cases need"),
    ];
    script.case("connection_check", (1_000, 4_200), checks, None);
    let mut quota = ok("quota", "a quota that was set is read back");
    quota.mark = Some("the case of the same name in Euphrates sets it and does not look".into());
    let checks = vec![
        ok("create_project", "a project is created, found by name, and deleted"),
        ok("create_user", "a user with a role in it logs in"),
        quota,
        check("domain_admin", "an admin of a domain sees only it", skipped("this cloud has one domain")),
    ];
    script.case("api_check", (4_400, 31_900), checks, None);
    script.log(6_000, Some("api_check"), Level::Info, "made project functest-api_check-7f3a");
    script.clean_up(31_000, "api_check", &["user", "project"], Vec::new());
    script.case("snaps_health_check", (4_500, 58_700), boot_checks(), None);
    script.clean_up(58_000, "snaps_health_check", &["server", "port", "network"], Vec::new());
    script.calls(None, ("identity", "POST", "/v3/auth/tokens"), 201, (6, 212.0, 500));
    script.calls(Some("api_check"), ("identity", "GET", "/v3/projects/{id}"), 200, (24, 31.0, 5_000));
    script.calls(Some("snaps_health_check"), ("compute", "GET", "/servers/{id}"), 200, (92, 48.3, 6_000));
    script.calls(Some("snaps_health_check"), ("network", "POST", "/v2.0/ports"), 201, (8, 412.5, 5_500));
}

fn boot_checks() -> Vec<Check> {
    vec![
        ok("boot", "a server becomes ACTIVE"),
        ok("dhcp", "it gets the address that its port has"),
        ok("console", "its console shows a login"),
    ]
}

fn skipped(reason: &str) -> CheckOutcome {
    CheckOutcome::Skipped { reason: reason.into() }
}

fn not_run(case: &str, reason: &str, blocked_by: Option<&str>) -> EventBody {
    let verdict = Verdict::NotRun { reason: reason.into(), blocked_by: blocked_by.map(str::to_owned) };
    finished(case, verdict, Tally::default(), 0)
}

/// A run with every verdict, that also leaves something behind.
pub(crate) fn failed() -> Vec<Event> {
    let mut head = head();
    head.notices.push("TLS certificates of this cloud are not verified (verify: false in clouds.yaml)".into());
    let mut script = Script::new(head);
    healthy_part(&mut script);
    script.log(400, None, Level::Warning, "the clock of the cloud is 42 s ahead of this machine's");
    script.log(950, None, Level::Info, "4 cases may run at a time");
    vping(&mut script);
    script.case("vping_userdata", (59_000, 171_000), boot_checks(), None);
    volume(&mut script);
    let reason = "the cloud has no orchestration service".to_owned();
    script.case("heat_ims", (61_000, 61_020), Vec::new(), Some(Verdict::Skipped { reason }));
    script.add(62_000, not_run("rally_sanity", "nothing here implements it", None));
    script.add(290_000, not_run("cloudify_ims", "vping_ssh is blocking and did not pass", Some("vping_ssh")));
    script.add(290_000, not_run("vyos_vrouter", "a blocking case did not pass", Some("vping_ssh")));
    script.end(301_400, exit_code::NOT_PASSED);
    script.play()
}

/// A case with a check that failed, one that errored, and a thing that cannot be deleted.
fn vping(script: &mut Script) {
    let url = "https://192.0.2.10:9696/v2.0/floatingips";
    let expired = fault(
        "no floating IP: the answer is 500 Internal Server Error: \"Timed out waiting for a reply to message ID 6f2c\"\n\
         expected: 201 Created with a floating_ip_address",
        Some(("POST", url, 500)),
    );
    let checks = vec![
        ok("boot_vm1", "the first server becomes ACTIVE"),
        ok("boot_vm2", "the second server becomes ACTIVE"),
        check("floating_ip", "the second server gets a floating IP", CheckOutcome::Failed(expired)),
        check(
            "ssh",
            "the second server lets us in",
            CheckOutcome::Errored(fault("there is no address to connect to", None)),
        ),
        check("ping", "the second server reaches the first", skipped("ssh did not pass")),
    ];
    script.case("vping_ssh", (58_900, 288_300), checks, None);
    script.log(60_100, Some("vping_ssh"), Level::Info, "image cirros-0.6.2-x86_64-disk, flavor m1.tiny");
    script.log(61_100, Some("vping_ssh"), Level::Debug, "server functest-vping_ssh-vm1 is BUILD\nthen ACTIVE");
    script.log(140_100, Some("vping_ssh"), Level::Warning, "Neutron answers slowly: 30.2 s for a floating IP");
    let reason = "409 Conflict: router has ports in use (req-0c1d2e3f)";
    let left = vec![leftover("router", "vping_ssh", reason)];
    script.clean_up(287_000, "vping_ssh", &["server", "server", "keypair", "security group", "port"], left);
    script.calls(Some("vping_ssh"), ("compute", "GET", "/servers/{id}"), 200, (140, 44.0, 62_000));
    script.calls(Some("vping_ssh"), ("compute", "POST", "/servers"), 202, (2, 1_310.0, 60_300));
    script.calls(Some("vping_ssh"), ("network", "POST", "/v2.0/floatingips"), 500, (3, 9_204.0, 140_000));
    let call = ApiCall {
        service: "network".into(),
        method: "DELETE".into(),
        route: "/v2.0/routers/{id}".into(),
        status: None,
        request_id: None,
        duration_ms: 30_000.0,
        attempt: 2,
        error: Some("no answer within 30 s".into()),
    };
    script.add(280_000, EventBody::ApiCall { case_name: Some("vping_ssh".into()), call });
}

/// A case that never came to make a check.
fn volume(script: &mut Script) {
    let reason = "cannot make a project for the case: 403 Forbidden: quota of projects exceeded".to_owned();
    script.case("cinder_test", (60_000, 66_800), Vec::new(), Some(Verdict::Errored { reason }));
}

/// A run in which all is well.
pub(crate) fn passed() -> Vec<Event> {
    let mut head = head();
    head.cases.retain(|case| case.tier == "healthcheck" || case.decision == Decision::Scenario);
    let mut script = Script::new(head);
    healthy_part(&mut script);
    script.end(59_300, exit_code::OK);
    script.play()
}

/// A run that its user stopped.
pub(crate) fn interrupted() -> Vec<Event> {
    let mut script = Script::new(head());
    healthy_part(&mut script);
    script.add(70_000, EventBody::CancelRequested { level: CancelLevel::Stop, cause: None });
    let reason = "the user stopped it".to_owned();
    script.case("vping_ssh", (58_900, 74_000), boot_checks(), Some(Verdict::Errored { reason }));
    for case in ["vping_userdata", "cinder_test", "heat_ims", "rally_sanity", "cloudify_ims", "vyos_vrouter"] {
        script.add(74_500, not_run(case, "the run was stopped before its turn", None));
    }
    script.end(75_000, exit_code::INTERRUPTED);
    script.play()
}

/// A run that died in the middle of things.
pub(crate) fn died() -> Vec<Event> {
    let mut events = failed();
    let end = events.iter().position(|event| event.at >= events[0].at + TimeDelta::milliseconds(120_000));
    events.truncate(end.unwrap_or(events.len()));
    events
}

/// A run in which every case passed, and something was left behind.
pub(crate) fn left() -> Vec<Event> {
    let mut head = head();
    head.cases.retain(|case| case.tier == "healthcheck");
    let mut script = Script::new(head);
    healthy_part(&mut script);
    let left = vec![leftover("volume", "run", "its state is `error_deleting`")];
    script.add(59_000, EventBody::CleanedUp { case_name: None, clean_up: CleanUp { deleted: Vec::new(), left } });
    script.end(59_300, exit_code::NOT_PASSED);
    script.play()
}

/// A run for which nothing was selected.
pub(crate) fn empty() -> Vec<Event> {
    let head = RunHead { run_id: "empty".into(), functest: "0.1.0".into(), jobs: 1, ..RunHead::default() };
    let mut script = Script::new(head);
    script.end(3, exit_code::USAGE);
    script.play()
}

/// Names and messages that somebody might break a report with.
pub(crate) const HOSTILE: &str = "</script><script>alert(1)</script> \"><img src=x onerror=alert(1)> ]]> &amp; {{ 7*7 }} {% raw %} \u{202e}gnp.exe \u{1b}[31m\u{0}\u{fffe}";

/// A run in which every text is meant to break the report.
pub(crate) fn hostile() -> Vec<Event> {
    let long = format!("{}{}", "Donaudampfschiff".repeat(20), "\u{1f600}\u{4e2d}\u{6587}e\u{301}");
    let names = [HOSTILE.to_owned(), long.clone(), "../../../etc/passwd".to_owned(), String::new()];
    let mut head = head();
    head.run_id = HOSTILE.into();
    head.notices = vec![HOSTILE.into(), long.clone()];
    head.node_name = Some(HOSTILE.into());
    head.build_tag = Some(long.clone());
    head.facts = vec![fact(HOSTILE, Some(&long), FactSource::Environment), fact(&long, None, FactSource::Unknown)];
    head.settings =
        names.iter().map(|name| (name.clone(), serde_json::json!({ (HOSTILE): [HOSTILE, long] }))).collect();
    if let Some(cloud) = &mut head.cloud {
        (cloud.name, cloud.auth_url) = (Some(HOSTILE.into()), format!("javascript:{HOSTILE}"));
    }
    head.cases = names.iter().map(|name| selected(HOSTILE, name)).collect();
    head.cases.push(choice(&long, &format!("{long}2"), Decision::Excluded, HOSTILE));
    let mut script = Script::new(head);
    for (i, name) in names.iter().enumerate() {
        let mut bad = check(HOSTILE, &long, CheckOutcome::Failed(fault(HOSTILE, Some((HOSTILE, &long, 599)))));
        bad.mark = Some(HOSTILE.into());
        let from = 1000 * i as u64;
        script.case(name, (from, from + 1500), vec![bad, ok(&long, HOSTILE)], None);
        script.log(from + 100, Some(name), Level::Error, HOSTILE);
        script.clean_up(from + 1400, name, &[HOSTILE], vec![leftover(HOSTILE, name, &long)]);
        script.calls(Some(name), (HOSTILE, HOSTILE, &long), 200, (2, 1.0, from + 200));
    }
    script.log(10, None, Level::Error, HOSTILE);
    script.end(6_000, exit_code::NOT_PASSED);
    script.play()
}

/// A run with 2,000 checks and 50 routes.
pub(crate) fn large() -> Vec<Event> {
    let mut head = head();
    head.cases = (0..40).map(|i| selected(["smoke", "components"][i / 20], &format!("tempest_{i:02}"))).collect();
    let mut script = Script::new(head);
    for i in 0..40_u64 {
        let checks = if i == 0 { 1_961 } else { 1 };
        let checks = (0..checks).map(|n| {
            let name = format!("tempest.api.compute.servers.test_servers.ServersTestJSON.test_{n:04}");
            let outcome = match n % 97 {
                13 => {
                    CheckOutcome::Failed(fault("409 is not 200", Some(("PUT", "https://192.0.2.10:8774/v2.1/x", 409))))
                }
                14 | 15 => skipped("the extension is not there"),
                _ => CheckOutcome::Passed,
            };
            check(&name, "", outcome)
        });
        let from = (i / 4) * 60_000 + (i % 4) * 2_000;
        script.case(&format!("tempest_{i:02}"), (from, from + 40_000 + i * 300), checks.collect(), None);
    }
    for i in 0..50_u32 {
        let route = format!("/v2.1/resource-{i:02}/{{id}}/action");
        script.calls(None, ("compute", "POST", &route), 200, (20, f64::from(i * i) / 3.0 + 0.4, 2_000));
    }
    script.end(660_000, exit_code::NOT_PASSED);
    script.play()
}

fn finished(case: &str, verdict: Verdict, tally: Tally, duration_ms: u64) -> EventBody {
    EventBody::CaseFinished { case_name: case.into(), verdict, tally, duration_ms, ended: Ended::default() }
}

fn check_finished(case_name: String, check: String, outcome: CheckOutcome, duration_ms: u64) -> EventBody {
    EventBody::CheckFinished {
        case_name,
        check,
        outcome,
        duration_ms,
        started: None,
        states: None,
        attachments: Vec::new(),
        details: None,
    }
}

/// A script that failed, and passed when it was tried again; its tool left a file and says something of its own.
fn flaky() -> Vec<Event> {
    let mut script = Script::new(RunHead { cases: vec![selected("smoke", "script")], ..head() });
    let failed = CheckOutcome::failed("the command ended with 3; its last line: <no> such pod");
    script.add(10, EventBody::CaseStarted { case_name: "script".into(), attempt: 1 });
    script.add(400, check_finished("script".into(), "command".into(), failed, 390));
    let verdict = Verdict::Failed { reason: "command: the command ended with 3".into() };
    let attempt = EventBody::AttemptFinished { case_name: "script".into(), attempt: 1, verdict, duration_ms: 400 };
    script.add(410, attempt);
    script.add(420, EventBody::CaseStarted { case_name: "script".into(), attempt: 2 });
    let attachment =
        |path: &str| Attachment { name: "its <log>".into(), media_type: "text/plain".into(), path: path.into() };
    script.add(
        800,
        EventBody::CheckFinished {
            case_name: "script".into(),
            check: "command".into(),
            outcome: CheckOutcome::Passed,
            duration_ms: 380,
            started: Some(DateTime::UNIX_EPOCH),
            states: Some("the command ends with 0".into()),
            attachments: vec![attachment("cases/script/check.log")],
            details: Some(serde_json::json!({"pods": 3})),
        },
    );
    script.add(810, EventBody::Attached { case_name: "script".into(), attachment: attachment("cases/script/all.log") });
    let mut tally = Tally::default();
    tally.count("command", &CheckOutcome::Passed);
    let verdict = Verdict::Flaky { reason: "it passed in attempt 2".into() };
    let ended = Ended { return_code: Some(0), success_rate: Some(100.0), details: Some(serde_json::json!({"a": [1]})) };
    let finished = EventBody::CaseFinished { case_name: "script".into(), verdict, tally, duration_ms: 800, ended };
    script.add(820, finished);
    script.end(830, exit_code::OK);
    script.play()
}

/// A case that passed by its criteria although checks did not hold, and one whose checks all held and whose exit status is not
/// the wanted one.
fn forgiven() -> Vec<Event> {
    let criteria = |case: &str, text: &str| Choice {
        criteria: text.parse().unwrap_or(Criteria::DEFAULT),
        ..selected("smoke", case)
    };
    let cases = vec![criteria("most", "success_rate >= 50%"), criteria("script", "ret == 3")];
    let mut script = Script::new(RunHead { cases, ..head() });
    let bad = CheckOutcome::Failed(fault("no such flavor", Some(("GET", "http://nova/flavors", 404))));
    let lost = CheckOutcome::Errored(fault("no answer", None));
    let checks =
        vec![ok("one", "it is"), ok("two", "it is"), check("three", "it is", bad), check("four", "it is", lost)];
    script.case("most", (10, 400), checks, Some(Verdict::Passed));
    let mut tally = Tally::default();
    tally.count("command", &CheckOutcome::Passed);
    let ended = Ended { return_code: Some(0), ..Ended::default() };
    let verdict = tally.verdict("ret == 3".parse().unwrap_or(Criteria::DEFAULT), &ended, &[]);
    script.add(500, EventBody::CaseStarted { case_name: "script".into(), attempt: 1 });
    script.add(600, check_finished("script".into(), "command".into(), CheckOutcome::Passed, 90));
    let finished = EventBody::CaseFinished { case_name: "script".into(), verdict, tally, duration_ms: 100, ended };
    script.add(610, finished);
    script.end(700, exit_code::NOT_PASSED);
    script.play()
}
