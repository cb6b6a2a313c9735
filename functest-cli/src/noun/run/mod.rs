// SPDX-License-Identifier: Apache-2.0
//! `functest run`.

mod progress;
mod summary;

use std::path::PathBuf;

use functest::core::event::CancelLevel;
use functest::core::{Sink, exit_code};
use functest::{CatalogueRequest, Functest, Plan, RunRequest, RunSummary, SutRequest};

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
  functest run healthcheck --installer kolla-ansible --installer-ip 192.0.2.1 --fetch-credentials --collect-logs

Ctrl-C (or SIGTERM, SIGHUP) ends the run: what runs is stopped, what was made is deleted, the
report is written. A second one leaves the clean-up to `functest openstack clean`.")]
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
    /// What is run, and how its installer is reached, where it is to be asked.
    fn requests(self) -> (RunRequest, SutRequest) {
        let CatalogueRequest { catalogue, installer, scenario } = self.catalogue.request();
        let sut = self.reach.request(installer.clone());
        let run = RunRequest {
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
            catalogue,
            installer,
            scenario,
            ..RunRequest::default()
        };
        (run, sut)
    }
}

pub(crate) fn execute(functest: &Functest, args: Args, output: &Output) -> Result<u8, Error> {
    let (dry_run, json) = (args.dry_run, args.json);
    let (mut request, sut) = args.requests();
    // A dry run connects to nothing.
    if !dry_run {
        block_on(ask_installer(functest, &sut, &mut request, output))?;
    }
    let plan = functest.plan(&request)?;
    output.warnings(plan.warnings());
    if dry_run {
        if json {
            output.json(plan.selection())?;
        } else {
            plan_table::print(plan.selection(), output)?;
        }
        return Ok(exit_code::OK);
    }
    let summary = block_on(run(plan, output))?;
    report(&summary, json, output)?;
    Ok(summary.exit_code)
}

/// What nobody has said, the installer may tell.
async fn ask_installer(
    functest: &Functest,
    sut: &SutRequest,
    request: &mut RunRequest,
    output: &Output,
) -> Result<(), Error> {
    let needed = request.fetch_credentials || request.collect_logs;
    let (found, problem) = interruptible(functest.run().sut(sut, needed)).await?;
    output.warnings(problem.as_slice());
    request.sut = found;
    if request.sut.is_some() {
        output.note("Asking the installer ...");
        let problems = interruptible(async { Ok(functest.run().ask_installer(request).await) }).await?;
        output.warnings(&problems);
    }
    Ok(())
}

async fn run(plan: Plan, output: &Output) -> Result<RunSummary, Error> {
    let sinks: Vec<Box<dyn Sink>> = if output.quiet { Vec::new() } else { vec![progress::sink(output)] };
    output.note("Connecting ...");
    let handle = tokio::select! {
        handle = plan.start(sinks) => handle?,
        () = stop_signal() => return Err(Error::Interrupted),
    };
    output.warnings(handle.notices());
    let listener = tokio::spawn(listen(handle.run_id().to_owned(), handle.canceller(), output.clone()));
    let summary = handle.join().await;
    listener.abort();
    Ok(summary?)
}

/// The first Ctrl-C stops the run, the second gives it up, the third gives up functest.
async fn listen(run_id: String, cancel: impl Fn(CancelLevel), output: Output) {
    stop_signal().await;
    cancel(CancelLevel::Stop);
    output.note("Stopping: ending what runs, cleaning up, reporting. Ctrl-C again to leave the clean-up for later.");
    stop_signal().await;
    cancel(CancelLevel::Abandon);
    output.warning(format!(
        "what this run made may be left in the cloud; `functest openstack clean {run_id}` deletes it"
    ));
    stop_signal().await;
    std::process::exit(exit_code::INTERRUPTED.into());
}

fn report(summary: &RunSummary, json: bool, output: &Output) -> Result<(), Error> {
    if let Some(error) = &summary.sink_error {
        output.warning(format!("a report is incomplete: {error}"));
    }
    if let Some(logs) = &summary.node_logs {
        output.warnings(&logs.problems);
        let folder = logs.collected.first().and_then(|log| log.file.parent());
        if let Some(folder) = folder {
            output.note(format!("Logs of {} nodes: {}", logs.collected.len(), folder.display()));
        }
    }
    let page = summary.folder.join(functest::Format::Html.file_name());
    if json {
        output.json(&summary.record)?;
        output.note(format!("Report: {}", page.display()));
    } else {
        summary::print(&summary.record, output)?;
        output.line(format!("Report: {}", page.display()))?;
    }
    Ok(())
}
