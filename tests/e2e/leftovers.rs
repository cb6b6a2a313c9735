// SPDX-License-Identifier: Apache-2.0
//! The cloud holds exactly what it held before, whatever happened to the run.

use std::fs::File;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;

use functest::core::event::EventBody;
use functest::core::record::RunState;
use functest::core::verdict::Verdict;
use functest::openstack::STOP_POINTS;
use rustix::process::{Pid, Signal, kill_process};

use crate::bench::{Bench, QUICK, ask_about_faults};
use crate::command::Ended;
use crate::devcloud::Devcloud;
use crate::waiting::wait_until;

/// What a request may have made that was sent when a run died is looked for this many seconds.
const SETTLE: [&str; 4] = ["--set", "run.request_deadline=15", "--set", "run.late_deadline=5"];

#[test]
fn nothing_is_left_after_a_failure() {
    let Some(cloud) = Devcloud::take() else { return };
    let before = cloud.inventory();
    // A pattern that no console shows.
    let settings = ["--set", "snaps_health_check.lease_pattern=no such line {ip}"];
    let deadline = ["--set", "snaps_health_check.lease_deadline=2"];
    let run =
        cloud.run(&[&["run", "snaps_health_check", "--cloud", "devcloud-admin"][..], &settings, &deadline].concat());
    assert_eq!(run.code, Some(1), "{run:?}");
    let record = cloud.record();
    assert_eq!((record.totals.failed, record.left.len()), (1, 0));
    let Some(Verdict::Failed { reason }) = &record.cases.iter().find_map(|case| case.verdict.clone()) else {
        panic!("{record:?}")
    };
    assert!(reason.contains("the DHCP lease of 10.0.0."), "{reason}");
    cloud.assert_holds(&before, "after the run");
}

#[test]
fn nothing_is_left_after_ctrl_c() {
    let Some(cloud) = Devcloud::take() else { return };
    let before = cloud.inventory();
    let mut run = cloud.start(&mut cloud.functest(&["run", "healthcheck", "--cloud", "devcloud-admin"]));
    run.wait_for("a server is being built", is_being_built);
    run.signal(Signal::INT);
    let ended = run.join();
    assert_eq!(ended.code, Some(130), "{ended:?}");
    let record = cloud.record();
    assert_eq!(record.state, RunState::Interrupted);
    assert_eq!(record.left, []);
    assert!(cloud.latest().join("report.html").exists());
    cloud.assert_holds(&before, "after the run");
    let clean = cloud.run(&["openstack", "clean"]);
    assert!(clean.out.contains("No dead run has left anything."), "{clean:?}");
}

#[test]
fn two_ctrl_c_leave_the_clean_up_for_later() {
    let Some(cloud) = Devcloud::take() else { return };
    let before = cloud.inventory();
    let arguments = ["run", "snaps_health_check", "--cloud", "devcloud-admin"];
    let mut run = cloud.start(cloud.functest(&arguments).args(SETTLE));
    run.wait_for("a server is being built", is_being_built);
    let live = cloud.run(&["openstack", "clean"]);
    assert!(live.out.contains("is alive"), "{live:?}");
    run.signal(Signal::INT);
    run.wait_for_words("Ctrl-C again");
    run.signal(Signal::INT);
    let ended = run.join();
    assert_eq!(ended.code, Some(130), "{ended:?}");
    assert!(ended.err.contains("`functest openstack clean "), "{ended:?}");
    clean(&cloud);
    cloud.assert_holds(&before, "after the run");
}

