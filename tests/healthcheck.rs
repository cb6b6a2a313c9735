// SPDX-License-Identifier: Apache-2.0
//! The healthcheck tier on a real cloud, and the files of its run.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test says what is wrong by ending")]

mod devcloud;

use std::path::{Path, PathBuf};
use std::process::Command;

use devcloud::{Devcloud, Ended, repository};
use functest::core::record::RunState;
use functest::core::verdict::Verdict;

#[test]
fn everything_passes_and_the_lease_is_on_the_console() {
    let Some(cloud) = Devcloud::take() else { return };
    let before = cloud.inventory();
    let run = cloud.run(&["-vvv", "run", "healthcheck", "--cloud", "devcloud-admin"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let record = cloud.record();
    assert_eq!(record.state, RunState::Finished);
    let verdicts: Vec<_> = record.cases.iter().map(|c| (c.choice.case_name.as_str(), c.verdict.clone())).collect();
    let passed = Some(Verdict::Passed);
    let expected = ["connection_check", "api_check", "snaps_health_check"].map(|name| (name, passed.clone()));
    assert_eq!(verdicts, expected);
    let checks: Vec<u32> = record.cases.iter().map(|case| case.tally.passed).collect();
    assert_eq!(checks, [11, 59, 1]);
    let log = std::fs::read_to_string(cloud.latest().join("logs/snaps_health_check.log")).unwrap();
    assert!(log.contains("DHCP lease seen on the console: udhcpc: lease of 10.0.0."), "{log}");
    let last = run.out.lines().last().unwrap();
    assert_eq!(last, format!("Report: {}", cloud.latest().join("report.html").display()));
    // The same run, so that the cloud is not kept busy for nothing.
    no_secret_is_anywhere(&cloud, &run);
    junit_is_valid(&cloud);
    the_report_opens(&cloud);
    reports_can_be_made_again(&cloud);
    assert_eq!(cloud.inventory(), before);
}

/// The password of every cloud of the clouds.yaml is searched for in all files and all output at the highest level.
fn no_secret_is_anywhere(cloud: &Devcloud, run: &Ended) {
    // The devcloud's password is also its name, so a run with a password of its own is looked at.
    let secret = "Sw0rdfish-and-nothing-else";
    cloud.look(&["make-admin", "functest-secretive", secret]);
    let auth = format!(
        "{{auth_url: 'http://127.0.0.1:5000', username: functest-secretive, password: {secret}, project_name: admin, \
         user_domain_name: Default, project_domain_name: Default}}"
    );
    let clouds = cloud.write_clouds("secretive", &auth);
    let arguments = ["-vvv", "run", "connection_check", "api_check", "--scope", "connect|User|eypair"];
    let mut command = cloud.functest(&arguments);
    let other =
        Ended::of(command.args(["--cloud", "secretive"]).env("OS_CLIENT_CONFIG_FILE", clouds).output().unwrap());
    cloud.look(&["delete-user", "functest-secretive"]);
    assert_eq!(other.code, Some(0), "{other:?}");
    let mut searched = 0;
    for (place, text) in files_below(&cloud.folder.path().join("state")) {
        assert!(!text.contains(secret), "the password is in {}", place.display());
        // A Fernet token.
        assert!(!text.contains("gAAAA"), "a token is in {}", place.display());
        searched += 1;
    }
    assert!(searched >= 12, "only {searched} files were searched");
    for text in [&run.out, &run.err, &other.out, &other.err] {
        assert!(!text.contains(secret) && !text.contains("gAAAA"), "a secret is in the output: {text}");
    }
}

fn files_below(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_symlink() {
            continue;
        }
        match path.is_dir() {
            true => files.extend(files_below(&path)),
            false => {
                let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
                files.push((path, text));
            }
        }
    }
    files
}

fn junit_is_valid(cloud: &Devcloud) {
    let schema = repository().join("functest-results/tests/junit.xsd");
    let mut xmllint = Command::new("xmllint");
    xmllint.arg("--noout").arg("--schema").arg(schema).arg(cloud.latest().join("junit.xml"));
    let Some(ended) = Ended::of_tool(&mut xmllint) else { return };
    assert_eq!(ended.code, Some(0), "{ended:?}");
}

fn the_report_opens(cloud: &Devcloud) {
    let page = format!("file://{}", cloud.latest().join("report.html").display());
    let profile = format!("--user-data-dir={}", cloud.folder.path().join("chromium").display());
    let flags = ["--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--v=0", "--dump-dom"];
    let mut chromium = Command::new("chromium");
    chromium.args(flags).args([&profile, &page]);
    let Some(ended) = Ended::of_tool(&mut chromium) else { return };
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.out.contains("connection_check") && ended.out.contains("</html>"));
    let complaints: Vec<_> = ended.err.lines().filter(|line| line.contains("CONSOLE")).collect();
    assert!(complaints.is_empty(), "{complaints:?}");
}

fn reports_can_be_made_again(cloud: &Devcloud) {
    for (format, file) in [("html", "report.html"), ("junit", "junit.xml"), ("json", "run.json")] {
        let again = cloud.run(&["report", "latest", "--format", format]);
        assert_eq!(again.code, Some(0), "{again:?}");
        assert_eq!(again.out, std::fs::read_to_string(cloud.latest().join(file)).unwrap(), "{file}");
    }
}
