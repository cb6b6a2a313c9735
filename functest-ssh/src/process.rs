// SPDX-License-Identifier: Apache-2.0
//! A command that runs: its output as it comes, its input, its end.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use russh::client::Msg;
use russh::{ChannelMsg, ChannelReadHalf, ChannelWriteHalf, Sig};
use secrecy::ExposeSecret;
use tokio::sync::OwnedSemaphorePermit;

use crate::command::{Command, PROCESS, Sudo};
use crate::dialer::within;
use crate::error::Error;
use crate::farewell;
use crate::session::{Purpose, Session};
use crate::sudo::{Finding, Gate};
use crate::unique::unique;

/// How long a command that is told to end may take before it is killed, and how long that may take.
const GRACE: Duration = Duration::from_secs(3);

/// Something that a command wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chunk {
    /// To standard output, or to its terminal.
    Stdout(Bytes),
    /// To standard error.
    Stderr(Bytes),
}

/// How a command ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExitStatus {
    /// By itself, with this code.
    Code(u32),
    /// By a signal, such as `KILL`.
    Signal(String),
}

impl ExitStatus {
    /// Whether it ended with 0.
    pub fn success(&self) -> bool {
        *self == Self::Code(0)
    }

    /// The code as a shell would give it: signals are 128 and more.
    pub fn code(&self) -> u32 {
        match self {
            Self::Code(code) => *code,
            Self::Signal(name) => match name.as_str() {
                "HUP" => 129,
                "INT" => 130,
                "KILL" => 137,
                "TERM" => 143,
                _ => 128,
            },
        }
    }
}

impl fmt::Display for ExitStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => write!(f, "ended with {code}"),
            Self::Signal(name) => write!(f, "was ended by SIG{name}"),
        }
    }
}

/// What a command wrote, and how it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// How it ended.
    pub status: ExitStatus,
    /// What it wrote to standard output.
    pub stdout: Vec<u8>,
    /// What it wrote to standard error. That is output, not failure.
    pub stderr: Vec<u8>,
    command: String,
    target: String,
}

impl Output {
    /// That of a command which ran on this machine.
    pub fn of_local(command: &Command, output: std::process::Output) -> Self {
        use std::os::unix::process::ExitStatusExt;
        let status = match (output.status.code(), output.status.signal()) {
            (Some(code), _) => ExitStatus::Code(code.unsigned_abs()),
            (None, Some(9)) => ExitStatus::Signal("KILL".into()),
            (None, Some(15)) => ExitStatus::Signal("TERM".into()),
            (None, signal) => ExitStatus::Signal(signal.unwrap_or_default().to_string()),
        };
        let std::process::Output { stdout, stderr, .. } = output;
        Self { status, stdout, stderr, command: command.summary(), target: "this machine".into() }
    }

    /// Standard output as text; what is no UTF-8 is replaced.
    pub fn stdout_text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    /// Standard error as text; what is no UTF-8 is replaced.
    pub fn stderr_text(&self) -> String {
        String::from_utf8_lossy(&self.stderr).into_owned()
    }

    /// Itself, where the command ended with 0.
    ///
    /// # Errors
    /// [`Error::Failed`] with the end of standard error, where it did not.
    pub fn check(self) -> Result<Self, Error> {
        if self.status.success() {
            return Ok(self);
        }
        let text = self.stderr_text();
        let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        let stderr = lines[lines.len().saturating_sub(3)..].join("; ");
        Err(Error::Failed { target: self.target, command: self.command, status: self.status.to_string(), stderr })
    }
}

/// A command that runs. Dropped before its end, it is killed with all that it has started.
pub struct Process {
    session: Session,
    summary: String,
    read: ChannelReadHalf,
    write: Arc<ChannelWriteHalf<Msg>>,
    /// Freed when the channel is.
    _place: Option<OwnedSemaphorePermit>,
    /// Came while `sudo` was talked to.
    queued: VecDeque<Chunk>,
    /// What all that it starts has in its environment.
    id: String,
    sudo: Option<Sudo>,
    purpose: Purpose,
    exit: Option<ExitStatus>,
    closed: bool,
}

