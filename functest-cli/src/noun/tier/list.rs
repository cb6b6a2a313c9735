// SPDX-License-Identifier: Apache-2.0
//! `functest tier list`.

use functest::core::exit_code;
use functest::{Functest, TierListRequest};

use super::CatalogueArgs;
use crate::error::Error;
use crate::output::Output;
use crate::plan_table;

/// List the tiers and what would become of their cases here.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Example:
  functest tier list --catalogue testcases.yaml --installer apex")]
pub(crate) struct Args {
    #[command(flatten)]
    catalogue: CatalogueArgs,
    /// Print one JSON document.
    #[arg(long)]
    json: bool,
}

pub(super) fn execute(functest: &Functest, args: Args, output: &Output) -> Result<u8, Error> {
    let list = functest.tier().list(&TierListRequest { of: args.catalogue.request() })?;
    output.warnings(&list.warnings);
    if args.json {
        output.json(&list)?;
    } else {
        plan_table::print_facts(&list.catalogue, &list.facts, output)?;
        output.table(&plan_table::tiers(&list.tiers, output))?;
    }
    Ok(exit_code::OK)
}
