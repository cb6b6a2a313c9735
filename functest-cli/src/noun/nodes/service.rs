// SPDX-License-Identifier: Apache-2.0
//! `functest nodes service`.

use clap::ValueEnum;
use functest::core::words::visible;
use functest::{Functest, NodeServiceRequest, ServiceVerb};

use super::selection::NodesByFlag;
use crate::error::Error;
use crate::output::Output;
use crate::runtime::{block_on, interruptible};
use crate::table::table;

/// Look at a service, or stop, start or restart it.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:
  functest nodes service status nova-api --role controller
  functest nodes service restart nova-api --role controller --allow-disruption")]
pub(crate) struct Args {
    /// What to do.
    action: Action,
    /// The service: a container, a unit of systemd, or the beginning of a pod's name.
    service: String,
    #[command(flatten)]
    of: NodesByFlag,
    /// The cloud's users may notice. Without this only `status` is done.
    #[arg(long)]
    allow_disruption: bool,
    /// Print one JSON document.
    #[arg(long)]
    json: bool,
}

/// What to do about a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Action {
    /// Look at it.
    Status,
    /// Start it.
    Start,
    /// Stop it.
    Stop,
    /// Restart it.
    Restart,
}

impl From<Action> for ServiceVerb {
    fn from(action: Action) -> Self {
        match action {
            Action::Status => Self::Status,
            Action::Start => Self::Start,
            Action::Stop => Self::Stop,
            Action::Restart => Self::Restart,
        }
    }
}

pub(super) fn execute(functest: &Functest, args: Args, output: &Output) -> Result<u8, Error> {
    let request = NodeServiceRequest {
        nodes: args.of.selection(),
        sut: args.of.sut.request(),
        service: args.service,
        action: args.action.into(),
        permission: args.allow_disruption.then(|| "--allow-disruption".to_owned()),
    };
    let report = block_on(interruptible(functest.nodes().service(&request)))?;
    output.warnings(&report.problems);
    if args.json {
        output.json(&report)?;
    } else {
        let mut rows = table(&["node", "service", "state"], output);
        for (node, state) in &report.services {
            rows.add_row([visible(node), visible(&state.service), visible(&state.state)]);
        }
        output.table(&rows)?;
    }
    Ok(report.exit_code())
}
