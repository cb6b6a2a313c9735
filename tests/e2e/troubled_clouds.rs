// SPDX-License-Identifier: Apache-2.0
//! Clouds that refuse, do not answer, or are broken: clear words, the right exit code, nothing left.

use functest::core::event::EventBody;
use functest::core::verdict::Verdict;

use crate::command::Ended;
use crate::devcloud::Devcloud;

#[test]
fn without_a_compute_node_the_health_check_fails_in_time_and_leaves_nothing_once_it_is_back() {
    let Some(cloud) = Devcloud::take() else { return };
    let before = cloud.inventory();
    let back = ComputeIsBack(&cloud);
    cloud.service("stop", "nova-compute");
    let settings = ["--set", "snaps_health_check.boot_deadline=20", "--set", "run.clean_deadline=900"];
    let arguments = [&["run", "snaps_health_check", "--cloud", "devcloud-admin"][..], &settings].concat();
    let mut run = cloud.start(&mut cloud.functest(&arguments));
    run.wait_for("the check has ended", |event| matches!(event.body, EventBody::CheckFinished { .. }));
    drop(back);
    let ended = run.join();
    assert_eq!(ended.code, Some(1), "{ended:?}");
    let record = cloud.record();
    let Some(Verdict::Failed { reason }) = record.cases.iter().find_map(|case| case.verdict.clone()) else {
        panic!("{record:?}")
    };
    // Nova may see that the node is away, or not yet.
    let says_why = reason.contains("last seen: BUILD") || reason.contains("No valid host");
    assert!(reason.contains("to become ACTIVE") && says_why, "{reason}");
    assert_eq!(record.left, []);
    cloud.assert_holds(&before, "after the run");
}

/// The next test finds the cloud whole, whatever becomes of this one.
struct ComputeIsBack<'a>(&'a Devcloud);

impl Drop for ComputeIsBack<'_> {
    fn drop(&mut self) {
        self.0.service("start", "nova-compute");
    }
}

#[test]
fn tokens_that_end_in_the_middle_of_a_run_are_renewed() {
    let Some(cloud) = Devcloud::take() else { return };
    let before = cloud.inventory();
    let secret = "Sw0rdfish-and-nothing-else";
    cloud.look(&["make-admin", "functest-forgetful", secret]);
    let clouds = cloud.write_clouds(
        "forgetful",
        &format!(
            "{{auth_url: 'http://127.0.0.1:5000/v3', username: functest-forgetful, password: {secret}, project_name: \
             admin, user_domain_name: Default, project_domain_name: Default}}"
        ),
    );
    let mut command = cloud.functest(&["run", "snaps_health_check", "--cloud", "forgetful"]);
    let mut run = cloud.start(command.env("OS_CLIENT_CONFIG_FILE", clouds));
    run.wait_for(
        "a server is being built",
        |event| matches!(&event.body, EventBody::Log { message, .. } if message.ends_with("is being built")),
    );
    cloud.look(&["forget-tokens"]);
    let ended = run.join();
    cloud.look(&["delete-user", "functest-forgetful"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let events = std::fs::read_to_string(cloud.latest().join("events.jsonl")).unwrap();
    assert!(events.contains("\"status\":401"), "no token was refused, so nothing was tried");
    cloud.assert_holds(&before, "after the run");
}

#[test]
fn without_an_administrator_the_given_project_is_used_and_left_clean() {
    let Some(cloud) = Devcloud::take() else { return };
    let before = cloud.inventory();
    let run =
        cloud.run(&["run", "healthcheck", "--cloud", "devcloud-demo", "--set", "snaps_health_check.flavor=m1.tiny"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let record = cloud.record();
    assert_eq!((record.totals.passed, record.left.len()), (3, 0), "{record:?}");
    let skipped: Vec<_> = record.cases.iter().map(|case| case.tally.skipped).collect();
    assert!(skipped[1] > 0 && skipped[1] < 59, "{skipped:?}");
    cloud.assert_holds(&before, "after the run");
}

#[test]
fn clouds_that_refuse_or_do_not_answer_are_verdicts_about_the_cloud() {
    let Some(cloud) = Devcloud::share() else { return };
    let user = "username: functest-nobody, password: Sw0rdfish, project_name: admin";
    let table = [
        (
            "stranger",
            format!("{{auth_url: 'http://127.0.0.1:5000/v3', {user}}}"),
            "refuses the login of user `functest-nobody`",
        ),
        ("nowhere", format!("{{auth_url: 'http://127.0.0.1:1/v3', {user}}}"), "got no answer: "),
        ("expired", "{auth_url: 'http://127.0.0.1:5000/v3', token: Sw0rdfish}".into(), "the given token"),
    ];
    for (name, auth, words) in table {
        let clouds = cloud.write_clouds(name, &auth);
        for verb in [&["run", "connection_check"][..], &["openstack", "check"]] {
            let mut command = cloud.functest(&[verb, &["--cloud", name]].concat());
            let ended = Ended::of(command.env("OS_CLIENT_CONFIG_FILE", &clouds).output().unwrap());
            assert_eq!(ended.code, Some(1), "{name}: {ended:?}");
            assert!(ended.err.contains(words) && !ended.err.contains("Sw0rdfish"), "{name}: {ended:?}");
        }
        // It is a run like any other, and says of itself what happened.
        let record = cloud.record();
        let reason = record.cases[0].verdict.as_ref().and_then(|verdict| verdict.reason()).unwrap_or_default();
        assert!(reason.starts_with("there is no connection to the cloud: ") && reason.contains(words), "{record:?}");
        let junit = std::fs::read_to_string(cloud.latest().join("junit.xml")).unwrap();
        assert!(junit.contains("<error") && !junit.contains("Sw0rdfish"), "{junit}");
    }
}

#[test]
fn a_clean_refuses_another_cloud() {
    let Some(cloud) = Devcloud::take() else { return };
    let before = cloud.inventory();
    let mut command = cloud.functest(&["run", "connection_check", "--cloud", "devcloud-admin"]);
    command.env("FUNCTEST_STOP_AT", "project.opened").output().unwrap();
    let refused = cloud.run(&["openstack", "clean", "latest", "--cloud", "devcloud-demo"]);
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(refused.out.contains("the run was made on http://127.0.0.1:5000/v3"), "{refused:?}");
    let cleaned = cloud.run(&["openstack", "clean", "latest"]);
    assert_eq!(cleaned.code, Some(0), "{cleaned:?}");
    cloud.assert_holds(&before, "after the run");
}
