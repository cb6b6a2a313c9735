// SPDX-License-Identifier: Apache-2.0
//! `functest openstack`.

use functest::{CheckReport, CleanReport, Functest, RunCleanState};
use owo_colors::OwoColorize;

use super::block_on;
use crate::args::{CheckArgs, CleanArgs, OpenStackCommand};
use crate::error::Error;
use crate::output::Output;
use crate::terminal::table;

pub(super) fn execute(functest: &Functest, command: OpenStackCommand, output: &Output) -> Result<u8, Error> {
    match command {
        OpenStackCommand::Check(args) => check(functest, args, output),
        OpenStackCommand::Clean(args) => clean(functest, args, output),
    }
}

fn check(functest: &Functest, args: CheckArgs, output: &Output) -> Result<u8, Error> {
    let json = args.json;
    output.note("Connecting ...");
    let report = block_on(async { Ok(functest.openstack().check(&args.request()).await?) })?;
    output.warnings(&report.notices);
    match json {
        true => output.json(&report)?,
        false => print_check(&report, output)?,
    }
    Ok(report.exit_code())
}

fn print_check(report: &CheckReport, output: &Output) -> Result<(), Error> {
    let or_none = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".into());
    let cloud = &report.cloud;
    let name = cloud.name.as_deref().unwrap_or("the cloud of the OS_* variables");
    output.line(format!("{} at {}", name.style(output.styles.strong), cloud.auth_url))?;
    let admin = if report.report.is_admin { "an administrator" } else { "no administrator" };
    let (user, project) = (or_none(&cloud.user), or_none(&cloud.project));
    let roles = report.report.roles.join(", ");
    output
        .line(format!("user {user} in project {project}, region {}: {admin}; roles {roles}", or_none(&cloud.region)))?;
    let mut services = table(&["service", "name", "version", "endpoint"], output);
    for service in &report.report.services {
        let endpoint = match (&service.problem, &service.url) {
            (Some(problem), _) => problem.clone(),
            (None, Some(url)) => url.clone(),
            (None, None) => "not used by functest".into(),
        };
        services.add_row([&service.service_type, &service.name, &or_none(&service.versions), &endpoint]);
    }
    output.table(&services)?;
    let mut cases = table(&["case", "can run", "missing"], output);
    for case in &report.cases {
        let (word, missing) = match (case.missing.is_empty(), case.missing_for_some_checks.is_empty()) {
            (true, true) => ("yes", String::new()),
            (true, false) => ("in part", case.missing_for_some_checks.join(", ")),
            (false, _) => ("no", case.missing.join(", ")),
        };
        cases.add_row([case.case_name.as_str(), word, missing.as_str()]);
    }
    output.table(&cases)
}

fn clean(functest: &Functest, args: CleanArgs, output: &Output) -> Result<u8, Error> {
    let json = args.json;
    let request = args.request();
    output.note(if request.dry_run { "Looking at ledgers ..." } else { "Cleaning up ..." });
    let report = block_on(async { Ok(functest.openstack().clean(&request).await?) })?;
    output.warnings(&report.notices);
    match json {
        true => output.json(&report)?,
        false => print_clean(&report, output)?,
    }
    Ok(report.exit_code())
}

fn print_clean(report: &CleanReport, output: &Output) -> Result<(), Error> {
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
