// SPDX-License-Identifier: Apache-2.0
//! `functest tier` and `functest testcase`.

use functest::core::exit_code;
use functest::{Functest, TestCaseListRequest, TestCaseShowRequest, TierInfo, TierListRequest, TierShowRequest};
use owo_colors::OwoColorize;

use crate::args::{TestCaseCommand, TierCommand};
use crate::error::Error;
use crate::output::Output;
use crate::terminal::{case_page, plan_table};

pub(super) fn tier(functest: &Functest, command: TierCommand, output: &Output) -> Result<u8, Error> {
    match command {
        TierCommand::List(args) => {
            let list = functest.tier().list(&TierListRequest { of: args.catalogue.request() })?;
            output.warnings(&list.warnings);
            if args.json {
                output.json(&list)?;
            } else {
                plan_table::print_facts(&list.catalogue, &list.facts, output)?;
                output.table(&plan_table::tiers(&list.tiers, output))?;
            }
        }
        TierCommand::Show(args) => {
            let list = functest.tier().show(&TierShowRequest { name: args.name, of: args.list.catalogue.request() })?;
            output.warnings(&list.warnings);
            if args.list.json {
                output.json(&list)?;
            } else {
                list.tiers.iter().try_for_each(|tier| print_tier(tier, output))?;
            }
        }
    }
    Ok(exit_code::OK)
}

fn print_tier(tier: &TierInfo, output: &Output) -> Result<(), Error> {
    output.line(tier.name.style(output.styles.strong))?;
    if !tier.description.is_empty() {
        output.line(&tier.description)?;
    }
    output.table(&plan_table::choices(&tier.cases, output))
}

pub(super) fn test_case(functest: &Functest, command: TestCaseCommand, output: &Output) -> Result<u8, Error> {
    match command {
        TestCaseCommand::List(args) => {
            let list = functest.testcase().list(&TestCaseListRequest { of: args.catalogue.request() })?;
            output.warnings(&list.warnings);
            match args.json {
                true => output.json(&list)?,
                false => plan_table::print(&list.selection, output)?,
            }
        }
        TestCaseCommand::Show(args) => {
            let case = functest
                .testcase()
                .show(&TestCaseShowRequest { name: args.name, of: args.list.catalogue.request() })?;
            output.warnings(&case.warnings);
            match args.list.json {
                true => output.json(&case)?,
                false => case_page::print(&case, output)?,
            }
        }
    }
    Ok(exit_code::OK)
}
