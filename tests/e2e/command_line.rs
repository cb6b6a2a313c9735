// SPDX-License-Identifier: Apache-2.0
//! What the command says and ends with, without any cloud.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::command::Ended;

const DANUBE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../functest-core/tests/catalogues/functest-danube.yaml");

/// Runs functest in an empty folder, with nothing of this process's environment.
fn functest(arguments: &[&str]) -> Ended {
    functest_in(tempfile::tempdir().unwrap().path(), arguments, &[])
}

fn functest_in(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Ended {
    let mut command = Command::new(env!("CARGO_BIN_EXE_functest"));
    command.args(arguments).env_clear().env("HOME", folder).current_dir(folder).envs(variables.iter().copied());
    Ended::run(&mut command)
}

fn selected_of(document: &str, decisions: &[&str]) -> Vec<String> {
    let document: Value = serde_json::from_str(document).unwrap();
    let cases = document["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 31);
    let wanted = cases.iter().filter(|case| decisions.contains(&case["decision"].as_str().unwrap()));
    wanted.map(|case| case["case_name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_danube_catalogue_selects_what_its_rules_select() {
    let always = "rally_sanity refstack_defcore orchestra_ims";
    let common = "connection_check api_check snaps_health_check tempest_smoke_serial snaps_smoke tempest_full_parallel \
                  rally_full vping_userdata";
    let table: BTreeMap<(&str, &str), &str> = [
        (("apex", "os-odl_l2-nofeature-ha"), "vping_ssh odl doctor security_scan cloudify_ims"),
        (
            ("fuel", "os-odl_l2-sfc-ha"),
            "vping_ssh odl promise doctor multisite odl-sfc parser domino cloudify_ims vyos_vrouter",
        ),
        (("apex", "os-odl_l3-nofeature-ha"), "odl odl_netvirt doctor security_scan cloudify_ims"),
        (("compass", "os-onos-sfc-ha"), "vping_ssh onos multisite onos_sfc domino"),
        (("joid", "os-nosdn-nofeature-noha"), "vping_ssh promise cloudify_ims"),
        (
            ("fuel", "os-nosdn-kvm_ovs_dpdk_bar-ha"),
            "vping_ssh promise doctor multisite parser domino barometer cloudify_ims",
        ),
    ]
    .into();
    // multisite wants its word in the scenario, vyos_vrouter a plain one: taken out where the rule says so.
    for ((installer, scenario), own) in table {
        let arguments =
            ["run", "--dry-run", "--json", "--catalogue", DANUBE, "--installer", installer, "--scenario", scenario];
        let ended = functest(&arguments);
        assert_eq!(ended.code, Some(0), "{}", ended.err);
        let mut expected: Vec<&str> = [always, common, own].iter().flat_map(|words| words.split_whitespace()).collect();
        expected.retain(|name| *name != "multisite" || scenario.contains("multisite"));
        expected.retain(|name| *name != "vyos_vrouter" || scenario.contains("nosdn-nofeature"));
        expected.sort_unstable();
        let mut found = selected_of(&ended.out, &["selected", "no_driver"]);
        found.sort_unstable();
        assert_eq!(found, expected, "{installer} {scenario}");
    }
}

#[test]
fn every_case_of_a_plan_has_its_reason() {
    let ended = functest(&["run", "--dry-run", "--json", "--catalogue", DANUBE, "--installer", "apex"]);
    let document: Value = serde_json::from_str(&ended.out).unwrap();
    for case in document["cases"].as_array().unwrap() {
        for key in ["tier", "case_name", "project_name", "decision", "reason"] {
            assert!(case[key].as_str().is_some_and(|text| !text.is_empty()), "{key} of {case}");
        }
    }
    let assumed = document["facts"].as_array().unwrap().iter().find(|fact| fact["variable"] == "DEPLOY_SCENARIO");
    assert_eq!(assumed.unwrap()["value"], "os-nosdn-nofeature-noha");
    assert_eq!(assumed.unwrap()["source"], "default");
}

#[test]
fn facts_come_from_the_environment_when_no_flag_gives_them() {
    let folder = tempfile::tempdir().unwrap();
    let variables = [("INSTALLER_TYPE", "fuel"), ("DEPLOY_SCENARIO", "os-nosdn-nofeature-ha")];
    let arguments = ["testcase", "show", "vyos_vrouter", "--catalogue", DANUBE, "--json"];
    let ended = functest_in(folder.path(), &arguments, &variables);
    let document: Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!(document["decision"], "no_driver", "{}", ended.out);
    let given = functest_in(folder.path(), &[&arguments[..], &["--installer", "apex"]].concat(), &variables);
    let document: Value = serde_json::from_str(&given.out).unwrap();
    assert_eq!(document["decision"], "installer", "{}", given.out);
}

#[test]
fn an_empty_value_says_nothing_and_the_next_source_is_asked() {
    let folder = tempfile::tempdir().unwrap();
    let fact = |arguments: &[&str], variables: &[(&str, &str)]| {
        let arguments = [&["run", "connection_check", "--cloud", "sandbox", "--json"], arguments].concat();
        let ended = functest_in(folder.path(), &arguments, variables);
        let record: Value = serde_json::from_str(&ended.out).unwrap();
        let fact =
            record["head"]["facts"].as_array().unwrap().iter().find(|fact| fact["variable"] == "DEPLOY_SCENARIO");
        let fact = fact.unwrap();
        format!("{} {}", fact["value"].as_str().unwrap(), fact["source"].as_str().unwrap())
    };
    std::fs::write(folder.path().join("pod.yaml"), "nodes: [{name: n, role: Controller, remote_management: {}}]")
        .unwrap();
    std::fs::write(folder.path().join("sut.yaml"), "installer: static\ninventory: pod.yaml\nscenario: os-told\n")
        .unwrap();
    let set = ("DEPLOY_SCENARIO", "os-set");
    assert_eq!(fact(&["--scenario", "os-given"], &[set]), "os-given given");
    assert_eq!(fact(&["--scenario", ""], &[set]), "os-set environment");
    let told = fact(&["--scenario", "", "--sut", "sut.yaml"], &[("DEPLOY_SCENARIO", "")]);
    assert_eq!(told, "os-told installer");
    assert_eq!(fact(&["--scenario", ""], &[("DEPLOY_SCENARIO", "")]), "os-nosdn-nofeature-noha default");
}

#[test]
fn a_variable_that_is_no_text_is_named_and_a_path_is_followed() {
    let folder = tempfile::tempdir().unwrap();
    let broken = |prefix: &[u8]| OsString::from_vec([prefix, b"\xff"].concat());
    let with = |arguments: &[&str], variables: &[(&str, OsString)]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_functest"));
        command.args(arguments).env_clear().env("HOME", folder.path()).current_dir(folder.path());
        Ended::run(command.envs(variables.iter().cloned()))
    };
    for (name, arguments) in [
        ("DEPLOY_SCENARIO", &["run", "--dry-run"][..]),
        ("INSTALLER_TYPE", &["tier", "list"]),
        ("NODE_NAME", &["run", "--dry-run"]),
        ("BUILD_TAG", &["run", "--dry-run"]),
        ("OS_CLOUD", &["run", "connection_check"]),
        ("OS_AUTH_URL", &["openstack", "check"]),
        ("EXTERNAL_NETWORK", &["run", "api_check", "--dry-run"]),
        ("FUNCTEST_DEADLINE_FACTOR", &["run", "--dry-run"]),
        ("INSTALLER_IP", &["nodes", "list"]),
    ] {
        let ended = with(arguments, &[(name, broken(b"os-"))]);
        assert_eq!(ended.code, Some(2), "{name}: {ended:?}");
        assert!(ended.err.contains(&format!("the environment variable {name} is not UTF-8")), "{name}: {ended:?}");
    }
    let given = with(&["run", "--dry-run", "--scenario", "os"], &[("DEPLOY_SCENARIO", broken(b"os-"))]);
    assert_eq!(given.code, Some(0), "what does not decide is no error: {given:?}");
    // In the folder here is another cloud than in the file that is named.
    let named = folder.path().join(OsStr::from_bytes(b"clouds-\xff.yaml"));
    std::fs::write(&named, "clouds: {named: {}}").unwrap();
    std::fs::write(folder.path().join("clouds.yaml"), "clouds: {here: {}}").unwrap();
    let ended = with(&["openstack", "check", "--cloud", "cloud"], &[("OS_CLIENT_CONFIG_FILE", named.into())]);
    assert!(ended.err.contains("known: named;"), "{ended:?}");
    let state = folder.path().join(OsStr::from_bytes(b"state-\xff"));
    let ended =
        with(&["run", "connection_check", "--cloud", "sandbox"], &[("FUNCTEST_STATE_DIR", state.clone().into())]);
    assert!(ended.code == Some(0) && state.join("latest").exists(), "{ended:?}");
}

#[test]
fn wrong_input_is_refused_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("broken.yaml"), "tiers:\n  - name: [a\n").unwrap();
    let wrong = "tiers:\n- name: t\n  testcases:\n  - {case_name: a, criteria: 200, run: {name: x}}\n";
    std::fs::write(folder.path().join("wrong.yaml"), wrong).unwrap();
    std::fs::write(folder.path().join("s.yaml"), "api_check: {parallel: many}\n").unwrap();
    let table: [(&[&str], &str); 16] = [
        (&["run", "helthcheck"], "did you mean `healthcheck`?"),
        (&["run", "--catalogue", "broken.yaml"], "broken.yaml:"),
        (
            &["run", "--catalogue", "wrong.yaml"],
            "wrong.yaml:4:30: tiers[0].testcases[0].criteria: \"200\" is not a criterion",
        ),
        (&["run", "--catalogue", "missing.yaml"], "cannot read the catalogue missing.yaml"),
        (&["run", "--scope", "("], "is not a regular expression"),
        (&["run", "--exclude", "[a"], "cannot exclude"),
        (&["run", "--exclude", "*"], "nothing is selected to run"),
        (&["run", "connection_check", "--scope", "nowhere"], "nothing of connection_check is in the scope `nowhere`"),
        (&["run", "--set", "api_check.paralel=1"], "did you mean `parallel`?"),
        (&["run", "--set", "api_chek.parallel=1"], "did you mean `api_check`?"),
        (&["run", "--settings", "s.yaml"], "s.yaml: api_check.parallel: expected a whole number"),
        (&["run", "--set", "run.deadline_factor=0"], "--set run.deadline_factor"),
        (&["run", "--cloud", "nowhere"], "there is no cloud `nowhere`"),
        (&["run"], "no cloud is named"),
        // Whatever is installed on this machine, it is not what was meant.
        (&["nodes", "exec", "--inventory", "inventroy.yaml", "--", "true"], "inventroy.yaml: No such file"),
        (&["nodes", "detect", "--installer-key", "no-key"], "no-key: No such file"),
    ];
    for (arguments, words) in table {
        let ended = functest_in(folder.path(), arguments, &[]);
        assert_eq!(ended.code, Some(2), "{arguments:?}: {}", ended.err);
        assert!(ended.err.contains(words), "{arguments:?}: {}", ended.err);
        assert!(!ended.err.contains("panicked"), "{}", ended.err);
    }
    let entries: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(entries.len(), 3, "wrong input created something: {entries:?}");
}

#[test]
fn a_path_that_a_user_names_stays_what_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let ended = functest_in(folder.path(), &["run", "connection_check", "--cloud", "sandbox"], &[]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    std::fs::write(path("report.html"), "old").unwrap();
    std::fs::set_permissions(path("report.html"), std::fs::Permissions::from_mode(0o660)).unwrap();
    std::os::unix::fs::symlink("report.html", path("link")).unwrap();
    let report = |output: &str| functest_in(folder.path(), &["report", "latest", "-o", output], &[]);
    assert_eq!(report("link").code, Some(0));
    assert!(std::fs::read_to_string(path("report.html")).unwrap().starts_with("<!DOCTYPE html>"));
    assert_eq!(std::fs::metadata(path("report.html")).unwrap().mode() & 0o777, 0o660);
    assert!(std::fs::symlink_metadata(path("link")).unwrap().is_symlink());
    for output in ["-", "/dev/stdout"] {
        let ended = report(output);
        assert!(ended.code == Some(0) && ended.out.starts_with("<!DOCTYPE html>") && ended.err.is_empty(), "{ended:?}");
    }
    let full = report("/dev/full");
    assert!(full.code == Some(3) && full.err.contains("cannot write /dev/full"), "{full:?}");
    assert!(std::fs::metadata("/dev/full").unwrap().file_type().is_char_device() && !path("-").exists());
}

#[test]
fn credentials_go_to_standard_output_where_that_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let openrc = "export OS_AUTH_URL=http://192.0.2.1:5000/v3 OS_USERNAME=admin OS_PASSWORD=\"it's secret\"\n";
    std::fs::write(folder.path().join("admin-openrc"), openrc).unwrap();
    // An installer that is on this machine, and has no nodes.
    let juju = folder.path().join("juju");
    std::fs::write(&juju, "#!/bin/sh\necho '{\"machines\": {}}'\n").unwrap();
    std::fs::set_permissions(&juju, std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:/usr/bin:/bin", folder.path().display());
    for output in ["-", "/dev/stdout"] {
        let arguments = ["sut", "credentials", "--installer", "joid", "-o", output];
        let ended = functest_in(folder.path(), &arguments, &[("PATH", &path)]);
        assert_eq!(ended.code, Some(0), "{ended:?}");
        std::fs::write(folder.path().join("printed"), &ended.out).unwrap();
        let line = ". ./printed && echo \"$OS_AUTH_URL $OS_USERNAME $OS_PASSWORD\"";
        let read = Ended::run(Command::new("sh").args(["-ec", line]).env_clear().current_dir(folder.path()));
        assert_eq!(read.out, "http://192.0.2.1:5000/v3 admin it's secret\n", "{read:?}: {ended:?}");
        assert!(!ended.err.contains("secret") && !folder.path().join("-").exists(), "{ended:?}");
    }
}

#[test]
fn usage_is_explained() {
    let mistyped = functest(&["tiers"]);
    assert_eq!(mistyped.code, Some(2));
    assert!(mistyped.err.contains("similar subcommand") && mistyped.err.contains("tier"), "{}", mistyped.err);
    let version = functest(&["--version"]);
    assert_eq!((version.code, version.out.trim()), (Some(0), concat!("functest ", env!("CARGO_PKG_VERSION"))));
    for command in [&["run"][..], &["tier", "list"], &["testcase", "show"], &["openstack", "clean"], &["report"]] {
        let help = functest(&[command, &["--help"]].concat());
        assert_eq!(help.code, Some(0));
        assert!(help.out.contains("Example"), "{command:?}: {}", help.out);
    }
    let completions = functest(&["completions", "bash"]);
    assert!(completions.code == Some(0) && completions.out.contains("_functest"));
    let unknown = functest(&["report", "latest"]);
    assert_eq!(unknown.code, Some(2));
    assert!(unknown.err.contains("there is no run `latest`"), "{}", unknown.err);
    assert_eq!(functest(&["openstack", "clean"]).code, Some(0));
}

#[test]
fn a_configuration_counts_where_nobody_says_anything() {
    let folder = tempfile::tempdir().unwrap();
    let shown = functest_in(folder.path(), &["config", "show"], &[]);
    assert!(shown.code == Some(0) && shown.out.contains("(there is none)"), "{shown:?}");
    let default = functest_in(folder.path(), &["config", "show", "--default"], &[]);
    std::fs::write(folder.path().join("functest.yaml"), default.out).unwrap();
    let text = "cloud: sandbox\njobs: 1\nstate_folder: kept\nsettings: {run: {attempts: 2}, connection_check: {api_token: x}}\n";
    std::fs::create_dir_all(folder.path().join(".config/functest")).unwrap();
    std::fs::write(folder.path().join(".config/functest/functest.yaml"), text).unwrap();
    let shown = functest_in(folder.path(), &["config", "show", "--json"], &[("OS_CLOUD", "mine")]);
    let shown: Value = serde_json::from_str(&shown.out).unwrap();
    let value = |key: &str| {
        let values = shown["values"].as_array().unwrap();
        values.iter().find(|value| value["key"] == key).unwrap_or_else(|| panic!("there is no {key}")).clone()
    };
    assert_eq!((&value("cloud")["value"], &value("cloud")["origin"]), (&"mine".into(), &"$OS_CLOUD".into()));
    // The project's file says what the default says, and wins over the user's.
    assert_eq!(value("jobs")["value"], 4);
    assert!(value("jobs")["origin"].as_str().unwrap().ends_with("/functest.yaml"));
    assert_eq!(value("settings.connection_check.api_token")["value"], "(hidden)");
    let ended = functest_in(folder.path(), &["run", "connection_check", "--json"], &[]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let record: Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!((&record["head"]["cloud"]["name"], &record["head"]["jobs"]), (&"sandbox".into(), &4.into()));
    assert!(folder.path().join(".config/functest/kept/latest").exists());
    std::fs::write(folder.path().join("functest.yaml"), "clowd: x\n").unwrap();
    let ended = functest_in(folder.path(), &["tier", "list"], &[]);
    assert!(
        ended.code == Some(2) && ended.err.contains("functest.yaml: ") && ended.err.contains("`clowd`"),
        "{ended:?}"
    );
    assert_eq!(functest_in(folder.path(), &["completions", "bash"], &[]).code, Some(0));
}

#[test]
fn signals_that_are_ignored_at_the_start_stay_ignored() {
    let folder = tempfile::tempdir().unwrap();
    let text = "tiers: [{name: t, testcases: [{case_name: c, run: {name: bashfeature, args: {cmd: 'sleep 3'}}}]}]";
    std::fs::write(folder.path().join("testcases.yaml"), text).unwrap();
    let after = |trap: &str, signal: &str| {
        let line = format!("{trap} exec {} run --catalogue testcases.yaml", env!("CARGO_BIN_EXE_functest"));
        let mut command = Command::new("sh");
        command.args(["-c", &line]).env_clear().env("HOME", folder.path()).env("PATH", "/usr/bin:/bin");
        let child = command.current_dir(folder.path()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let events = folder.path().join(".local/state/functest/latest/events.jsonl");
        // By then it listens for signals.
        let case_runs = || std::fs::read_to_string(&events).is_ok_and(|events| events.contains("$ sleep 3"));
        for _ in 0..3_000 {
            if case_runs() {
                break;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        assert!(case_runs(), "the case does not start");
        std::thread::sleep(Duration::from_millis(500));
        assert!(
            Command::new("kill").args([&format!("-{signal}"), &child.id().to_string()]).status().unwrap().success()
        );
        let ended = Ended::of(child.wait_with_output().unwrap());
        std::fs::remove_dir_all(folder.path().join(".local")).unwrap();
        ended
    };
    for signal in ["HUP", "INT", "TERM"] {
        let ignored = after("trap '' HUP INT TERM;", signal);
        assert_eq!(ignored.code, Some(0), "{signal}: {ignored:?}");
    }
    for signal in ["HUP", "INT", "TERM"] {
        let ended = after("", signal);
        assert_eq!(ended.code, Some(130), "{signal}: {ended:?}");
    }
    // What is not ignored ends it all the same.
    assert_eq!(after("trap '' HUP;", "TERM").code, Some(130));
}

#[test]
fn a_report_that_does_not_exist_is_not_named() {
    let folder = tempfile::tempdir().unwrap();
    let line = "mkdir here/report.html";
    let text = format!(
        "tiers: [{{name: t, testcases: [{{case_name: c, run: {{name: bashfeature, args: {{cmd: '{line}'}}}}}}]}}]"
    );
    std::fs::write(folder.path().join("testcases.yaml"), text).unwrap();
    let path = [("PATH", "/usr/bin:/bin")];
    let arguments = ["run", "--catalogue", "testcases.yaml", "--run-dir", "here", "--json"];
    let ended = functest_in(folder.path(), &arguments, &path);
    assert_eq!(ended.code, Some(3), "{ended:?}");
    assert!(!ended.err.contains("Report: ") && ended.err.contains("there is no report: "), "{ended:?}");
    assert!(!ended.err.contains("by the user"), "{ended:?}");
    let printed: Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!(printed["exit_code"], 3);
    let kept =
        std::fs::read(folder.path().join("here/run.json")).map(|text| serde_json::from_slice::<Value>(&text).unwrap());
    assert!(kept.is_ok_and(|kept| kept["exit_code"] == 3), "{ended:?}");
}
