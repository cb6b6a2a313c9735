// SPDX-License-Identifier: Apache-2.0
//! `functest sandbox serve`.

use std::path::PathBuf;

use functest::core::exit_code;
use functest::{Functest, SandboxAddress, SandboxRequest, ServeRequest};

use super::SandboxArgs;
use crate::error::Error;
use crate::output::Output;
use crate::runtime::{block_on, stop_signal};

/// Serve an OpenStack of our own on loopback, until Ctrl-C. Says one line on standard output when it is ready.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:
  functest sandbox serve --port 5001 --write-clouds clouds.yaml
  OS_CLIENT_CONFIG_FILE=clouds.yaml openstack --os-cloud sandbox-demo server list
  functest sandbox serve --fault no_dhcp --fault 'latency seconds=0.2 path=/network/**'
  curl -X POST http://127.0.0.1:5001/sandbox/faults -d '{\"faults\": [{\"fault\": \"server_error\", \"times\": 1}]}'")]
pub(crate) struct Args {
    /// The port of 127.0.0.1 that the APIs are on [default: a free one].
    #[arg(long, value_name = "N")]
    port: Option<u16>,
    /// Where to write a clouds.yaml with sandbox-admin and sandbox-demo; `-` is standard output. A file that holds anything
    /// else is not overwritten.
    #[arg(long, value_name = "FILE")]
    write_clouds: Option<PathBuf>,
    /// Overwrite that file whatever it holds.
    #[arg(long, requires = "write_clouds")]
    force: bool,
    #[command(flatten)]
    sandbox: SandboxArgs,
}

pub(super) fn execute(functest: &Functest, args: Args, output: &Output) -> Result<u8, Error> {
    let sandbox = SandboxRequest { port: args.port, ..args.sandbox.request() };
    let request = ServeRequest { sandbox, write_clouds: args.write_clouds, force: args.force };
    block_on(async {
        let sandbox = functest.sandbox().serve(&request).await?;
        let SandboxAddress { auth_url, seed, guest_port, .. } = sandbox.address();
        output.line(format!("sandbox ready: {auth_url} (seed {seed}; guests answer SSH on port {guest_port})"))?;
        stop_signal().await;
        Ok(exit_code::OK)
    })
}
