// SPDX-License-Identifier: Apache-2.0
//! `functest testcase list`.

use functest::core::exit_code;
use functest::{Functest, TestCaseListRequest};

use crate::error::Error;
use crate::noun::tier::CatalogueArgs;
use crate::output::Output;
use crate::plan_table;

/// List the test cases and what would become of them here.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Example:
  functest testcase list --json")]
pub(crate) struct Args {
    #[command(flatten)]
    catalogue: CatalogueArgs,
    /// Print one JSON document.
    #[arg(long)]
    json: bool,
}

pub(super) fn execute(functest: &Functest, args: Args, output: &Output) -> Result<u8, Error> {
    let list = functest.testcase().list(&TestCaseListRequest { of: args.catalogue.request() })?;
    output.warnings(&list.warnings);
    if args.json {
        output.json(&list)?;
    } else {
        plan_table::print(&list.selection, output)?;
    }
    Ok(exit_code::OK)
}
