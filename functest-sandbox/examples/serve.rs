// SPDX-License-Identifier: Apache-2.0
//! A sandbox in twenty lines: `cargo run -p functest-sandbox --example serve -- PORT CLOUDS_YAML`.

#![allow(clippy::print_stdout)]

use functest_sandbox::{Options, Sandbox};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut words = std::env::args().skip(1);
    let port = words.next().map_or(Ok(0), |word| word.parse())?;
    let sandbox = Sandbox::start(Options { port, seed: Some(1), ..Options::default() }).await?;
    if let Some(path) = words.next() {
        std::fs::write(path, sandbox.clouds_yaml())?;
    }
    println!("{}", sandbox.auth_url());
    tokio::signal::ctrl_c().await?;
    Ok(())
}
