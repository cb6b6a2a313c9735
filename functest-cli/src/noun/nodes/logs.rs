// SPDX-License-Identifier: Apache-2.0
//! `functest nodes logs`.

use std::path::PathBuf;

use functest::core::words::visible;
use functest::{CollectLogsRequest, Functest, LogsRequest, NodeServiceLog, NodesListener, NodesProgress};

use super::selection::NodesByFlag;
use crate::error::Error;
use crate::output::Output;
use crate::runtime::{block_on, interruptible};

/// Show the log of a service, or collect the logs of all services into a folder.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:
  functest nodes logs nova-compute --role compute --lines 50
  functest nodes logs --output logs")]
pub(crate) struct Args {
    /// The service: a container, a unit of systemd, or the beginning of a pod's name.
    #[arg(required_unless_present = "output", conflicts_with = "output")]
    service: Option<String>,
    /// The folder that the logs of all services go into, a file a node.
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// How many lines of the service's log.
    #[arg(long, value_name = "N", default_value_t = 100)]
    lines: u32,
    #[command(flatten)]
    of: NodesByFlag,
}

pub(super) fn execute(functest: &Functest, args: Args, output: &Output) -> Result<u8, Error> {
    let nodes = args.of.selection();
    let sut = args.of.sut.request();
    match args.output {
        Some(folder) => collect(functest, CollectLogsRequest { sut, nodes, folder }, output),
        None => {
            let service = args.service.unwrap_or_default();
            one_service(functest, LogsRequest { sut, nodes, service, lines: args.lines }, output)
        }
    }
}

fn collect(functest: &Functest, request: CollectLogsRequest, output: &Output) -> Result<u8, Error> {
    let told = output.clone();
    let listener = NodesListener::new(move |progress| {
        if let NodesProgress::Began { nodes } = progress {
            told.note(format!("Collecting from {nodes} nodes ..."));
        }
    });
    let report = block_on(interruptible(functest.nodes().collect_logs(&request, &listener)))?;
    for log in &report.collected {
        output.line(format!("{}: {} bytes in {}", visible(&log.node), log.bytes, log.file.display()))?;
    }
    output.warnings(&report.problems);
    Ok(report.exit_code())
}

fn one_service(functest: &Functest, request: LogsRequest, output: &Output) -> Result<u8, Error> {
    let report = block_on(interruptible(functest.nodes().logs(&request)))?;
    for log in &report.nodes {
        match &log.error {
            Some(error) => output.warning(error),
            None => print_log(log, output)?,
        }
    }
    Ok(report.exit_code())
}

/// The log of a node, each line under the node's name.
fn print_log(log: &NodeServiceLog, output: &Output) -> Result<(), Error> {
    let node = visible(&log.node);
    log.text.lines().try_for_each(|line| output.line(format!("{node}: {}", visible(line))))
}
