// SPDX-License-Identifier: Apache-2.0
//! `functest tier`.

mod catalogue;
mod list;
mod show;

use clap::Subcommand;
use functest::Functest;

pub(crate) use self::catalogue::CatalogueArgs;
use crate::error::Error;
use crate::output::Output;

/// List and show tiers.
#[derive(Debug, Subcommand)]
#[command(after_help = "Example:
  functest tier list --catalogue testcases.yaml")]
pub(crate) enum Verb {
    List(list::Args),
    Show(show::Args),
}

pub(crate) fn execute(functest: &Functest, verb: Verb, output: &Output) -> Result<u8, Error> {
    match verb {
        Verb::List(args) => list::execute(functest, args, output),
        Verb::Show(args) => show::execute(functest, args, output),
    }
}
