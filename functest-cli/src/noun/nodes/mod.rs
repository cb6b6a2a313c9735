// SPDX-License-Identifier: Apache-2.0
//! `functest nodes`.

mod detect;
mod exec;
mod get;
mod list;
mod logs;
mod put;
mod selection;
mod service;
mod show;
mod ssh;
mod terminal;
mod transfer;

use clap::Subcommand;
use functest::Functest;

use crate::error::Error;
use crate::output::Output;

/// The nodes of the system under test, whatever deployed it: list them, log in, run commands, copy files, see logs.
#[derive(Debug, Subcommand)]
#[command(after_help = "Examples:
  functest nodes detect --installer-ip 192.0.2.1
  functest nodes exec --inventory pod.yaml --role compute -- uptime")]
pub(crate) enum Verb {
    List(list::Args),
    Show(show::Args),
    Exec(exec::Args),
    Ssh(ssh::Args),
    Put(put::Args),
    Get(get::Args),
    Logs(logs::Args),
    Service(service::Args),
    Detect(detect::Args),
}

pub(crate) fn execute(functest: &Functest, verb: Verb, output: &Output) -> Result<u8, Error> {
    match verb {
        Verb::List(args) => list::execute(functest, args, output),
        Verb::Show(args) => show::execute(functest, args, output),
        Verb::Exec(args) => exec::execute(functest, args, output),
        Verb::Ssh(args) => ssh::execute(functest, args),
        Verb::Put(args) => put::execute(functest, args, output),
        Verb::Get(args) => get::execute(functest, args, output),
        Verb::Logs(args) => logs::execute(functest, args, output),
        Verb::Service(args) => service::execute(functest, args, output),
        Verb::Detect(args) => detect::execute(functest, args, output),
    }
}
