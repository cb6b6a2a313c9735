// SPDX-License-Identifier: Apache-2.0
//! A program of the examples, as its users run it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use functest::core::record::{CaseRecord, RunRecord};
use functest::{Functest, StateFolder};
use tempfile::TempDir;

/// A program with a state folder of its own, and nothing in its environment that names a cloud.
pub(crate) struct Program {
    program: &'static str,
    state: TempDir,
}

impl Program {
    /// The program at that path.
    pub(crate) fn new(program: &'static str) -> Self {
        Self { program, state: tempfile::tempdir().unwrap() }
    }

    /// The program with arguments, yet to be run.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(self.program);
        command.args(arguments).env_clear().env("FUNCTEST_STATE_DIR", self.state.path());
        command.env("PATH", std::env::var_os("PATH").unwrap()).current_dir(self.state.path());
        command
    }

    /// The record of its last run.
    pub(crate) fn record(&self) -> RunRecord {
        Functest::new().with_state(StateFolder::new(self.state.path())).report().record("latest").unwrap()
    }

    /// The folder of its last run.
    pub(crate) fn run_folder(&self) -> PathBuf {
        self.state.path().join("runs").join(self.record().head.run_id)
    }

    /// Where it keeps its runs.
    pub(crate) fn state_folder(&self) -> &Path {
        self.state.path()
    }

    /// Whether it has left nothing at all.
    pub(crate) fn left_nothing(&self) -> bool {
        self.state.path().read_dir().unwrap().next().is_none()
    }
}

/// What it wrote to standard output.
pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// What it wrote to standard error.
pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// A case of a record.
pub(crate) fn case<'a>(record: &'a RunRecord, name: &str) -> &'a CaseRecord {
    record.cases.iter().find(|case| case.choice.case_name == name).unwrap()
}
