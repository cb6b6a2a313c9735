// SPDX-License-Identifier: Apache-2.0
//! `functest testcase show`.

use functest::core::exit_code;
use functest::core::need::{Exclusion, Needs, Requirement};
use functest::{CaseInfo, Functest, TestCaseShowRequest};
use owo_colors::OwoColorize;

use crate::error::Error;
use crate::noun::tier::CatalogueArgs;
use crate::output::Output;
use crate::table::table;

/// Show one test case: what it checks, what it needs, what can be set.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Example:
  functest testcase show snaps_health_check")]
pub(crate) struct Args {
    /// Its name.
    name: String,
    #[command(flatten)]
    catalogue: CatalogueArgs,
    /// Print one JSON document.
    #[arg(long)]
    json: bool,
}

pub(super) fn execute(functest: &Functest, args: Args, output: &Output) -> Result<u8, Error> {
    let case = functest.testcase().show(&TestCaseShowRequest { name: args.name, of: args.catalogue.request() })?;
    output.warnings(&case.warnings);
    if args.json {
        output.json(&case)?;
    } else {
        print(&case, output)?;
    }
    Ok(exit_code::OK)
}

fn print_needs(needs: &Needs, output: &Output) -> Result<(), Error> {
    let in_words =
        |requirements: &[Requirement]| requirements.iter().map(Requirement::to_string).collect::<Vec<_>>().join(", ");
    if !needs.requires.is_empty() {
        output.line(format!("needs: {}", in_words(&needs.requires)))?;
    }
    if !needs.wishes.is_empty() {
        output.line(format!("needs for some checks: {}", in_words(&needs.wishes)))?;
    }
    match &needs.excludes {
        Exclusion::Nothing => Ok(()),
        Exclusion::WholeCloud => output.line("runs alone: nothing else may use the cloud meanwhile"),
        Exclusion::Locks(locks) => {
            let names: Vec<&str> = locks.iter().map(|lock| lock.name.as_str()).collect();
            output.line(format!("locks: {}", names.join(", ")))
        }
    }
}

/// Prints everything about a case.
fn print(case: &CaseInfo, output: &Output) -> Result<(), Error> {
    let choice = &case.choice;
    output.line(choice.case_name.style(output.styles.strong))?;
    if !case.description.is_empty() {
        output.line(&case.description)?;
    }
    output.line(format!("tier: {}   project: {}   driver: {}", choice.tier, choice.project_name, case.driver))?;
    output.line(format!("criteria: {}   blocking: {}", choice.criteria, choice.blocking))?;
    for dependency in case.dependencies.iter().filter(|dependency| !dependency.pattern.as_str().is_empty()) {
        output.line(format!("needs: {} matches `{}`", dependency.variable, dependency.pattern.as_str()))?;
    }
    if let Some(needs) = &case.needs {
        print_needs(needs, output)?;
    }
    output.line(format!("here: {}", choice.reason))?;
    if !case.checks.is_empty() {
        let mut checks = table(&["check", "the cloud must do this"], output);
        for check in &case.checks {
            let mark = check.mark.as_ref().map(|mark| format!(" ({mark})")).unwrap_or_default();
            checks.add_row([&check.name, &format!("{}{mark}", check.states)]);
        }
        output.table(&checks)?;
    }
    if !case.settings.is_empty() {
        let mut settings = table(&["setting", "value", "meaning"], output);
        for setting in &case.settings {
            let variable = setting.variable.as_ref().map(|name| format!(" (${name})")).unwrap_or_default();
            let value = setting.value.as_str().map_or_else(|| setting.value.to_string(), str::to_owned);
            settings.add_row([&setting.key, &value, &format!("{}{variable}", setting.description)]);
        }
        output.table(&settings)?;
    }
    Ok(())
}
