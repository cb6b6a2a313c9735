// SPDX-License-Identifier: Apache-2.0
//! What a machine allows a process: where that is too little, functest says so and ends.

use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use crate::bench::{Bench, QUICK};
use crate::command::Ended;

#[test]
fn a_file_that_may_not_grow_ends_the_run_with_a_reason() {
    let folder = tempfile::tempdir().unwrap();
    // In blocks of 512 bytes, and of 1024 to some shells.
    for blocks in ["8", "40", "200"] {
        let state = folder.path().join(blocks);
        let line =
            format!("ulimit -f {blocks}; exec {} run healthcheck --cloud sandbox", env!("CARGO_BIN_EXE_functest"));
        let ended = Ended::run(Command::new("sh").args(["-c", &line]).env("FUNCTEST_STATE_DIR", &state));
        assert_eq!(ended.code, Some(3), "{blocks}: {ended:?}");
        assert!(ended.err.contains("File too large") || ended.out.contains("File too large"), "{blocks}: {ended:?}");
    }
}

#[test]
fn a_ledger_that_a_full_disk_has_torn_is_said_and_cleaned_as_far_as_it_is_understood() {
    let bench = Bench::new(&["server_stuck_in_build"]);
    let folder = bench.killed_run();
    let ledger = folder.join("ledger.jsonl");
    let text = std::fs::read_to_string(&ledger).unwrap();
    let find = |part: &str| {
        let found = text.lines().position(|line| line.contains(part));
        found.unwrap_or_else(|| panic!("there is no {part}: {text}"))
    };
    // That a user was wanted is not known any more. What the image's line said is not known either, but the flavor's intent stands
    // behind it.
    let (user, image) = (find(r#""kind":"user""#), find(r#""record":"adopted""#));
    let torn = text.lines().enumerate().map(|(number, line)| match number {
        number if number == user => format!("{}\n", &line[..line.len() / 2]),
        number if number == image => line[..line.len() / 2].to_owned(),
        _ => format!("{line}\n"),
    });
    std::fs::write(&ledger, torn.collect::<String>()).unwrap();
    let ended = Ended::run(bench.functest(&["openstack", "clean"]).args(QUICK));
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let warning = format!("{}: line {}, {} cannot be read", ledger.display(), user + 1, image + 1);
    assert!(ended.err.contains(&warning) && ended.out.contains("left 0"), "{warning}: {ended:?}");
    let mut expected = bench.before.clone();
    *expected.get_mut("users").unwrap() += 1;
    assert_eq!(bench.sandbox.inventory(), expected, "{ended:?}");
}

/// The disk is a small one in a namespace of its own: it goes with the last process that sees it.
#[test]
fn a_full_disk_ends_the_run_and_hides_nothing_from_a_later_clean_up() {
    if !rustix::process::geteuid().is_root() {
        println!("skipped: only root may mount a small disk");
        return;
    }
    let bench = Bench::new(&[]);
    let state = bench.folder.path().join("state");
    std::fs::create_dir(&state).unwrap();
    let functest = |arguments: &str| {
        let command = bench.functest(&[]);
        let variables = command.get_envs().filter_map(|(name, value)| Some((name, value?)));
        let variables: Vec<String> =
            variables.map(|(name, value)| format!("{}='{}'", name.display(), value.display())).collect();
        format!("env {} {} {arguments}", variables.join(" "), env!("CARGO_BIN_EXE_functest"))
    };
    // What was asked for and could not be written down any more is looked for until it cannot appear: not for long here.
    let settings = "--set run.request_deadline=8 --set run.late_deadline=1";
    for kilobytes in [16, 40, 240] {
        let script = format!(
            "mount -t tmpfs -o size={kilobytes}k none {state} || exit 99
             {run}; code=$?
             mount -o remount,size=64m {state}
             {clean} || exit 98
             exit $code",
            state = state.display(),
            run = functest(&format!("run healthcheck --cloud sandbox-admin {settings}")),
            clean = functest("openstack clean --cloud sandbox-admin"),
        );
        let ended = Ended::run(Command::new("unshare").args(["--mount", "sh", "-c", &script]));
        assert_eq!(ended.code, Some(3), "{kilobytes}: {ended:?}");
        assert!(ended.err.contains("No space left on device"), "{kilobytes}: {ended:?}");
        bench.assert_empty(&format!("a disk of {kilobytes} KiB: {ended:?}"));
    }
}

#[test]
fn a_thread_that_cannot_be_made_ends_the_run_with_a_reason() {
    if !rustix::process::geteuid().is_root() {
        println!("skipped: only root may become a user who has few threads");
        return;
    }
    // Where everybody may go.
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o777)).unwrap();
    let program = folder.path().join("functest");
    std::fs::copy(env!("CARGO_BIN_EXE_functest"), &program).unwrap();
    for threads in 1..=8 {
        let state = folder.path().join(format!("state-{threads}"));
        let line = format!("ulimit -u {threads}; exec {} run connection_check --cloud sandbox", program.display());
        let mut nobody = Command::new("setpriv");
        // A user that no account has: nobody else's threads count.
        nobody.args(["--reuid", "424242", "--regid", "424242", "--clear-groups", "bash", "-c", &line]);
        let ended = Ended::run(nobody.env("FUNCTEST_STATE_DIR", &state).env("HOME", folder.path()));
        assert_eq!(ended.code, Some(3), "{threads}: {ended:?}");
        assert!(ended.err.contains("Resource temporarily unavailable"), "{threads}: {ended:?}");
    }
}
