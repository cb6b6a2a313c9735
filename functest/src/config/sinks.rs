// SPDX-License-Identifier: Apache-2.0
//! Who else is told of a run.

use std::path::{Path, PathBuf};

use functest_core::Sink;
use functest_results::{Format, Listener, ReportFile};
use serde::{Deserialize, Serialize};

/// A sink that a configuration names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Entry", untagged)]
pub(crate) enum SinkConfig {
    /// A report in a file of its own.
    Report { report: Format, file: PathBuf },
    /// A program that reads the events.
    Command { command: Vec<String> },
}

/// The same, as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    report: Option<Format>,
    file: Option<PathBuf>,
    command: Option<Vec<String>>,
}

impl TryFrom<Entry> for SinkConfig {
    type Error = &'static str;

    fn try_from(entry: Entry) -> Result<Self, Self::Error> {
        match entry {
            Entry { report: Some(report), file: Some(file), command: None } => Ok(Self::Report { report, file }),
            Entry { report: None, file: None, command: Some(command) } if !command.is_empty() => {
                Ok(Self::Command { command })
            }
            Entry { command: Some(_), .. } => {
                Err("a command is a list of a program and its arguments, and stands alone")
            }
            _ => Err("a sink is a `report` (html, junit or json) with its `file`, or a `command`"),
        }
    }
}

impl SinkConfig {
    /// Takes its paths from those that are relative to the configuration's file.
    pub(super) fn resolve(&mut self, absolute: &dyn Fn(&Path) -> PathBuf) {
        match self {
            Self::Report { file, .. } => *file = absolute(file),
            // A name without a slash is looked for in PATH.
            Self::Command { command } => {
                if let Some(program) = command.first_mut().filter(|program| program.contains('/')) {
                    *program = absolute(Path::new(program)).display().to_string();
                }
            }
        }
    }

    /// The sink of a run in that folder; `number` tells it from others there.
    pub(crate) fn sink(self, run: &Path, number: usize) -> Box<dyn Sink> {
        match self {
            Self::Report { report, file } => Box::new(ReportFile::new(report, file)),
            Self::Command { command } => Box::new(Listener::new(command, run.join(format!("sink-{number}.log")))),
        }
    }
}
