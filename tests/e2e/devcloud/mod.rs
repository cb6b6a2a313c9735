// SPDX-License-Identifier: Apache-2.0
//! The devcloud: for one test at a time where it counts what is there or stops a service, else for several.

mod turn;

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use functest::core::event::Event;
use functest::core::record::RunRecord;

use crate::command::{self, Ended};
use turn::Turn;

/// Longer than anything here takes on a slow machine.
const PATIENCE: Duration = Duration::from_secs(900);

/// The devcloud while it is a test's turn, and a state folder of the test's own.
pub(crate) struct Devcloud {
    clouds_yaml: PathBuf,
    pub(crate) folder: tempfile::TempDir,
    _turn: Turn,
}

impl Devcloud {
    /// The devcloud for this test alone, when it is its turn; `None`, with a word about it, when it is not there.
    pub(crate) fn take() -> Option<Self> {
        Self::find(Turn::alone)
    }

    /// The devcloud beside other tests that do not mind, for one that neither counts what is there nor stops anything.
    pub(crate) fn share() -> Option<Self> {
        Self::find(Turn::beside_others)
    }

    fn find(wait: fn(&Path) -> Turn) -> Option<Self> {
        let state =
            std::env::var_os("DEVCLOUD_STATE").map_or_else(|| "/var/lib/functest-devcloud".into(), PathBuf::from);
        let clouds_yaml = state.join("clouds.yaml");
        if !clouds_yaml.exists() || std::net::TcpStream::connect("127.0.0.1:5000").is_err() {
            // Past the test runner, which keeps what a passing test prints.
            let _ = writeln!(std::io::stderr(), "skipped: there is no devcloud (devcloud/up brings it up)");
            return None;
        }
        let turn = wait(&turn::of_the_devcloud());
        Some(Self { clouds_yaml, folder: tempfile::tempdir().unwrap(), _turn: turn })
    }

    /// The functest command, with this devcloud and this state folder, and nothing else of the environment.
    pub(crate) fn functest(&self, arguments: &[&str]) -> Command {
        let mut command = command::functest(&self.folder.path().join("state"));
        command.args(arguments).env("OS_CLIENT_CONFIG_FILE", &self.clouds_yaml);
        command
    }

    /// Runs functest to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        Ended::of(self.functest(arguments).output().unwrap())
    }

    /// Starts functest; its words go to files, so that nobody has to read them meanwhile.
    pub(crate) fn start(&self, command: &mut Command) -> Started {
        let (out, err) = (self.folder.path().join("stdout"), self.folder.path().join("stderr"));
        let child = command.stdout(File::create(&out).unwrap()).stderr(File::create(&err).unwrap()).spawn().unwrap();
        Started { child, out, err, latest: self.folder.path().join("state/latest") }
    }

    /// The folder of the newest run.
    pub(crate) fn latest(&self) -> PathBuf {
        self.folder.path().join("state/latest").canonicalize().unwrap()
    }

    /// The record of the newest run, made from its events by another process.
    pub(crate) fn record(&self) -> RunRecord {
        let report = self.run(&["report", "latest", "--format", "json"]);
        assert_eq!(report.code, Some(0), "{report:?}");
        serde_json::from_str(&report.out).unwrap()
    }

    /// Everything in the cloud, as openstacksdk and the databases see it.
    pub(crate) fn inventory(&self) -> String {
        self.look(&["inventory"])
    }

    /// Fails, and says what has come or gone, unless the cloud holds what it held.
    pub(crate) fn assert_holds(&self, before: &str, when: &str) {
        let after = self.inventory();
        let only_in = |one: &str, other: &str| {
            let lines = one.lines().filter(|line| !other.lines().any(|l| l == *line));
            lines.map(str::to_owned).collect::<Vec<_>>()
        };
        let (come, gone) = (only_in(&after, before), only_in(before, &after));
        assert!(come.is_empty() && gone.is_empty(), "{when}: what has come: {come:#?}, what has gone: {gone:#?}");
    }

    /// What `cloud.py` answers to `arguments`.
    pub(crate) fn look(&self, arguments: &[&str]) -> String {
        let script = repository().join("tests/e2e/devcloud/cloud.py");
        // Debian's own Python: it has openstacksdk.
        let mut command = Command::new("/usr/bin/python3");
        command.arg(script).args(arguments).env("OS_CLIENT_CONFIG_FILE", &self.clouds_yaml);
        let ended = Ended::of(command.output().unwrap());
        assert_eq!(ended.code, Some(0), "{ended:?}");
        ended.out
    }

    /// Stops or starts a service of the cloud.
    pub(crate) fn service(&self, verb: &str, name: &str) {
        let ended = Ended::of(Command::new(repository().join("devcloud/service")).args([verb, name]).output().unwrap());
        assert_eq!(ended.code, Some(0), "{ended:?}");
    }

    /// Writes a clouds.yaml of one cloud; returns its path. `auth` is the YAML of its `auth` map.
    pub(crate) fn write_clouds(&self, name: &str, auth: &str) -> PathBuf {
        let path = self.folder.path().join(format!("{name}.yaml"));
        std::fs::write(&path, format!("clouds:\n  {name}:\n    auth: {auth}\n    region_name: RegionOne\n")).unwrap();
        path
    }
}

/// The top of the repository.
pub(crate) fn repository() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// A functest that runs.
pub(crate) struct Started {
    child: Child,
    out: PathBuf,
    err: PathBuf,
    latest: PathBuf,
}

impl Started {
    /// Waits until an event of the run fulfils the condition.
    pub(crate) fn wait_for(&mut self, what: &str, condition: impl Fn(&Event) -> bool) {
        let started = Instant::now();
        loop {
            let text = std::fs::read_to_string(self.latest.join("events.jsonl")).unwrap_or_default();
            if text.lines().filter_map(|line| serde_json::from_str(line).ok()).any(|event| condition(&event)) {
                return;
            }
            let ended = self.child.try_wait().unwrap();
            assert!(ended.is_none(), "functest ended ({ended:?}) before {what}: {}", self.words());
            assert!(started.elapsed() < PATIENCE, "{what} did not happen: {}", self.words());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Sends a signal, as Ctrl-C does.
    pub(crate) fn signal(&self, signal: rustix::process::Signal) {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, signal).unwrap();
    }

    /// Waits until functest has said `words` on standard error.
    pub(crate) fn wait_for_words(&mut self, words: &str) {
        let started = Instant::now();
        while !std::fs::read_to_string(&self.err).unwrap().contains(words) {
            assert!(started.elapsed() < PATIENCE, "it did not say {words:?}: {}", self.words());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Waits for its end.
    pub(crate) fn join(mut self) -> Ended {
        let started = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(started.elapsed() < PATIENCE, "it does not end: {}", self.words());
            std::thread::sleep(Duration::from_millis(50));
        };
        let text = |path: &Path| std::fs::read_to_string(path).unwrap();
        Ended { code: status.code(), out: text(&self.out), err: text(&self.err) }
    }

    fn words(&self) -> String {
        let mut words = String::new();
        for path in [&self.out, &self.err] {
            File::open(path).unwrap().read_to_string(&mut words).unwrap();
        }
        words
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        // A test that failed must not leave functest at work on the cloud of the next.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
