// SPDX-License-Identifier: Apache-2.0
//! `functest completions`.

use functest::core::exit_code;

use crate::error::Error;
use crate::output::Output;

/// Print the completions of a shell.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Example:
  functest completions bash > /etc/bash_completion.d/functest")]
pub(crate) struct Args {
    /// The shell.
    shell: clap_complete::Shell,
}

/// Completions for the whole of `command`.
pub(crate) fn execute(args: &Args, mut command: clap::Command, output: &Output) -> Result<u8, Error> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command, "functest", &mut script);
    output.raw(&script)?;
    Ok(exit_code::OK)
}
