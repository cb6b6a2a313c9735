// SPDX-License-Identifier: Apache-2.0
//! `functest tier` and `functest testcase`.

use functest::core::exit_code;
use functest::{Functest, TierInfo};
use owo_colors::OwoColorize;

use crate::args::{TestCaseCommand, TierCommand};
use crate::error::Error;
use crate::output::Output;
use crate::terminal::{case_page, plan_table};

pub(super) fn tier(functest: &Functest, command: TierCommand, output: &Output) -> Result<u8, Error> {
    match command {
        TierCommand::List(args) => {
            let list = functest.tiers(&args.catalogue.request())?;
            output.warnings(&list.warnings);
            if args.json {
                output.json(&list)?;
            } else {
                plan_table::print_facts(&list.catalogue, &list.facts, output)?;
                output.table(&plan_table::tiers(&list.tiers, output))?;
            }
        }
        TierCommand::Show(args) => {
            let list = functest.tier(&args.list.catalogue.request(), &args.name)?;
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
            let plan = functest.plan(&args.catalogue.request())?;
            output.warnings(plan.warnings());
            match args.json {
                true => output.json(plan.selection())?,
                false => plan_table::print(plan.selection(), output)?,
            }
        }
        TestCaseCommand::Show(args) => {
            let case = functest.test_case(&args.list.catalogue.request(), &args.name)?;
            output.warnings(&case.warnings);
            match args.list.json {
                true => output.json(&case)?,
                false => case_page::print(&case, output)?,
            }
        }
    }
    Ok(exit_code::OK)
}
