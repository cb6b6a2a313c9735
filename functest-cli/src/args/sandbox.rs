// SPDX-License-Identifier: Apache-2.0
//! `functest sandbox`, and what is said of a sandbox elsewhere.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use functest::{SandboxRequest, ServeRequest};

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

/// `functest sandbox`.
#[derive(Debug, Subcommand)]
pub(crate) enum SandboxCommand {
    /// Serve an OpenStack of our own on loopback, until Ctrl-C. Says one line on standard output when it is ready.
    #[command(after_help = "Examples:
  functest sandbox serve --port 5001 --write-clouds clouds.yaml
  OS_CLIENT_CONFIG_FILE=clouds.yaml openstack --os-cloud sandbox-demo server list
  functest sandbox serve --fault no_dhcp --fault 'latency seconds=0.2 path=/network/**'
  curl -X POST http://127.0.0.1:5001/sandbox/faults -d '{\"faults\": [{\"fault\": \"server_error\", \"times\": 1}]}'")]
    Serve(ServeArgs),
    /// Run cases on sandboxes that are broken in one way each, and say which case detects what.
    #[command(after_help = "Examples:
  functest sandbox matrix
  functest sandbox matrix snaps_health_check --json")]
    Matrix(MatrixArgs),
}

/// `functest sandbox serve`.
#[derive(Clone, Debug, Args)]
pub(crate) struct ServeArgs {
    /// The port of 127.0.0.1 that the APIs are on [default: a free one].
    #[arg(long, value_name = "N")]
    port: Option<u16>,
    /// Where to write a clouds.yaml with sandbox-admin and sandbox-demo.
    #[arg(long, value_name = "FILE")]
    write_clouds: Option<PathBuf>,
    #[command(flatten)]
    sandbox: SandboxArgs,
}

impl ServeArgs {
    pub(crate) fn request(self) -> ServeRequest {
        let sandbox = SandboxRequest { port: self.port, ..self.sandbox.request() };
        ServeRequest { sandbox, write_clouds: self.write_clouds }
    }
}

/// `functest sandbox matrix`.
#[derive(Clone, Debug, Args)]
pub(crate) struct MatrixArgs {
    /// Test cases and tiers by name [default: the whole catalogue].
    #[arg(value_name = "CASE|TIER")]
    pub(crate) names: Vec<String>,
    /// Print one JSON document.
    #[arg(long)]
    pub(crate) json: bool,
}
