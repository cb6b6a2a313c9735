// SPDX-License-Identifier: Apache-2.0
//! `functest run`.

use functest::core::event::CancelLevel;
use functest::core::{Sink, exit_code};
use functest::{Functest, Plan, RunRequest, RunSummary, SutRequest};

use super::{block_on, interruptible, stop_signal};
use crate::args::RunArgs;
use crate::error::Error;
use crate::output::Output;
use crate::terminal::{plan_table, progress, summary};

pub(super) fn execute(functest: &Functest, args: RunArgs, output: &Output) -> Result<u8, Error> {
    let (dry_run, json) = (args.dry_run, args.json);
    let sut = args.sut();
    let mut request = args.request();
    // A dry run connects to nothing.
    if !dry_run {
        block_on(ask_installer(functest, &sut, &mut request, output))?;
    }
    let plan = functest.plan(&request)?;
    output.warnings(plan.warnings());
    if dry_run {
        match json {
            true => output.json(plan.selection())?,
            false => plan_table::print(plan.selection(), output)?,
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
