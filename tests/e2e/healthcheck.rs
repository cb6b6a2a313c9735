// SPDX-License-Identifier: Apache-2.0
//! The healthcheck tier on a real cloud, and the files of its run.

use std::path::{Path, PathBuf};
use std::process::Command;

use functest::core::record::RunState;
use functest::core::verdict::Verdict;

use crate::command::Ended;
use crate::devcloud::{Devcloud, repository};

#[test]
fn everything_passes_and_the_lease_is_on_the_console() {
    let Some(cloud) = Devcloud::take() else { return };
    // The devcloud's own password is also its name: one that stands nowhere else can be searched for.
    cloud.look(&["make-admin", "functest-secretive", SECRET]);
    let before = cloud.inventory();
    let auth = format!(
        "{{auth_url: 'http://127.0.0.1:5000', username: functest-secretive, password: {SECRET}, project_name: admin, \
         user_domain_name: Default, project_domain_name: Default}}"
    );
    let clouds = cloud.write_clouds("devcloud-admin", &auth);
    let mut command = cloud.functest(&["-vvv", "run", "healthcheck", "--cloud", "devcloud-admin"]);
    let run = Ended::of(command.env("OS_CLIENT_CONFIG_FILE", clouds).output().unwrap());
    assert_eq!(run.code, Some(0), "{run:?}");
    cloud.assert_holds(&before, "after the run");
    cloud.look(&["delete-user", "functest-secretive"]);
    all_cases_passed(&cloud);
    let last = run.out.lines().last().unwrap();
    assert_eq!(last, format!("Report: {}", cloud.latest().join("report.html").display()));
    // The same run, so that the cloud is not kept busy for nothing.
    no_secret_is_anywhere(&cloud, &run);
    junit_is_valid(&cloud);
    the_report_opens(&cloud);
    reports_can_be_made_again(&cloud);
}

fn all_cases_passed(cloud: &Devcloud) {
    let record = cloud.record();
    assert_eq!(record.state, RunState::Finished);
    let ran: Vec<_> = record.cases.iter().filter(|case| case.verdict.is_some()).collect();
    let verdicts: Vec<_> = ran.iter().map(|case| (case.choice.case_name.as_str(), case.verdict.clone())).collect();
    let passed = Some(Verdict::Passed);
    let expected = ["connection_check", "api_check", "snaps_health_check"].map(|name| (name, passed.clone()));
    assert_eq!(verdicts, expected);
    let checks: Vec<u32> = ran.iter().map(|case| case.tally.passed).collect();
    assert_eq!(checks, [11, 59, 1]);
    let unexplained = record.cases.iter().flat_map(|case| &case.checks).find(|check| check.states.is_empty());
    assert_eq!(unexplained, None, "a check must say what the cloud must do");
    let log = std::fs::read_to_string(cloud.latest().join("logs/snaps_health_check.log")).unwrap();
    assert!(log.contains("DHCP lease seen on the console: udhcpc: lease of 10.0.0."), "{log}");
}

const SECRET: &str = "Sw0rdfish-and-nothing-else";

/// The password, and tokens, are searched for in all files and all output of a run at the highest level.
fn no_secret_is_anywhere(cloud: &Devcloud, run: &Ended) {
    // Every Fernet token begins like this.
    let secrets = [SECRET, "gAAAA"];
    let mut places = files_below(&cloud.folder.path().join("state"));
    assert!(places.len() >= 8, "only {} files were searched", places.len());
    places.extend([("output".into(), run.out.clone()), ("errors".into(), run.err.clone())]);
    for (place, text) in places {
        let found = secrets.iter().find(|secret| text.contains(*secret));
        assert_eq!(found, None, "in {}", place.display());
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
