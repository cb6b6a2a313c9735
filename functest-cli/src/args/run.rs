// SPDX-License-Identifier: Apache-2.0
//! `functest run`.

use std::path::PathBuf;

use clap::Args;
use functest::{RunRequest, SutRequest};

use super::{CatalogueArgs, ReachArgs, SandboxArgs};

/// Run test cases or tiers against a cloud.
#[derive(Clone, Debug, Args)]
#[command(after_help = "Examples:
  functest run healthcheck --cloud mycloud
  functest run healthcheck --cloud sandbox --fault no_dhcp
  functest run snaps_health_check --cloud mycloud --set snaps_health_check.image=cirros-0.6.2
  functest run --cloud mycloud --exclude 'api_*' --scope 'create_.*' --jobs 1
  functest run --catalogue testcases.yaml --installer apex --dry-run
  functest run healthcheck --installer kolla-ansible --installer-ip 192.0.2.1 --fetch-credentials --collect-logs

Ctrl-C (or SIGTERM, SIGHUP) ends the run: what runs is stopped, what was made is deleted, the
report is written. A second one leaves the clean-up to `functest openstack clean`.")]
pub(crate) struct RunArgs {
    /// Test cases and tiers by name [default: the whole catalogue].
    #[arg(value_name = "CASE|TIER")]
    names: Vec<String>,
    /// The cloud: a name in clouds.yaml, the path of an openrc file, or `sandbox` for one to try things on [default:
    /// $OS_CLOUD, or the OS_* variables].
    #[arg(long, value_name = "NAME")]
    cloud: Option<String>,
    #[command(flatten)]
    catalogue: CatalogueArgs,
    /// Leave out the cases and tiers that this glob matches; may be given more than once.
    #[arg(long, value_name = "GLOB")]
    exclude: Vec<String>,
    /// Make only the checks whose name this regular expression is found in.
    #[arg(long, value_name = "REGEX")]
    scope: Option<String>,
    /// How many cases may run at a time; 1 runs them in the published order [default: 4].
    #[arg(long, short, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    jobs: Option<u16>,
    /// A setting of a case, or of the run itself (`run.KEY`); may be given more than once.
    #[arg(long, value_name = "CASE.KEY=VALUE")]
    set: Vec<String>,
    /// A settings file: a YAML map of cases to maps of keys and values.
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// The folder of this very run [default: a new one in the state folder].
    #[arg(long, value_name = "DIR")]
    run_dir: Option<PathBuf>,
    /// Only say what would run, and why the rest would not. Connects to nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Print one JSON document: the run's record, or the selection with --dry-run.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten, next_help_heading = "With --cloud sandbox")]
    sandbox: SandboxArgs,
    /// Take the cloud's credentials from the installer.
    #[arg(long, conflicts_with = "cloud", help_heading = "The system under test")]
    fetch_credentials: bool,
    /// When a case does not pass, collect the logs of all nodes into the run folder.
    #[arg(long, help_heading = "The system under test")]
    collect_logs: bool,
    #[command(flatten)]
    reach: ReachArgs,
}

impl RunArgs {
    /// How the installer is reached, where it is to be asked.
    pub(crate) fn sut(&self) -> SutRequest {
        self.reach.clone().request(self.catalogue.installer.clone())
    }

    pub(crate) fn request(self) -> RunRequest {
        RunRequest {
            names: self.names,
            cloud: self.cloud,
            sandbox: self.sandbox.request(),
            exclude: self.exclude,
            scope: self.scope,
            jobs: self.jobs.map(usize::from),
            set: self.set,
            settings: self.settings,
            run_dir: self.run_dir,
            fetch_credentials: self.fetch_credentials,
            collect_logs: self.collect_logs,
            catalogue: self.catalogue.catalogue,
            installer: self.catalogue.installer,
            scenario: self.catalogue.scenario,
            ..RunRequest::default()
        }
    }
}
