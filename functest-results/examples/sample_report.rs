// SPDX-License-Identifier: Apache-2.0
//! Writes made-up runs to a folder, to look at their reports:
//! `cargo run -p functest-results --example sample_report -- FOLDER`.
#![expect(clippy::print_stdout, reason = "it is what this program is for")]

#[path = "../tests/results/sample.rs"]
mod sample;

use std::error::Error;
use std::path::PathBuf;

use functest_core::Sink;
use functest_results::{Format, RunFolder, read, write_reports};

fn main() -> Result<(), Box<dyn Error>> {
    let folder: PathBuf = std::env::args_os().nth(1).ok_or("name a folder for the samples")?.into();
    for (name, events) in sample::ALL {
        let mut run = RunFolder::create(folder.join(name))?;
        for event in events() {
            run.take(&event)?;
        }
        let record = read(run.path())?;
        if record.exit_code.is_none() {
            // It died, so the sink never came to write them.
            write_reports(run.path(), &record)?;
        }
        println!("{}", run.path().join(Format::Html.file_name()).display());
    }
    Ok(())
}
