// SPDX-License-Identifier: Apache-2.0
//! `functest openstack`.

use clap::{Args, Subcommand};
use functest::{CheckRequest, CleanRequest, SandboxRequest};

/// `functest openstack`.
#[derive(Debug, Subcommand)]
pub(crate) enum OpenStackCommand {
    /// Connect, and list services, versions, roles, and what is missing for which case.
    #[command(after_help = "Example:
  functest openstack check --cloud mycloud")]
    Check(CheckArgs),
    /// Delete what dead runs left. Runs that live, and what runs found rather than made, are left alone.
    #[command(after_help = "Examples:
  functest openstack clean --dry-run
  functest openstack clean
  functest openstack clean latest --cloud mycloud")]
    Clean(CleanArgs),
}

/// `functest openstack check`.
#[derive(Clone, Debug, Args)]
pub(crate) struct CheckArgs {
    /// The cloud: a name in clouds.yaml, or the path of an openrc file [default: $OS_CLOUD, or the OS_* variables].
    #[arg(long, value_name = "NAME")]
    cloud: Option<String>,
    /// A setting of the run (`run.KEY=VALUE`); may be given more than once.
    #[arg(long, value_name = "run.KEY=VALUE")]
    set: Vec<String>,
    /// Print one JSON document.
    #[arg(long)]
    pub(crate) json: bool,
}

impl CheckArgs {
    pub(crate) fn request(self) -> CheckRequest {
        CheckRequest { cloud: self.cloud, sandbox: SandboxRequest::default(), set: self.set }
    }
}

/// `functest openstack clean`.
#[derive(Clone, Debug, Args)]
pub(crate) struct CleanArgs {
    /// Runs: `latest`, ids, or folders [default: every dead run].
    #[arg(value_name = "RUN")]
    runs: Vec<String>,
    /// The cloud to reach them by [default: the one that each run names].
    #[arg(long, value_name = "NAME")]
    cloud: Option<String>,
    /// Only say what would be deleted. Connects to nothing.
    #[arg(long)]
    dry_run: bool,
    /// A setting of the run (`run.KEY=VALUE`), such as run.clean_deadline; may be given more than once.
    #[arg(long, value_name = "run.KEY=VALUE")]
    set: Vec<String>,
    /// Print one JSON document.
    #[arg(long)]
    pub(crate) json: bool,
}

impl CleanArgs {
    pub(crate) fn request(self) -> CleanRequest {
        CleanRequest { runs: self.runs, cloud: self.cloud, dry_run: self.dry_run, set: self.set }
    }
}
