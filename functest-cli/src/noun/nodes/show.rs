// SPDX-License-Identifier: Apache-2.0
//! `functest nodes show`.

use functest::core::exit_code;
use functest::{Functest, NodeShowRequest};

use crate::error::Error;
use crate::node_table;
use crate::noun::sut::SutArgs;
use crate::output::Output;
use crate::runtime::{block_on, interruptible};

/// Show one node: addresses, roles, hardware, the way to it.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Example:
  functest nodes show compute01 --inventory /etc/kolla/multinode")]
pub(crate) struct Args {
    /// The node, by name, id or address.
    #[arg(value_name = "NODE")]
    name: String,
    #[command(flatten)]
    sut: SutArgs,
    /// Print one JSON document.
    #[arg(long)]
    json: bool,
}

pub(super) fn execute(functest: &Functest, args: Args, output: &Output) -> Result<u8, Error> {
    output.note("Asking the installer and the node ...");
    let request = NodeShowRequest { sut: args.sut.request(), node: args.name };
    let list = block_on(interruptible(functest.nodes().show(&request)))?;
    if args.json {
        output.json(&list)?;
    } else if let Some(node) = list.nodes.first() {
        node_table::page(node, output)?;
    }
    Ok(exit_code::OK)
}
