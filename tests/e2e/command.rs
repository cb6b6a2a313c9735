// SPDX-License-Identifier: Apache-2.0
//! The functest command, and how a process ended.

#![allow(dead_code, reason = "the soak uses a part of this")]

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// The functest command with that state folder, and nothing of the environment that would change what it does.
pub(crate) fn functest(state: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_functest"));
    for (name, _) in std::env::vars_os() {
        let ours = ["OS_", "FUNCTEST_", "INSTALLER_", "DEPLOY_", "CI_LOOP", "BUILD_TAG", "NODE_NAME"];
        if ours.iter().any(|prefix| name.to_string_lossy().starts_with(prefix)) {
            command.env_remove(name);
        }
    }
    command.env("FUNCTEST_STATE_DIR", state).env("FUNCTEST_CONFIG", "").env("NO_COLOR", "1").stdin(Stdio::null());
    command
}

/// A process that has ended.
#[derive(Debug)]
pub(crate) struct Ended {
    /// `None` when it was killed.
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ended {
    /// Runs a command to its end.
    pub(crate) fn run(command: &mut Command) -> Self {
        Self::of(command.output().unwrap())
    }

    /// Runs a tool of the machine; `None`, with a word about it, when it is not installed.
    pub(crate) fn of_tool(tool: &mut Command) -> Option<Self> {
        match tool.output() {
            Ok(output) => Some(Self::of(output)),
            Err(_) => {
                let name = tool.get_program().display();
                let _ = writeln!(std::io::stderr(), "skipped: {name} is not installed");
                None
            }
        }
    }

    pub(crate) fn of(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Self { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }
}
