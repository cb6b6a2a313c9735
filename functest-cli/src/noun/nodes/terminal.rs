// SPDX-License-Identifier: Apache-2.0
//! A shell over there, on the terminal here.

use std::io::{IsTerminal, Write};

use functest::core::variables;
use functest::ssh::{Chunk, Command, Pty, Session};
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcgetwinsize, tcsetattr};
use tokio::io::AsyncReadExt;
use tokio::signal::unix::{SignalKind, signal};

use crate::error::Error;

/// A day: whoever sits at a terminal ends it.
const FOREVER: std::time::Duration = std::time::Duration::from_secs(24 * 3600);

/// Every key goes over there while this lives.
struct Raw(Option<Termios>);

impl Raw {
    fn enter() -> Self {
        let stdin = std::io::stdin();
        let Ok(before) = tcgetattr(&stdin) else { return Self(None) };
        let mut raw = before.clone();
        raw.make_raw();
        Self(tcsetattr(&stdin, OptionalActions::Now, &raw).ok().map(|()| before))
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        if let Some(before) = &self.0 {
            let _ = tcsetattr(std::io::stdin(), OptionalActions::Now, before);
        }
    }
}

/// Runs a shell, or `line`, until it ends; returns its exit code.
pub(crate) async fn run(session: &Session, line: &str) -> Result<u8, Error> {
    let is_terminal = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
    let line = if line.is_empty() { "exec \"${SHELL:-/bin/sh}\" -l" } else { line };
    let mut command = Command::shell(line).deadline(FOREVER);
    if is_terminal {
        let (columns, rows) = size();
        let term = variables::text(&|name| std::env::var_os(name), "TERM").map_err(functest::Error::from)?;
        let term = term.unwrap_or_else(|| "xterm".into());
        command = command.pty(Pty { term, columns, rows });
    }
    let lost =
        |error: functest::ssh::Error| Error::from(functest::Error::from(functest::installers::Error::from(error)));
    let mut process = session.start(&command).await.map_err(lost)?;
    let _raw = is_terminal.then(Raw::enter);
    let stdin = process.stdin();
    // Ends with the process: a read of a terminal cannot be called off.
    let typing = tokio::spawn(async move {
        let (mut input, mut keys) = (tokio::io::stdin(), [0; 4096]);
        while let Ok(length @ 1..) = input.read(&mut keys).await {
            if stdin.write(keys[..length].to_vec()).await.is_err() {
                return;
            }
        }
        let _ = stdin.close().await;
    });
    let resized = process.stdin();
    let mut window = signal(SignalKind::window_change()).map_err(Error::Runtime)?;
    loop {
        tokio::select! {
            chunk = process.next() => match chunk.map_err(lost)? {
                Some(Chunk::Stdout(bytes)) => write(&mut std::io::stdout().lock(), &bytes)?,
                Some(Chunk::Stderr(bytes)) => write(&mut std::io::stderr().lock(), &bytes)?,
                None => break,
            },
            _ = window.recv() => {
                let (columns, rows) = size();
                let _ = resized.resize(columns, rows).await;
            }
        }
    }
    typing.abort();
    let status = process.wait().await.map_err(lost)?;
    Ok(u8::try_from(status.code()).unwrap_or(u8::MAX))
}

fn write(to: &mut impl Write, bytes: &[u8]) -> Result<(), Error> {
    Ok(to.write_all(bytes).and_then(|()| to.flush())?)
}

fn size() -> (u32, u32) {
    match tcgetwinsize(std::io::stdout()) {
        Ok(size) if size.ws_col > 0 => (size.ws_col.into(), size.ws_row.into()),
        _ => (80, 24),
    }
}
