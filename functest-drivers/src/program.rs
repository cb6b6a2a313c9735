// SPDX-License-Identifier: Apache-2.0
//! Running a program to its end: the one way in which every driver does it.
//!
//! A program has a process group of its own. The group ends with the program, with its time, and with the case.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::PipeReader;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use command_fds::{CommandFdExt, FdMapping};
use functest_core::Ctx;
use functest_core::event::{Audience, OutputStream};
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::output::{Heard, pass_on};

/// How long a program that is asked to end may take to do it.
const GRACE: Duration = Duration::from_secs(5);

/// How long output is waited for when the program has ended: something that it started may hold the pipe for ever.
const REST_OF_OUTPUT: Duration = Duration::from_secs(2);

/// A program that is to be run.
#[derive(Debug)]
pub struct Program {
    command: Command,
    name: String,
    time: Option<Duration>,
    audience: Audience,
    keeps_stdout: bool,
}

/// How a program ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ending {
    /// Its exit status; 128 and the number of the signal for one that was killed, as in a shell.
    pub code: i64,
    /// Whether it was killed because its time was over.
    pub timed_out: bool,
    /// The last line that it wrote.
    pub last_line: String,
    /// What it wrote to standard output; `None` where that was not to be kept, or was more than 16 MiB.
    pub stdout: Option<String>,
}

/// A program that could not be run.
#[derive(Debug, thiserror::Error)]
#[error("cannot run `{program}`: {source}")]
pub struct ProgramError {
    program: String,
    source: std::io::Error,
}

impl Ending {
    /// The last line that it wrote, to be put behind what happened; nothing where it wrote none.
    pub(crate) fn last_words(&self) -> String {
        match self.last_line.as_str() {
            "" => String::new(),
            line => format!("; its last line: {line}"),
        }
    }
}

impl Program {
    /// A line for `/bin/sh`.
    pub fn shell(line: &str) -> Self {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", line]);
        Self::of(command, line.to_owned())
    }

    /// A program by its path, or by its name in `PATH`.
    pub fn new(program: impl AsRef<OsStr>) -> Self {
        let program = program.as_ref();
        Self::of(Command::new(program), program.to_string_lossy().into_owned())
    }

    fn of(command: Command, name: String) -> Self {
        Self { command, name, time: None, audience: Audience::Log, keeps_stdout: false }
    }

    /// Adds arguments.
    #[must_use]
    pub fn args(mut self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        self.command.args(arguments);
        self
    }

    /// The folder that it is run in.
    #[must_use]
    pub fn folder(mut self, folder: &Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// Keeps what it writes to standard output, for whoever wants to read it.
    #[must_use]
    pub fn keeping_stdout(mut self) -> Self {
        self.keeps_stdout = true;
        self
    }

    /// Variables that it is given unless they are set already.
    #[must_use]
    pub fn default_env(mut self, variables: &BTreeMap<String, String>) -> Self {
        for (name, value) in variables {
            if std::env::var_os(name).is_none() {
                self.command.env(name, value);
            }
        }
        self
    }

    /// A variable that it is given in any case.
    #[must_use]
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Lets it speak on this descriptor too, apart from its output.
    ///
    /// # Errors
    /// When there is no pipe to be had.
    pub fn speaking_on(mut self, descriptor: i32) -> Result<(Self, PipeReader), ProgramError> {
        let failed = |source: std::io::Error| ProgramError { program: self.name.clone(), source };
        let (reader, writer) = std::io::pipe().map_err(failed)?;
        let mapping = FdMapping { parent_fd: writer.into(), child_fd: descriptor };
        self.command.fd_mappings(vec![mapping]).map_err(|error| failed(std::io::Error::other(error)))?;
        Ok((self, reader))
    }

    /// After this time it is ended.
    #[must_use]
    pub fn time(mut self, time: Option<Duration>) -> Self {
        self.time = time;
        self
    }

    /// For whom its output is.
    #[must_use]
    pub fn audience(mut self, audience: Audience) -> Self {
        self.audience = audience;
        self
    }

    /// Runs it to its end; what it writes goes to the case's log.
    ///
    /// Where the future is dropped, the whole process group is killed.
    ///
    /// # Errors
    /// When it cannot be started.
    pub async fn run(mut self, ctx: &Ctx) -> Result<Ending, ProgramError> {
        let failed = |source| ProgramError { program: self.name.clone(), source };
        self.command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
        let mut child = self.command.spawn().map_err(failed)?;
        let mut group = Group::of(&child);
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        let (mut heard_out, mut heard_err) = (Heard::new(self.keeps_stdout), Heard::new(false));
        let ended = {
            let out = async {
                if let Some(stdout) = stdout {
                    pass_on(stdout, ctx, (OutputStream::Stdout, self.audience), &mut heard_out).await;
                }
            };
            let err = async {
                if let Some(stderr) = stderr {
                    pass_on(stderr, ctx, (OutputStream::Stderr, self.audience), &mut heard_err).await;
                }
            };
            let output = async { tokio::join!(out, err) };
            tokio::pin!(output);
            let waiting = wait(&mut child, &group, self.time);
            tokio::pin!(waiting);
            tokio::select! {
                ended = &mut waiting => {
                    group.signal(Signal::KILL);
                    let _ = timeout(REST_OF_OUTPUT, output).await;
                    ended
                }
                _ = &mut output => waiting.await,
            }
        };
        // What it left in the background without a pipe to us; after this its number may soon be somebody else's.
        group.signal(Signal::KILL);
        group.forget();
        let (status, timed_out) = ended.map_err(|source| ProgramError { program: self.name.clone(), source })?;
        let last = if heard_err.last_line().is_empty() { heard_out.last_line() } else { heard_err.last_line() };
        let last_line = last.to_owned();
        Ok(Ending { code: code_of(status), timed_out, last_line, stdout: heard_out.whole() })
    }
}

/// Waits for the program; one whose time is over is asked to end, and then made to.
async fn wait(child: &mut Child, group: &Group, time: Option<Duration>) -> std::io::Result<(ExitStatus, bool)> {
    let Some(time) = time else { return child.wait().await.map(|status| (status, false)) };
    if let Ok(status) = timeout(time, child.wait()).await {
        return status.map(|status| (status, false));
    }
    group.signal(Signal::TERM);
    if let Ok(status) = timeout(GRACE, child.wait()).await {
        return status.map(|status| (status, true));
    }
    group.signal(Signal::KILL);
    child.wait().await.map(|status| (status, true))
}

fn code_of(status: ExitStatus) -> i64 {
    use std::os::unix::process::ExitStatusExt;
    let by_signal = || status.signal().map(|signal| 128 + i64::from(signal));
    status.code().map(i64::from).or_else(by_signal).unwrap_or(-1)
}

/// A process group that does not outlive whoever started it.
struct Group(Option<Pid>);

impl Group {
    fn of(child: &Child) -> Self {
        Self(child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw))
    }

    fn forget(&mut self) {
        self.0 = None;
    }

    fn signal(&self, signal: Signal) {
        if let Some(group) = self.0 {
            // A group that is gone has nobody to be told.
            let _ = kill_process_group(group, signal);
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.signal(Signal::KILL);
    }
}
