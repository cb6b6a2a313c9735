// SPDX-License-Identifier: Apache-2.0
//! The example does what its README says: without a cloud, in the sandbox, and in the devcloud when there is one.

#![allow(clippy::unwrap_used, reason = "a test says what is wrong by ending")]

use std::fs::File;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Command, Output};
use std::time::Duration;

use functest::core::record::RunRecord;
use functest::core::selection::Decision;
use functest::core::verdict::{CheckOutcome, Verdict};
use functest::{Functest, StateFolder};
use tempfile::TempDir;

/// The program, with a state folder of its own and nothing in its environment that names a cloud.
struct Embed {
    state: TempDir,
    command: Command,
}

impl Embed {
    fn new(arguments: &[String]) -> Self {
        let state = tempfile::tempdir().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_embed"));
        command.args(arguments).env_clear().env("FUNCTEST_STATE_DIR", state.path()).current_dir(state.path());
        Self { state, command }
    }

    fn run(&mut self) -> Output {
        self.command.output().unwrap()
    }

    fn record(&self) -> RunRecord {
        Functest::new().with_state(StateFolder::new(self.state.path())).report().record("latest").unwrap()
    }
}

/// A gateway that says this to whoever connects; returns the settings that lead there.
fn gateway(greeting: &'static str) -> Vec<String> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        while let Ok((mut connection, _)) = listener.accept() {
            let _ = connection.write_all(greeting.as_bytes());
        }
    });
    settings(port)
}

fn settings(port: u16) -> Vec<String> {
    vec!["ssh_gateway.host=127.0.0.1".into(), format!("ssh_gateway.port={port}")]
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn verdict<'a>(record: &'a RunRecord, case: &str) -> &'a Option<Verdict> {
    &record.cases.iter().find(|record| record.choice.case_name == case).unwrap().verdict
}

#[test]
fn a_gateway_that_answers_passes() {
    let mut embed = Embed::new(&gateway("SSH-2.0-OpenSSH_9.2\r\n"));
    let output = embed.run();
    let text = stdout(&output);
    assert!(output.status.success(), "{output:?}");
    let totals = ": 1 passed, 0 failed, 0 errored, 0 skipped, 0 not run\n";
    assert!(text.starts_with("ssh_gateway passed\n") && text.contains(totals), "{text}");
    let record = embed.record();
    assert_eq!(verdict(&record, "ssh_gateway"), &Some(Verdict::Passed));
    assert_eq!(verdict(&record, "inventory"), &None);
    let checks: Vec<_> = record.cases[0].checks.iter().map(|check| (check.name.as_str(), &check.outcome)).collect();
    assert_eq!(checks, [("connects", &CheckOutcome::Passed), ("greets", &CheckOutcome::Passed)]);
    assert_eq!(record.cases[1].choice.decision, Decision::OutOfScope);
}

#[test]
fn something_else_at_the_port_fails() {
    let mut embed = Embed::new(&gateway("220 mail.example.org ESMTP\r\n"));
    let output = embed.run();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let failed = "  ssh_gateway.greets failed: expected \"SSH-2.0-\", it said \"220 mail.example.org ESMTP\"\n";
    let text = stdout(&output);
    assert!(text.starts_with(&format!("{failed}ssh_gateway failed\n")), "{text}");
    let record = embed.record();
    assert_eq!((record.totals.passed, record.totals.failed, record.exit_code), (0, 1, Some(1)));
}

#[test]
fn nobody_at_the_port_fails_without_a_second_check() {
    // Bound and not listening: the port is nobody else's, and refuses.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
    let mut embed = Embed::new(&settings(socket.local_addr().unwrap().port()));
    assert_eq!(embed.run().status.code(), Some(1));
    let record = embed.record();
    let words: Vec<_> = record.cases[0].checks.iter().map(|check| check.outcome.word()).collect();
    assert_eq!(words, ["failed", "skipped"]);
    let reason = verdict(&record, "ssh_gateway").as_ref().and_then(Verdict::reason).unwrap();
    assert!(reason.starts_with("connects: cannot connect to 127.0.0.1:"), "{reason}");
}

