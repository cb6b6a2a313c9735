// SPDX-License-Identifier: Apache-2.0
//! The commands: a request to the library, and its answer in words.

mod catalogue;
mod nodes;
mod openstack;
mod report;
mod run;
mod sandbox;
mod sut;

use clap::CommandFactory;
use functest::Functest;
use functest::core::exit_code;

use crate::args::{Args, Command};
use crate::error::Error;
use crate::output::Output;

/// Does what was typed; returns the exit code.
pub(crate) fn execute(command: Command, output: &Output) -> Result<u8, Error> {
    let functest = Functest::new();
    match command {
        Command::Run(args) => run::execute(&functest, *args, output),
        Command::Tier(command) => catalogue::tier(&functest, command, output),
        Command::TestCase(command) => catalogue::test_case(&functest, command, output),
        Command::OpenStack(command) => openstack::execute(&functest, command, output),
        Command::Nodes(command) => nodes::execute(&functest, command, output),
        Command::Sut(command) => sut::execute(&functest, command, output),
        Command::Sandbox(command) => sandbox::execute(&functest, command, output),
        Command::Report(args) => report::execute(&functest, args, output),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Args::command(), "functest", &mut script);
            output.raw(&script)?;
            Ok(exit_code::OK)
        }
    }
}

/// For how long hosts are told that what runs on them is to end.
const FAREWELL: std::time::Duration = std::time::Duration::from_secs(5);

/// Runs `work` on a runtime of its own.
fn block_on<T>(work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Error::Runtime)?;
    runtime.block_on(work)
}

/// `work`, unless somebody ends it before.
async fn interruptible<T>(work: impl Future<Output = Result<T, functest::Error>>) -> Result<T, Error> {
    tokio::select! {
        result = work => Ok(result?),
        () = stop_signal() => {
            // What runs on hosts is ended there, too.
            functest::ssh::farewell(FAREWELL).await;
            Err(Error::Interrupted)
        }
    }
}

/// Ctrl-C, what a CI system sends to end a job, or a terminal that is gone.
async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut terminate), Ok(mut hangup)) = (signal(SignalKind::terminate()), signal(SignalKind::hangup())) else {
        return std::future::pending().await;
    };
    tokio::select! {
        result = tokio::signal::ctrl_c() => if result.is_err() { std::future::pending().await },
        _ = terminate.recv() => {}
        _ = hangup.recv() => {}
    }
}
