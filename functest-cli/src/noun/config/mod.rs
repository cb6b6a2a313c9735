// SPDX-License-Identifier: Apache-2.0
//! `functest config`.

mod show;

use clap::Subcommand;
use functest::Functest;

use crate::error::Error;
use crate::output::Output;

/// See what counts where a command says nothing.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    Show(show::Args),
}

pub(crate) fn execute(functest: &Functest, verb: Verb, output: &Output) -> Result<u8, Error> {
    match verb {
        Verb::Show(args) => show::execute(functest, &args, output),
    }
}
