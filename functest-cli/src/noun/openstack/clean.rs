// SPDX-License-Identifier: Apache-2.0
//! `functest openstack clean`.

use functest::{CleanReport, CleanRequest, Functest, RunCleanState};
use owo_colors::OwoColorize;

use crate::error::Error;
use crate::output::Output;
use crate::runtime::block_on;

/// Delete what dead runs left. Runs that live, and what runs found rather than made, are left alone.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:
  functest openstack clean --dry-run
  functest openstack clean
  functest openstack clean latest --cloud mycloud")]
pub(crate) struct Args {
    /// Runs: `latest`, ids, or folders [default: every dead run].
    #[arg(value_name = "RUN")]
    runs: Vec<String>,
    /// The cloud to reach them by [default: the one that each run names].
    #[arg(long, value_name = "NAME")]
    cloud: Option<String>,
    /// Only say what would be deleted. Connects to nothing.
    #[arg(long)]
    dry_run: bool,
    /// Clean also copies of runs that may be alive elsewhere.
    #[arg(long)]
    force: bool,
    /// A setting of the run (`run.KEY=VALUE`), such as run.clean_deadline; may be given more than once.
    #[arg(long, value_name = "run.KEY=VALUE")]
    set: Vec<String>,
    /// Print one JSON document.
    #[arg(long)]
    json: bool,
}

pub(super) fn execute(functest: &Functest, args: Args, output: &Output) -> Result<u8, Error> {
    let Args { runs, cloud, dry_run, force, set, json } = args;
    let request = CleanRequest { runs, cloud, dry_run, set, force };
    output.note(if request.dry_run { "Looking at ledgers ..." } else { "Cleaning up ..." });
    let report = block_on(async { Ok(functest.openstack().clean(&request).await?) })?;
    output.warnings(&report.notices);
    if json {
        output.json(&report)?;
    } else {
        print(&report, output)?;
    }
    Ok(report.exit_code())
}

fn print(report: &CleanReport, output: &Output) -> Result<(), Error> {
    if report.runs.is_empty() {
        return output.line("No dead run has left anything.");
    }
    for run in &report.runs {
        let id = run.run_id.style(output.styles.strong);
        match &run.state {
            RunCleanState::Live => output.line(format!("{id}: is alive, or being cleaned by another functest"))?,
            RunCleanState::Clean => output.line(format!("{id}: left nothing"))?,
            RunCleanState::Failed { reason } => {
                output.line(format!("{id}: {}: {reason}", "not cleaned".style(output.styles.bad)))?;
            }
            RunCleanState::WouldDelete { things } => {
                output
                    .line(format!("{id}: would look for {} things and delete what there is of them:", things.len()))?;
                things.iter().try_for_each(|thing| output.line(format!("  {thing}")))?;
            }
            RunCleanState::Cleaned { deleted, left } if deleted.is_empty() && left.is_empty() => {
                output.line(format!("{id}: nothing is left; what it had made was gone already"))?;
            }
            RunCleanState::Cleaned { deleted, left } => {
                output.line(format!("{id}: deleted {}, left {}", deleted.len(), left.len()))?;
                deleted.iter().try_for_each(|thing| output.line(format!("  deleted {thing}")))?;
                left.iter().try_for_each(|l| {
                    output.line(format!("  {} {}: {}", "left".style(output.styles.bad), l.thing, l.reason))
                })?;
            }
        }
    }
    Ok(())
}
