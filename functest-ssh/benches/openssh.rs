// SPDX-License-Identifier: Apache-2.0
//! How this crate compares with OpenSSH's own programs, against one OpenSSH server on loopback, in one run:
//! `cargo bench -p functest-ssh --bench openssh` (with `-- commands` or `-- files`: one of the two).
//!
//! * 100 commands over one session, one after the other: with `ssh` processes, and with `ssh` over a connection that is kept
//!   (ControlMaster).
//! * A file of 500 MB there and back: with `scp`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "a benchmark speaks, or ends")]

#[path = "../tests/sshd/mod.rs"]
mod sshd;

use std::process::Command as Program;
use std::time::{Duration, Instant};

use functest_ssh::transfer::Options;
use functest_ssh::{Command, Dialer};

use self::sshd::Sshd;

const COMMANDS: usize = 100;
const MEGABYTES: u64 = 500;
/// The best of so many counts: machines are noisy.
const ROUNDS: usize = 3;

#[tokio::main]
async fn main() {
    // What the user's shell does when it starts (~/.bashrc) is not what is compared here.
    let Some(sshd) = Sshd::start("MaxSessions 100\nSetEnv HOME=/nonexistent") else { return };
    let wanted: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|word| word == name);
    if is_wanted("commands") {
        commands(&sshd).await;
    }
    if is_wanted("files") {
        files(&sshd).await;
    }
}

/// OpenSSH's options to log in here.
fn options(sshd: &Sshd, port_flag: &str) -> Vec<String> {
    let known = format!("UserKnownHostsFile={}", sshd.path("known_hosts").display());
    let key = sshd.path("id_ed25519").display().to_string();
    let port = sshd.port().to_string();
    let words = ["-q", "-F", "none", "-o", "BatchMode=yes", "-o", &known, "-i", &key, port_flag, &port];
    words.map(str::to_owned).to_vec()
}

fn ssh(sshd: &Sshd, more: &[&str]) {
    let status = Program::new("ssh").args(options(sshd, "-p")).args(more).args(["127.0.0.1", "true"]).status();
    assert!(status.unwrap().success());
}

fn best(mut work: impl FnMut()) -> Duration {
    let time = |_| {
        let begun = Instant::now();
        work();
        begun.elapsed()
    };
    (0..ROUNDS).map(time).min().unwrap()
}

async fn commands(sshd: &Sshd) {
    let mut ours = Duration::MAX;
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        // The login counts as well.
        let session = Dialer::default().connect(&sshd.target()).await.unwrap();
        for _ in 0..COMMANDS {
            session.run(&Command::new("true")).await.unwrap().check().unwrap();
        }
        ours = ours.min(begun.elapsed());
    }
    let processes = best(|| (0..COMMANDS).for_each(|_| ssh(sshd, &[])));
    let socket = format!("ControlPath={}", sshd.path("control").display());
    ssh(sshd, &["-o", "ControlMaster=auto", "-o", &socket, "-o", "ControlPersist=60"]);
    let kept = best(|| (0..COMMANDS).for_each(|_| ssh(sshd, &["-o", &socket])));
    println!("{COMMANDS} commands over one session: {ours:.2?}");
    ratio("ssh processes", processes, ours);
    ratio("ssh with ControlMaster", kept, ours);
}

async fn files(sshd: &Sshd) {
    let folder = tempfile::tempdir().unwrap();
    let (big, copy) = (folder.path().join("big"), folder.path().join("copy"));
    std::fs::File::create(&big).unwrap().set_len(MEGABYTES * 1_000_000).unwrap();
    let (big_text, copy_text) = (big.display().to_string(), copy.display().to_string());
    let scp = |from: &str, to: &str| {
        let status = Program::new("scp").args(options(sshd, "-P")).args([from, to]).status().unwrap();
        assert!(status.success());
    };
    let there = best(|| scp(&big_text, &format!("127.0.0.1:{copy_text}")));
    let back = best(|| scp(&format!("127.0.0.1:{big_text}"), &copy_text));
    let session = Dialer::default().connect(&sshd.target()).await.unwrap();
    let (mut put, mut get) = (Duration::MAX, Duration::MAX);
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        session.put_file(&big, &copy_text, &Options::default()).await.unwrap();
        put = put.min(begun.elapsed());
        let begun = Instant::now();
        session.get_file(&big_text, &copy, &Options::default()).await.unwrap();
        get = get.min(begun.elapsed());
    }
    for (what, ours, theirs) in [("put", put, there), ("get", get, back)] {
        println!("{what} {MEGABYTES} MB: {ours:.2?}");
        ratio("scp", theirs, ours);
    }
}

fn ratio(what: &str, theirs: Duration, ours: Duration) {
    println!("  {what}: {theirs:.2?}; we are {:.2} times as fast", theirs.as_secs_f64() / ours.as_secs_f64());
}
