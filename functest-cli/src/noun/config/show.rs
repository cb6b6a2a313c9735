// SPDX-License-Identifier: Apache-2.0
//! `functest config show`.

use functest::core::exit_code;
use functest::core::words::visible;
use functest::{ConfigList, DEFAULT_CONFIG, Functest};
use serde_json::Value;

use crate::error::Error;
use crate::output::Output;
use crate::table::table;

/// Show every value of the configuration, and who says so.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:
  functest config show
  functest config show --default > functest.yaml   a file to begin with: every key, with a comment")]
pub(crate) struct Args {
    /// Print the default configuration as a file with a comment for every key.
    #[arg(long, conflicts_with = "json")]
    default: bool,
    /// Print one JSON document.
    #[arg(long)]
    json: bool,
}

pub(super) fn execute(functest: &Functest, args: &Args, output: &Output) -> Result<u8, Error> {
    if args.default {
        output.raw(DEFAULT_CONFIG.as_bytes())?;
        return Ok(exit_code::OK);
    }
    let list = functest.config().show()?;
    if args.json {
        output.json(&list)?;
    } else {
        print(&list, output)?;
    }
    Ok(exit_code::OK)
}

fn print(list: &ConfigList, output: &Output) -> Result<(), Error> {
    for file in &list.files {
        let found = if file.found { "" } else { " (there is none)" };
        output.line(format!("File: {}{found}", file.path.display()))?;
    }
    let mut rows = table(&["key", "value", "said by"], output);
    for value in &list.values {
        rows.add_row([&value.key, &in_words(&value.value), &visible(&value.origin)]);
    }
    output.table(&rows)
}

fn in_words(value: &Value) -> String {
    match value {
        Value::Null => "none".into(),
        Value::String(text) => visible(text),
        other => visible(&other.to_string()),
    }
}