impl fmt::Debug for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Process").field("command", &self.summary).field("exit", &self.exit).finish_non_exhaustive()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.closed {
            return;
        }
        let (write, purpose) = (Arc::clone(&self.write), self.purpose);
        let (session, id, sudo) = (self.session.clone(), self.id.clone(), self.sudo.take());
        farewell::say(async move {
            // What watches over a transfer does its work when it is left alone.
            if purpose == Purpose::Work {
                signal(&session, &id, sudo, "KILL").await;
            }
            let _ = write.close().await;
        });
    }
}

/// The standard input of a command.
#[derive(Clone)]
pub struct Stdin {
    write: Arc<ChannelWriteHalf<Msg>>,
    session: Session,
}

impl fmt::Debug for Stdin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stdin").field("session", &self.session).finish_non_exhaustive()
    }
}

impl Stdin {
    /// Writes. It waits while the command does not read.
    ///
    /// # Errors
    /// When the command or the connection is gone.
    pub async fn write(&self, bytes: impl Into<Bytes>) -> Result<(), Error> {
        self.write.data_bytes(bytes).await.map_err(|_| self.session.lost("while writing to a command"))
    }

    /// Ends the input.
    ///
    /// # Errors
    /// When the connection is gone.
    pub async fn close(&self) -> Result<(), Error> {
        self.write.eof().await.map_err(|_| self.session.lost("while writing to a command"))
    }

    /// The command's terminal has another size now.
    ///
    /// # Errors
    /// When the connection is gone.
    pub async fn resize(&self, columns: u32, rows: u32) -> Result<(), Error> {
        self.write.window_change(columns, rows, 0, 0).await.map_err(|_| self.session.lost("while sizing a terminal"))
    }
}

impl Process {
    pub(crate) async fn start(session: &Session, command: &Command, purpose: Purpose) -> Result<Self, Error> {
        let id = unique();
        let line = command.line(&id);
        let (gate, line) = match &command.sudo {
            Some(sudo) => {
                let (gate, line) = Gate::new(&line, sudo);
                (Some((gate, sudo.clone())), line)
            }
            None => (None, line),
        };
        let (channel, place) = session.open_session(purpose).await?;
        let (read, write) = channel.split();
        let mut process = Self {
            session: session.clone(),
            summary: command.summary(),
            read,
            write: Arc::new(write),
            _place: place,
            queued: VecDeque::new(),
            id,
            sudo: command.sudo.clone(),
            purpose,
            exit: None,
            closed: false,
        };
        let target = session.target();
        let asking = process.request(command, line);
        within(target, target.deadlines.channel, "starting a command", asking).await?;
        if let Some((gate, sudo)) = gate {
            let passing = process.pass(gate, sudo, command.pty.is_some());
            let passed = within(target, target.deadlines.login, "sudo", passing).await;
            if passed.is_err() {
                // Nothing has started that would have to be ended.
                let _ = process.write.close().await;
                process.closed = true;
            }
            passed?;
        }
        Ok(process)
    }

    async fn request(&mut self, command: &Command, line: String) -> Result<(), Error> {
        let lost = |_| self.session.lost("while starting a command");
        if let Some(pty) = &command.pty {
            self.write.request_pty(true, &pty.term, pty.columns, pty.rows, 0, 0, &[]).await.map_err(lost)?;
            self.answered("a terminal").await?;
        }
        let lost = |_| self.session.lost("while starting a command");
        self.write.exec(true, line).await.map_err(lost)?;
        self.answered("a command").await
    }

