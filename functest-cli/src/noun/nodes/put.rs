// SPDX-License-Identifier: Apache-2.0
//! `functest nodes put`.

use std::path::PathBuf;

use functest::{Functest, PutRequest};

use super::selection::NodesByFlag;
use super::transfer;
use crate::error::Error;
use crate::output::Output;
use crate::runtime::{block_on, interruptible};

/// Copy a file or a folder to nodes.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Example:
  functest nodes put probe.sh /tmp/ --role compute")]
pub(crate) struct Args {
    /// The file or folder here.
    local: PathBuf,
    /// Its place there: the folder that a file goes into, with a `/` at the end, or its name; a folder is put in place of
    /// that name, or into what is there already.
    remote: String,
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
    let request = PutRequest {
        nodes: args.of.selection(),
        sut: args.of.sut.request(),
        local: args.local,
        remote: args.remote,
        sudo: args.sudo,
    };
    let report = block_on(interruptible(functest.nodes().put(&request, &transfer::listener("to", output))))?;
    transfer::print(&report, args.json, output)
}
