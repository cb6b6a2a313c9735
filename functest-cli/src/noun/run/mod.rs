// SPDX-License-Identifier: Apache-2.0
//! `functest run`.

mod progress;
mod summary;

use std::num::NonZeroUsize;
use std::path::PathBuf;

use functest::core::event::CancelLevel;
use functest::core::{Sink, exit_code};
use functest::{CancelHandle, CatalogueRequest, Functest, Plan, RunRequest, RunSummary};

use super::sandbox::SandboxArgs;
use super::sut::ReachArgs;
use super::tier::CatalogueArgs;
use crate::error::Error;
use crate::output::Output;
use crate::plan_table;
use crate::runtime::{block_on, interruptible, stop_signal};

/// Run test cases or tiers against a cloud.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:
  functest run healthcheck --cloud mycloud
  functest run healthcheck --cloud sandbox --fault no_dhcp
  functest run snaps_health_check --cloud mycloud --set snaps_health_check.image=cirros-0.6.2
  functest run --cloud mycloud --exclude 'api_*' --scope 'create_.*' --jobs 1
  functest run --catalogue testcases.yaml --installer apex --dry-run
  functest run --again latest --cloud mycloud
  functest run healthcheck --installer kolla-ansible --installer-ip 192.0.2.1 --fetch-credentials --collect-logs

Ctrl-C (or SIGTERM, SIGHUP) ends the run: what runs is stopped, what was made is deleted, the
report is written. A second one leaves the clean-up to `functest openstack clean`. Signals that
are ignored at the start, as by nohup, stay ignored.")]
pub(crate) struct Args {
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
    #[arg(long, short, value_name = "N")]
    jobs: Option<NonZeroUsize>,
    /// A setting of a case, or of the run itself (`run.KEY`); may be given more than once.
    #[arg(long, value_name = "CASE.KEY=VALUE")]
    set: Vec<String>,
    /// A settings file: a YAML map of cases to maps of keys and values.
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// The folder of this very run [default: a new one in the state folder].
    #[arg(long, value_name = "DIR")]
    run_dir: Option<PathBuf>,
    /// Make this run again, as its record says it was asked for: `latest`, a run's id, or its folder. What is said besides
    /// (--cloud, --jobs, --set) counts in place of what was said then.
    #[arg(long, value_name = "RUN", conflicts_with_all = ["names", "exclude", "scope", "catalogue", "installer", "scenario", "settings"])]
    again: Option<String>,
    /// Only say what would run, and why the rest would not. Connects to nothing.
    #[arg(long)]
    dry_run: bool,
    /// Print one JSON document: the run's record, or the selection with --dry-run.
    #[arg(long)]
    json: bool,
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

impl Args {
    /// What is run: what was asked of an earlier run, or what is said here.
    fn request(self, functest: &Functest) -> Result<RunRequest, Error> {
        match self.again.clone() {
            Some(run) => Ok(self.change(functest.run().again(&run)?)),
            None => Ok(self.said()),
        }
    }

    /// An earlier request, with what is said otherwise here.
    fn change(self, earlier: RunRequest) -> RunRequest {
        RunRequest {
            cloud: self.cloud.or(earlier.cloud),
            jobs: self.jobs.or(earlier.jobs),
            set: earlier.set.into_iter().chain(self.set).collect(),
            run_dir: self.run_dir,
            collect_logs: self.collect_logs || earlier.collect_logs,
            command: command_line(),
            ..earlier
        }
    }

