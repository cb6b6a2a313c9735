// SPDX-License-Identifier: Apache-2.0
//! The lab: hosts on this machine that are deployed as by real installers (the folder `lab`).

#![allow(dead_code, reason = "each test program uses its own part of this")]

use std::io::Write;
use std::path::PathBuf;

use functest_installers::{HostKeyChoice, SutConfig};

/// Where the lab leaves keys and names.
pub(crate) const STATE: &str = "/run/functest-lab";

/// Whether the lab is up; said where it is not.
pub(crate) fn is_up() -> bool {
    let up = PathBuf::from(STATE).join("hosts.json").exists();
    if !up {
        let _ = writeln!(std::io::stderr(), "skipped: the lab is down (lab/up)");
    }
    up
}

/// How the lab is reached: through its jump host, with its keys.
pub(crate) fn config() -> SutConfig {
    SutConfig {
        key_file: Some(PathBuf::from(STATE).join("id_ed25519")),
        known_hosts: Some(PathBuf::from(STATE).join("known_hosts")),
        jump: vec!["jumper@10.213.0.2".parse().unwrap()],
        host_keys: HostKeyChoice::Strict,
        // Machines are slow at times.
        deadline_factor: 3.0,
        ..SutConfig::default()
    }
}
