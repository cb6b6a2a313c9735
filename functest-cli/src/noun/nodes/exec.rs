// SPDX-License-Identifier: Apache-2.0
//! `functest nodes exec`.

use std::num::NonZeroUsize;

use functest::core::settings::Seconds;
use functest::core::words::visible;
use functest::{ExecRequest, Functest, NodeExec, NodesListener, NodesProgress};
use owo_colors::OwoColorize;

use super::selection::NamedNodes;
use crate::error::Error;
use crate::output::Output;
use crate::runtime::{block_on, interruptible};

/// Run a command on nodes, side by side.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:
  functest nodes exec --role compute -- uptime
  functest nodes exec compute01 compute02 --sudo -- 'virsh list --all | tail -n +3'

The command is a line for the shell there. Exit code 0: it ended with 0 on all nodes; 1: not.")]
pub(crate) struct Args {
    #[command(flatten)]
    of: NamedNodes,
    /// As root.
    #[arg(long)]
    sudo: bool,
    /// For how long it may run on a node, in seconds; then it is killed.
    #[arg(long, value_name = "SECONDS", default_value_t = 120, value_parser = clap::value_parser!(u32).range(1..))]
    deadline: u32,
    /// On how many nodes at a time [default: 64].
    #[arg(long, short, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    jobs: Option<u16>,
    /// Print one JSON document.
    #[arg(long)]
    json: bool,
    /// The command.
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<String>,
}

pub(super) fn execute(functest: &Functest, args: Args, output: &Output) -> Result<u8, Error> {
    let request = ExecRequest {
        nodes: args.of.selection(),
        sut: args.of.sut.request(),
        line: args.command.join(" "),
        sudo: args.sudo,
        deadline: Seconds(args.deadline.into()),
        jobs: args.jobs.map(usize::from).and_then(NonZeroUsize::new),
    };
    let listener = listener(output, args.json);
    let report = block_on(interruptible(functest.nodes().exec(&request, &listener)))?;
    if args.json {
        output.json(&report)?;
    }
    Ok(report.exit_code())
}

/// Says on how many nodes it runs, and what each wrote, as soon as it is done there; with `json` that is in the document.
fn listener(output: &Output, json: bool) -> NodesListener {
    let output = output.clone();
    NodesListener::new(move |progress| match progress {
        NodesProgress::Began { nodes } => output.note(format!("Running on {nodes} nodes ...")),
        NodesProgress::Ended(done) if !json => print_exec(done, &output),
        _ => {}
    })
}

/// What a node wrote, each line under the node's name.
fn print_exec(done: &NodeExec, output: &Output) {
    let name = visible(&done.node);
    for line in done.stdout.lines() {
        let _ = output.line(format!("{}: {}", name.style(output.styles.strong), visible(line)));
    }
    for line in done.stderr.lines() {
        output.note(format!("{}: {}", name.style(output.error_styles.doubtful), visible(line)));
    }
    match (&done.error, done.status) {
        (Some(error), _) => output.warning(format!("{name}: {error}")),
        (None, Some(code)) if code != 0 => output.warning(format!("{name}: ended with {code}")),
        _ => {}
    }
}