#[test]
fn a_clean_up_that_was_left_for_later_is_named_with_its_command() {
    let bench = Bench::new(&["server_stuck_in_build", "latency seconds=20 method=DELETE"]);
    let [out, err] = ["out", "err"].map(|name| bench.folder.path().join(name));
    let mut run = bench.functest(&["run", "snaps_health_check", "--cloud", "sandbox-admin", "-q"]);
    run.stdout(File::create(&out).unwrap()).stderr(File::create(&err).unwrap());
    let mut child = run.spawn().unwrap();
    let interrupt = || kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    wait_until(|| bench.sandbox.inventory()["servers"] > bench.before["servers"]);
    interrupt();
    let read = |path: &Path| std::fs::read_to_string(path).unwrap();
    let latest = bench.folder.path().join("state/latest");
    wait_until(|| read(&latest.join("events.jsonl")).contains(r#""event":"cancel_requested""#));
    interrupt();
    let code = child.wait().unwrap().code();
    let (out, err) = (read(&out), read(&err));
    assert_eq!(code, Some(130), "{out}{err}");
    let run_id = latest.canonicalize().unwrap().file_name().unwrap().to_str().unwrap().to_owned();
    let command = format!("`functest openstack clean {run_id}`");
    let left: Vec<&str> = out.lines().filter(|line| line.contains("left in the cloud: ")).collect();
    assert!(left.iter().any(|line| line.contains("server")), "{out}");
    assert!(left.iter().all(|line| line.contains(&command)), "{out}");
    assert!(err.contains(&command), "{err}");

    let url = bench.sandbox.auth_url();
    ask_about_faults(url.split('/').nth(2).unwrap(), "DELETE", "");
    let ended = Ended::run(bench.functest(&["openstack", "clean", &run_id]).args(QUICK));
    assert!(ended.code == Some(0) && ended.out.contains("left 0"), "{ended:?}");
    bench.assert_empty("what it named has cleaned");
}

/// Where each run is killed, and what it runs to get there.
const KILLS: [(&str, &[&str]); 10] = [
    ("project.opened", &["connection_check"]),
    ("intent.synced:5", &["snaps_health_check"]),
    ("request.sent:5", &["snaps_health_check"]),
    ("answer.received:4", &["snaps_health_check"]),
    ("id.written:6", &["snaps_health_check"]),
    ("upload.midway", &["api_check", "--scope", "GlanceUtils"]),
    ("server.booting", &["snaps_health_check"]),
    ("delete.sent", &["api_check", "--scope", "create_delete"]),
    ("delete.answered", &["api_check", "--scope", "create_delete"]),
    ("clean.midway", &["api_check", "--scope", "RouterTests.add_interface|SecurityGroup|Keypair"]),
];

#[test]
fn nothing_is_left_after_kill_9_at_ten_moments_and_a_clean() {
    let Some(cloud) = Devcloud::take() else { return };
    let named: Vec<&str> = KILLS.iter().map(|(point, _)| point.split(':').next().unwrap()).collect();
    assert_eq!(named, STOP_POINTS, "every moment has its kill");
    let before = cloud.inventory();
    for (point, arguments) in KILLS {
        let mut command = cloud.functest(&["run", "--cloud", "devcloud-admin"]);
        let output = command.args(SETTLE).args(arguments).env("FUNCTEST_STOP_AT", point).output().unwrap();
        assert_eq!(output.status.signal(), Some(9), "{point}: {:?}", Ended::of(output));
        assert_eq!(cloud.record().state, RunState::Unfinished, "{point}");
        let preview = cloud.run(&["openstack", "clean", "--dry-run"]);
        assert!(preview.out.contains("would look for"), "{point}: {preview:?}");
        clean(&cloud);
        cloud.assert_holds(&before, point);
    }
}

/// Cleans, and finds nothing more to do the second time.
fn clean(cloud: &Devcloud) {
    let first = cloud.run(&["openstack", "clean"]);
    assert_eq!(first.code, Some(0), "{first:?}");
    assert!(first.out.contains("left 0"), "{first:?}");
    let second = cloud.run(&["openstack", "clean"]);
    assert!(second.out.contains("No dead run has left anything."), "{second:?}");
}

fn is_being_built(event: &functest::core::event::Event) -> bool {
    matches!(&event.body, EventBody::Log { message, .. } if message.ends_with("is being built"))
}