    async fn answered(&mut self, what: &str) -> Result<(), Error> {
        while let Some(message) = self.read.wait().await {
            match message {
                ChannelMsg::Success => return Ok(()),
                ChannelMsg::Failure => {
                    let target = self.session.target().to_string();
                    return Err(Error::Refused { target, what: what.to_owned(), reason: String::new() });
                }
                other => self.note(other),
            }
        }
        Err(self.session.lost("while starting a command"))
    }

    /// Answers `sudo` until the command runs.
    async fn pass(&mut self, mut gate: Gate, sudo: Sudo, has_terminal: bool) -> Result<(), Error> {
        let target = self.session.target().to_string();
        let refused = |message: String| Error::Sudo { target: target.clone(), message };
        let mut asked = false;
        loop {
            let bytes = match self.receive().await? {
                // The command has started, and its output has overtaken the mark. On a terminal both come this way.
                Some(Chunk::Stdout(bytes)) if !has_terminal => {
                    self.queued.push_back(Chunk::Stdout(bytes));
                    continue;
                }
                Some(Chunk::Stdout(bytes) | Chunk::Stderr(bytes)) => bytes,
                None => {
                    let words = gate.words();
                    return Err(refused(if words.is_empty() { "it ended without a word".into() } else { words }));
                }
            };
            let mut finding = gate.take(&bytes);
            while let Some(Finding::Asks) = finding {
                let Some(password) = sudo.password.as_ref().filter(|_| !asked) else {
                    let _ = self.write.close().await;
                    let why = if asked { "the password is wrong" } else { "it asks for a password, and there is none" };
                    return Err(refused(why.into()));
                };
                asked = true;
                self.stdin().write(format!("{}\n", password.expose_secret())).await?;
                finding = gate.take(&[]);
            }
            if let Some(Finding::Started { before, after }) = finding {
                let pieces = [before, after].into_iter().filter(|piece| !piece.is_empty());
                self.queued.extend(pieces.map(|piece| Chunk::Stderr(piece.into())));
                return Ok(());
            }
        }
    }

    /// What the command writes next; `None` when it has ended.
    ///
    /// Whoever starts a command reads all of it or drops it: unread output holds up the whole connection.
    ///
    /// # Errors
    /// When the connection is lost.
    pub async fn next(&mut self) -> Result<Option<Chunk>, Error> {
        match self.queued.pop_front() {
            Some(chunk) => Ok(Some(chunk)),
            None => self.receive().await,
        }
    }

    async fn receive(&mut self) -> Result<Option<Chunk>, Error> {
        while !self.closed {
            match self.read.wait().await {
                Some(ChannelMsg::Data { data }) => return Ok(Some(Chunk::Stdout(data))),
                Some(ChannelMsg::ExtendedData { data, .. }) => return Ok(Some(Chunk::Stderr(data))),
                // The status comes after the end of the output: only the channel's end is the end.
                Some(ChannelMsg::Close) | None => self.closed = true,
                Some(other) => self.note(other),
            }
        }
        match self.exit {
            Some(_) => Ok(None),
            None => Err(self.session.lost(&format!("while `{}` ran", self.summary))),
        }
    }

    fn note(&mut self, message: ChannelMsg) {
        match message {
            ChannelMsg::ExitStatus { exit_status } => self.exit = Some(ExitStatus::Code(exit_status)),
            ChannelMsg::ExitSignal { signal_name, .. } => self.exit = Some(ExitStatus::Signal(name(&signal_name))),
            ChannelMsg::Data { data } => self.queued.push_back(Chunk::Stdout(data)),
            ChannelMsg::ExtendedData { data, .. } => self.queued.push_back(Chunk::Stderr(data)),
            _ => {}
        }
    }

    /// Its standard input.
    pub fn stdin(&self) -> Stdin {
        Stdin { write: Arc::clone(&self.write), session: self.session.clone() }
    }

    /// Waits for its end; what it still writes is dropped.
    ///
    /// # Errors
    /// When the connection is lost.
    pub async fn wait(&mut self) -> Result<ExitStatus, Error> {
        while self.next().await?.is_some() {}
        self.exit.clone().ok_or_else(|| self.session.lost("before a command ended"))
    }

