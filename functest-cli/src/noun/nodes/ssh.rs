// SPDX-License-Identifier: Apache-2.0
//! `functest nodes ssh`.

use functest::{Functest, SshRequest};

use super::terminal;
use crate::error::Error;
use crate::noun::sut::SutArgs;
use crate::runtime::block_on;

/// Open a shell on a node, with a terminal.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:
  functest nodes ssh compute01
  functest nodes ssh compute01 -- top")]
pub(crate) struct Args {
    /// The node, by name, id or address.
    #[arg(value_name = "NODE")]
    name: String,
    #[command(flatten)]
    sut: SutArgs,
    /// A command in place of a shell.
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<String>,
}

pub(super) fn execute(functest: &Functest, args: Args) -> Result<u8, Error> {
    let request = SshRequest { sut: args.sut.request(), node: args.name };
    block_on(async {
        let session = functest.nodes().ssh(&request).await?;
        terminal::run(&session, &args.command.join(" ")).await
    })
}
