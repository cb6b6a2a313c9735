// SPDX-License-Identifier: Apache-2.0
//! A shell on a machine of the system under test, which may be this one.

use std::process::Stdio;

use functest_ssh::{Command, Host, Output};
use futures::FutureExt;
use tokio::io::AsyncWriteExt;

use crate::error::Error;

/// Where commands run.
#[derive(Clone, Debug)]
pub enum Shell {
    /// On this machine.
    Local,
    /// Over SSH.
    Remote(Host),
}

impl Shell {
    /// Runs a command to its end; any exit status is an answer.
    ///
    /// # Errors
    /// When it cannot be run, takes too long, or the connection is lost.
    pub async fn run(&self, command: &Command) -> Result<Output, Error> {
        match self {
            // Boxed for the compiler: every recipe waits for this in every method, and that each of them can go to another
            // thread would be proved down to the last part of an SSH session each time.
            Self::Remote(host) => Ok(host.run(command).boxed().await?),
            Self::Local => run_here(command).boxed().await,
        }
    }

    /// What a command that only looks writes to standard output; `None` where it does not end with 0.
    pub(crate) async fn look(&self, line: &str) -> Result<Option<String>, Error> {
        let output = self.run(&Command::shell(line).repeatable()).await?;
        if output.status.success() {
            return Ok(Some(output.stdout_text()));
        }
        tracing::debug!(place = %self.name(), line, status = %output.status, stderr = %output.stderr_text().trim(), "no answer");
        Ok(None)
    }

    /// What a command that only looks writes to standard output.
    pub(crate) async fn ask(&self, command: Command) -> Result<String, Error> {
        Ok(self.run(&command.repeatable()).await?.check()?.stdout_text())
    }

    /// The text of a file; `None` where there is none that may be read.
    pub(crate) async fn file(&self, path: &str) -> Result<Option<String>, Error> {
        self.look(&format!("cat -- {}", functest_ssh::quote(path))).await
    }

    /// Where it is, for messages.
    pub fn name(&self) -> String {
        match self {
            Self::Local => "this machine".into(),
            Self::Remote(host) => host.target().to_string(),
        }
    }
}

async fn run_here(command: &Command) -> Result<Output, Error> {
    let failed = |message: String| Error::Program { program: command.summary(), message };
    let mut child = tokio::process::Command::new("/bin/sh")
        .args(["-c", &command.to_local_line()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| failed(error.to_string()))?;
    let stdin = child.stdin.take();
    let input = command.input();
    let writing = async {
        if let Some(mut stdin) = stdin {
            // A command that does not read its input is no failure.
            let _ = stdin.write_all(&input).await;
        }
    };
    let running = async { tokio::join!(writing, child.wait_with_output()).1 };
    let output = match tokio::time::timeout(command.limit_in_time(), running).await {
        Ok(output) => output.map_err(|error| failed(error.to_string()))?,
        Err(_) => return Err(failed(format!("it took longer than {} s", command.limit_in_time().as_secs_f64()))),
    };
    Ok(Output::of_local(command, output))
}
