// SPDX-License-Identifier: Apache-2.0
//! `functest nodes get`.

use std::path::PathBuf;

use functest::{Functest, GetRequest};

use super::selection::NodesByFlag;
use super::transfer;
use crate::error::Error;
use crate::output::Output;
use crate::runtime::{block_on, interruptible};

/// Copy a file or a folder from nodes: from several into a folder a node.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Example:
  functest nodes get /etc/nova/nova.conf configurations --role compute --sudo")]
pub(crate) struct Args {
    /// The file or folder there.
    remote: String,
    /// Its place here.
    local: PathBuf,
    #[command(flatten)]
    of: NodesByFlag,
    /// As root.
    #[arg(long)]
    sudo: bool,
    /// Print one JSON document.
    #[arg(long)]
    json: bool,
}

pub(super) fn execute(functest: &Functest, args: Args, output: &Output) -> Result<u8, Error> {
    let request = GetRequest {
        nodes: args.of.selection(),
        sut: args.of.sut.request(),
        remote: args.remote,
        local: args.local,
        sudo: args.sudo,
    };
    let report = block_on(interruptible(functest.nodes().get(&request, &transfer::listener("from", output))))?;
    transfer::print(&report, args.json, output)
}
