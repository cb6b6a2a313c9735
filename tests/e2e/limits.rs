// SPDX-License-Identifier: Apache-2.0
//! What a machine allows a process: where that is too little, functest says so and ends.

use std::os::unix::fs::PermissionsExt;
use std::process::Command;

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