    fn said(self) -> RunRequest {
        let CatalogueRequest { catalogue, installer, scenario } = self.catalogue.request();
        RunRequest {
            names: self.names,
            cloud: self.cloud,
            sandbox: self.sandbox.request(),
            exclude: self.exclude,
            scope: self.scope,
            jobs: self.jobs,
            set: self.set,
            settings: self.settings,
            run_dir: self.run_dir,
            sut: self.reach.request(installer.clone()),
            fetch_credentials: self.fetch_credentials,
            collect_logs: self.collect_logs,
            catalogue,
            installer,
            scenario,
            command: command_line(),
        }
    }
}

/// What was typed. What is not UTF-8 is shown as well as it can be: it is only for whoever reads the record.
fn command_line() -> Vec<String> {
    std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect()
}

pub(crate) fn execute(functest: &Functest, args: Args, output: &Output) -> Result<u8, Error> {
    let (dry_run, json) = (args.dry_run, args.json);
    let request = args.request(functest)?;
    if dry_run {
        return show(&functest.plan(&request)?, json, output);
    }
    let plan = block_on(plan(functest, &request, output))?;
    output.warnings(plan.warnings());
    let summary = block_on(run(plan, output))?;
    report(&summary, json, output)?;
    Ok(summary.exit_code)
}

/// A dry run connects to nothing.
fn show(plan: &Plan, json: bool, output: &Output) -> Result<u8, Error> {
    output.warnings(plan.warnings());
    if json {
        output.json(plan.selection())?;
    } else {
        plan_table::print(plan.selection(), output)?;
    }
    Ok(exit_code::OK)
}

/// What nobody has said, the installer may tell.
async fn plan(functest: &Functest, request: &RunRequest, output: &Output) -> Result<Plan, Error> {
    if functest.run().has_installer_to_ask(request)? {
        output.note("Asking the installer ...");
    }
    interruptible(functest.run().ask_and_plan(request)).await
}

async fn run(plan: Plan, output: &Output) -> Result<RunSummary, Error> {
    let sinks: Vec<Box<dyn Sink>> = if output.quiet { Vec::new() } else { vec![progress::sink(output)] };
    if plan.needs_a_cloud() {
        output.note("Connecting ...");
    }
    let handle = tokio::select! {
        handle = plan.start(sinks) => handle?,
        () = stop_signal() => return Err(Error::Interrupted),
    };
    output.warnings(handle.notices());
    let listener = tokio::spawn(listen(handle.run_id().to_owned(), handle.cancel_handle(), output.clone()));
    let summary = handle.join().await;
    listener.abort();
    Ok(summary?)
}

/// The first Ctrl-C stops the run, the second gives it up, the third gives up functest. What is said about it is said beside:
/// a terminal that takes nothing must not keep anybody from stopping.
async fn listen(run_id: String, cancel: CancelHandle, output: Output) {
    stop_signal().await;
    cancel.cancel(CancelLevel::Stop);
    let beside = output.clone();
    std::thread::spawn(move || {
        beside
            .note("Stopping: ending what runs, cleaning up, reporting. Ctrl-C again to leave the clean-up for later.");
    });
    stop_signal().await;
    cancel.cancel(CancelLevel::Abandon);
    std::thread::spawn(move || {
        output
            .warning(format!("what this run made may be left behind; `functest openstack clean {run_id}` deletes it"));
    });
    stop_signal().await;
    std::process::exit(exit_code::INTERRUPTED.into());
}

fn report(summary: &RunSummary, json: bool, output: &Output) -> Result<(), Error> {
    for trouble in &summary.sink_troubles {
        if trouble.sink == progress::NAME {
            output.forsake_stderr();
        }
        output.warning(trouble);
    }
    if let Some(logs) = &summary.node_logs {
        output.warnings(&logs.problems);
        let folder = logs.collected.first().and_then(|log| log.file.parent());
        if let Some(folder) = folder {
            output.note(format!("Logs of {} nodes: {}", logs.collected.len(), folder.display()));
        }
    }
    if json {
        output.json(&summary.record)?;
    } else {
        summary::print(&summary.record, output)?;
    }
    let page = summary.folder.join(functest::Format::Html.file_name());
    match (page.is_file(), json) {
        (true, true) => output.note(format!("Report: {}", page.display())),
        (true, false) => output.line(format!("Report: {}", page.display()))?,
        (false, _) => output.warning(format!("there is no report: {} could not be written", page.display())),
    }
    Ok(())
}
