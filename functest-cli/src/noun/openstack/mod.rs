// SPDX-License-Identifier: Apache-2.0
//! `functest openstack`.

mod check;
mod clean;

use clap::Subcommand;
use functest::Functest;

use crate::error::Error;
use crate::output::Output;

/// Look at a cloud, and clean up what dead runs left in it.
#[derive(Debug, Subcommand)]
#[command(after_help = "Example:
  functest openstack check --cloud mycloud")]
pub(crate) enum Verb {
    Check(check::Args),
    Clean(clean::Args),
}

pub(crate) fn execute(functest: &Functest, verb: Verb, output: &Output) -> Result<u8, Error> {
    match verb {
        Verb::Check(args) => check::execute(functest, args, output),
        Verb::Clean(args) => clean::execute(functest, args, output),
    }
}