#[test]
fn a_wrong_setting_ends_it_before_anything_happens() {
    let table = [
        ("ssh_gateway.port=70000", "--set ssh_gateway.port: ssh_gateway.port: expected a whole number from 0 to 65535"),
        ("ssh_gateway.prot=22", "the case has no such key; did you mean `port`?"),
        ("gateway.port=22", "there is no test case `gateway`"),
    ];
    for (argument, message) in table {
        let mut embed = Embed::new(&[argument.into()]);
        let output = embed.run();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(2) && said.contains(message), "{argument}: {said}");
        assert_eq!(embed.state.path().read_dir().unwrap().count(), 0, "{argument} left something in the state folder");
    }
}

#[test]
fn a_variable_of_old_sets_the_host() {
    let arguments = gateway("SSH-2.0-x\n");
    let mut embed = Embed::new(&arguments[1..]);
    embed.command.env("SITE_GATEWAY", "127.0.0.1");
    assert!(embed.run().status.success());
    assert_eq!(embed.record().head.settings["ssh_gateway"]["host"], "127.0.0.1");
}

#[test]
fn a_sink_that_fails_hurts_nobody() {
    let mut embed = Embed::new(&gateway("SSH-2.0-x\r\n"));
    let full = File::options().write(true).open("/dev/full").unwrap();
    let output = embed.command.stdout(full).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.starts_with("warning: ") && said.contains("print a verdict"), "{said}");
    assert_eq!((embed.record().totals.passed, embed.record().exit_code), (1, Some(0)));
}

#[test]
fn in_the_devcloud_the_inventory_is_taken_and_nothing_is_left() {
    let Some(devcloud) = Devcloud::find() else { return };
    let mut embed = Embed::new(&gateway("SSH-2.0-x\r\n"));
    embed.command.env("OS_CLIENT_CONFIG_FILE", &devcloud.clouds_yaml).env("OS_CLOUD", "devcloud-admin");
    // Neutron gives every project a security group of its own.
    assert_the_inventory_is_taken(&mut embed, &["network", "security_group", "user", "project"]);
}

#[test]
fn in_the_sandbox_too() {
    let mut embed = Embed::new(&gateway("SSH-2.0-x\r\n"));
    embed.command.env("OS_CLOUD", "sandbox");
    assert_the_inventory_is_taken(&mut embed, &["network", "user", "project"]);
}

fn assert_the_inventory_is_taken(embed: &mut Embed, expected: &[&str]) {
    let output = embed.run();
    assert!(output.status.success(), "{output:?}");
    let record = embed.record();
    assert_eq!((record.totals.passed, record.left.len()), (2, 0));
    let inventory = record.cases.iter().find(|case| case.choice.case_name == "inventory").unwrap();
    let deleted: Vec<_> = inventory.clean_up.deleted.iter().map(|thing| thing.kind.as_str()).collect();
    assert_eq!(deleted, expected);
    assert!(inventory.messages.iter().any(|message| message.text.ends_with("servers are visible")));
}

/// The devcloud, while nobody has it for himself.
struct Devcloud {
    clouds_yaml: PathBuf,
    _turn: File,
}

impl Devcloud {
    /// The devcloud, when its Keystone answers; `None`, with a word about it, when not.
    fn find() -> Option<Self> {
        let state = std::env::var_os("DEVCLOUD_STATE").unwrap_or_else(|| "/var/lib/functest-devcloud".into());
        // End-to-end tests that stop its services or count what is in it hold this alone.
        let turn = File::create(std::env::temp_dir().join("functest-devcloud.turn")).unwrap();
        turn.lock_shared().unwrap();
        let found = Self { clouds_yaml: PathBuf::from(state).join("clouds.yaml"), _turn: turn };
        let found = found.answers().is_some().then_some(found);
        if found.is_none() {
            // Past the test runner, which keeps what a passing test prints.
            let _ = writeln!(std::io::stderr(), "skipped: no devcloud (devcloud/up brings it up)");
        }
        found
    }

    fn answers(&self) -> Option<()> {
        let text = std::fs::read_to_string(&self.clouds_yaml).ok()?;
        let url = text.lines().find_map(|line| line.trim().strip_prefix("auth_url: http://"))?;
        let (address, path) = url.split_once('/')?;
        let mut connection = TcpStream::connect(address).ok()?;
        connection.set_read_timeout(Some(Duration::from_secs(30))).ok()?;
        write!(connection, "GET /{path} HTTP/1.0\r\n\r\n").ok()?;
        let mut answer = [0; 12];
        connection.read_exact(&mut answer).ok()?;
        answer.ends_with(b" 200").then_some(())
    }
}
