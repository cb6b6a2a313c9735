// SPDX-License-Identifier: Apache-2.0
//! `functest sandbox`, and what is said of a sandbox elsewhere.

mod matrix;
mod serve;

use std::path::PathBuf;

use clap::{Args, Subcommand};
use functest::{Functest, SandboxRequest};

use crate::error::Error;
use crate::output::Output;

/// What a sandbox is like.
#[derive(Clone, Debug, Args)]
pub(crate) struct SandboxArgs {
    /// What everything random in the sandbox comes from [default: a new seed].
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// A YAML file of what is broken in the sandbox.
    #[arg(long, value_name = "FILE")]
    faults: Option<PathBuf>,
    /// Something that is broken in the sandbox: `no_dhcp`, or `status status=503 path=/compute/**`; more than one may be given.
    #[arg(long, value_name = "FAULT")]
    fault: Vec<String>,
}

impl SandboxArgs {
    pub(crate) fn request(self) -> SandboxRequest {
        SandboxRequest { port: None, seed: self.seed, faults: self.faults, fault: self.fault }
    }
}

/// Serve a cloud of our own to try things on, and see what the cases notice on broken ones.
#[derive(Debug, Subcommand)]
#[command(after_help = "Example:
  functest sandbox serve --port 5001 --write-clouds clouds.yaml")]
pub(crate) enum Verb {
    Serve(serve::Args),
    Matrix(matrix::Args),
}

pub(crate) fn execute(functest: &Functest, verb: Verb, output: &Output) -> Result<u8, Error> {
    match verb {
        Verb::Serve(args) => serve::execute(functest, args, output),
        Verb::Matrix(args) => matrix::execute(functest, args, output),
    }
}