    /// Ends it, with all that it has started: asks first, kills then. It is gone when this returns, unless the connection
    /// is gone, or the host is no Linux.
    pub async fn stop(&mut self) {
        for how in ["TERM", "KILL"] {
            signal(&self.session, &self.id, self.sudo.clone(), how).await;
            if tokio::time::timeout(GRACE, self.wait()).await.is_ok_and(|ended| ended.is_ok()) && how == "KILL" {
                return;
            }
        }
        let _ = self.write.close().await;
    }
}

/// Servers need not pass signals on, and OpenSSH does not to what root runs: processes are found by their environment, by
/// the user whose they are.
async fn signal(session: &Session, id: &str, sudo: Option<Sudo>, signal: &str) {
    let line = format!(
        "for file in $(grep -l {PROCESS}={id} /proc/[0-9]*/environ 2>/dev/null); do \
         kill -{signal} \"$(basename \"$(dirname \"$file\")\")\"; done"
    );
    let command = Command::shell(line).sudo(sudo).deadline(GRACE);
    // Not `run`: that would end in here again.
    let signalling = async {
        let mut process = Process::start(session, &command, Purpose::Signal).await?;
        process.wait().await
    };
    let _ = tokio::time::timeout(GRACE, Box::pin(signalling)).await;
}

fn name(signal: &Sig) -> String {
    let text = match signal {
        Sig::ABRT => "ABRT",
        Sig::ALRM => "ALRM",
        Sig::FPE => "FPE",
        Sig::HUP => "HUP",
        Sig::ILL => "ILL",
        Sig::INT => "INT",
        Sig::KILL => "KILL",
        Sig::PIPE => "PIPE",
        Sig::QUIT => "QUIT",
        Sig::SEGV => "SEGV",
        Sig::TERM => "TERM",
        Sig::USR1 => "USR1",
        Sig::Custom(name) => return name.clone(),
    };
    text.to_owned()
}

/// Runs a command to its end.
pub(crate) async fn run(session: &Session, command: &Command) -> Result<Output, Error> {
    let begun = tokio::time::Instant::now();
    let mut process = session.start(command).await?;
    let left = command.deadline.saturating_sub(begun.elapsed());
    let collected = tokio::time::timeout(left, collect(&mut process, command)).await;
    match collected {
        Ok(Ok(output)) => Ok(output),
        Ok(Err(error)) => {
            if matches!(error, Error::TooMuchOutput { .. }) {
                process.stop().await;
            }
            Err(error)
        }
        Err(_) => {
            process.stop().await;
            let step = format!("`{}`", command.summary());
            Err(Error::Deadline { target: session.target().to_string(), step, seconds: command.deadline.as_secs_f64() })
        }
    }
}

async fn collect(process: &mut Process, command: &Command) -> Result<Output, Error> {
    let stdin = process.stdin();
    let input = command.stdin.clone();
    let writing = async {
        // A command that does not read its input is no failure.
        let _ = stdin.write(input).await;
        let _ = stdin.close().await;
    };
    let target = process.session.target().to_string();
    let reading = async {
        let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
        while let Some(chunk) = process.next().await? {
            match chunk {
                Chunk::Stdout(bytes) => stdout.extend_from_slice(&bytes),
                Chunk::Stderr(bytes) => stderr.extend_from_slice(&bytes),
            }
            if stdout.len() + stderr.len() > command.limit {
                let (command, limit) = (command.summary(), command.limit);
                return Err(Error::TooMuchOutput { target: target.clone(), command, limit });
            }
        }
        let status = process.wait().await?;
        Ok(Output { status, stdout, stderr, command: command.summary(), target: target.clone() })
    };
    tokio::pin!(writing, reading);
    tokio::select! {
        output = &mut reading => output,
        () = &mut writing => reading.await,
    }
}
