// SPDX-License-Identifier: Apache-2.0
//! A sandbox in the test's own process, and the functest command that is let loose on it.

#![allow(dead_code, reason = "the soak uses a part of this")]

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::Command;

use functest::core::record::{CaseRecord, RunRecord};
use functest::sandbox::{FaultFile, Options, Sandbox};

use crate::command::{Ended, functest};

/// A sandbox, a state folder, and a runtime for the one.
pub(crate) struct Bench {
    pub(crate) sandbox: Sandbox,
    pub(crate) folder: tempfile::TempDir,
    /// What there was before anything was run.
    pub(crate) before: BTreeMap<&'static str, usize>,
    _runtime: tokio::runtime::Runtime,
}

impl Bench {
    pub(crate) fn new(faults: &[&str]) -> Self {
        let mut file = FaultFile::default();
        for words in faults {
            file.extend(FaultFile::from_words(words).unwrap());
        }
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let options = Options { seed: Some(1), faults: file, ..Options::default() };
        let sandbox = runtime.block_on(Sandbox::start(options)).unwrap();
        let folder = tempfile::tempdir().unwrap();
        sandbox.write_clouds(&folder.path().join("clouds.yaml")).unwrap();
        Self { before: sandbox.inventory(), sandbox, folder, _runtime: runtime }
    }

    /// The functest command, with this sandbox's clouds and this state folder, and nothing else of the environment.
    pub(crate) fn functest(&self, arguments: &[&str]) -> Command {
        let mut command = functest(&self.folder.path().join("state"));
        command.args(arguments).env("OS_CLIENT_CONFIG_FILE", self.folder.path().join("clouds.yaml"));
        command
    }

    /// Runs a case or tier as the administrator, with deadlines for a cloud that answers at once.
    pub(crate) fn run(&self, name: &str) -> (Ended, RunRecord) {
        let ended = Ended::run(self.functest(&["run", name, "--cloud", "sandbox-admin", "--json", "-q"]).args(QUICK));
        let record = serde_json::from_str(&ended.out).unwrap_or_else(|error| panic!("{error}: {ended:?}"));
        (ended, record)
    }

    /// The folder of a run that was killed when it had asked for a server; the sandbox has to have `server_stuck_in_build`.
    pub(crate) fn killed_run(&self) -> PathBuf {
        let mut run = self.functest(&["run", "snaps_health_check", "--cloud", "sandbox-admin", "-q"]);
        let ended = Ended::run(run.env("FUNCTEST_STOP_AT", "server.booting"));
        assert_eq!(ended.code, None, "it was to be killed: {ended:?}");
        assert!(self.sandbox.inventory()["servers"] > self.before["servers"], "it was to leave something");
        self.folder.path().join("state/latest").canonicalize().unwrap()
    }

    /// Nothing is there that was not there before.
    pub(crate) fn assert_empty(&self, after: &str) {
        let now = self.sandbox.inventory();
        assert_eq!(now, self.before, "after {after}");
    }
}

/// Deadlines for a cloud that answers at once, on a machine that may be busy.
pub(crate) const QUICK: [&str; 8] = [
    "--set",
    "run.deadline_factor=0.03",
    "--set",
    "run.request_deadline=1000",
    "--set",
    "run.connect_deadline=500",
    "--set",
    "run.clean_deadline=3000",
];

/// One request to a sandbox's own route, by which what is broken can be changed while it runs.
pub(crate) fn ask_about_faults(address: &str, method: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    let length = body.len();
    write!(
        stream,
        "{method} /sandbox/faults HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// The case of that name.
pub(crate) fn case<'r>(record: &'r RunRecord, name: &str) -> &'r CaseRecord {
    record.cases.iter().find(|case| case.choice.case_name == name).unwrap()
}

/// The words that a case's verdict and its checks come with.
pub(crate) fn words(case: &CaseRecord) -> String {
    let verdict = case.verdict.as_ref().map(|verdict| format!("{} {:?}", verdict.word(), verdict.reason()));
    format!("{verdict:?} {:?} {:?}", case.checks.iter().map(|check| &check.outcome).collect::<Vec<_>>(), case.clean_up)
}
