// SPDX-License-Identifier: Apache-2.0
//! `functest tier show`.

use functest::core::exit_code;
use functest::{Functest, TierInfo, TierShowRequest};
use owo_colors::OwoColorize;

use super::CatalogueArgs;
use crate::error::Error;
use crate::output::Output;
use crate::plan_table;

/// Show one tier.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Example:
  functest tier show healthcheck")]
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
    let list = functest.tier().show(&TierShowRequest { name: args.name, of: args.catalogue.request() })?;
    output.warnings(&list.warnings);
    if args.json {
        output.json(&list)?;
    } else {
        list.tiers.iter().try_for_each(|tier| print(tier, output))?;
    }
    Ok(exit_code::OK)
}

fn print(tier: &TierInfo, output: &Output) -> Result<(), Error> {
    output.line(tier.name.style(output.styles.strong))?;
    if !tier.description.is_empty() {
        output.line(&tier.description)?;
    }
    output.table(&plan_table::choices(&tier.cases, output))
}
