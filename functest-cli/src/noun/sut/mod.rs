// SPDX-License-Identifier: Apache-2.0
//! `functest sut`.

mod credentials;
mod info;
mod reach;

use clap::Subcommand;
use functest::Functest;

pub(crate) use self::reach::{ReachArgs, SutArgs};
use crate::error::Error;
use crate::output::Output;

/// What was deployed, by what, and how its cloud is logged in to.
#[derive(Debug, Subcommand)]
#[command(after_help = "Example:
  functest sut info --installer apex --installer-ip 192.0.2.1")]
pub(crate) enum Verb {
    Info(info::Args),
    Credentials(credentials::Args),
}

pub(crate) fn execute(functest: &Functest, verb: Verb, output: &Output) -> Result<u8, Error> {
    match verb {
        Verb::Info(args) => info::execute(functest, args, output),
        Verb::Credentials(args) => credentials::execute(functest, args, output),
    }
}
