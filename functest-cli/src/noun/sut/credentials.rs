// SPDX-License-Identifier: Apache-2.0
//! `functest sut credentials`.

use std::path::PathBuf;

use functest::core::exit_code;
use functest::{CredentialsRequest, Functest};

use super::SutArgs;
use crate::error::Error;
use crate::output::Output;
use crate::runtime::{block_on, interruptible};

/// Write the cloud's credentials, as the installer has them, to an openrc file.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Example:
  functest sut credentials --installer kolla-ansible --installer-ip 192.0.2.1 --output openrc
  functest run healthcheck --cloud openrc")]
pub(crate) struct Args {
    #[command(flatten)]
    sut: SutArgs,
    /// The file; only its owner may read it. `-` is standard output.
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
}

pub(super) fn execute(functest: &Functest, args: Args, output: &Output) -> Result<u8, Error> {
    output.note("Asking the installer ...");
    let request = CredentialsRequest { sut: args.sut.request(), output: args.output };
    let written = block_on(interruptible(functest.sut().credentials(&request)))?;
    if functest::is_standard_output(&written.file) {
        return Ok(exit_code::OK);
    }
    output.line(format!("Credentials: {}", written.file.display()))?;
    Ok(exit_code::OK)
}
