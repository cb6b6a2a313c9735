// SPDX-License-Identifier: Apache-2.0
//! `functest sut info`.

use functest::core::exit_code;
use functest::core::words::visible;
use functest::{Functest, SutInfo, SutInfoRequest};

use super::SutArgs;
use crate::error::Error;
use crate::node_table;
use crate::output::Output;
use crate::runtime::{block_on, interruptible};

/// Say what was deployed: installer, scenario, versions, nodes.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Example:
  functest sut info --installer apex --installer-ip 192.0.2.1")]
pub(crate) struct Args {
    #[command(flatten)]
    sut: SutArgs,
    /// Print one JSON document.
    #[arg(long)]
    json: bool,
}

pub(super) fn execute(functest: &Functest, args: Args, output: &Output) -> Result<u8, Error> {
    output.note("Asking the installer ...");
    let request = SutInfoRequest { sut: args.sut.request() };
    let info = block_on(interruptible(functest.sut().info(&request)))?;
    output.warnings(&info.deployment.problems);
    if args.json {
        output.json(&info)?;
    } else {
        print(&info, output)?;
    }
    Ok(exit_code::OK)
}

fn print(info: &SutInfo, output: &Output) -> Result<(), Error> {
    let deployment = &info.deployment;
    let or_unknown = |value: Option<String>| value.unwrap_or_else(|| "not known".into());
    let at = deployment.installer_address.as_ref().map(|address| format!(" at {address}")).unwrap_or_default();
    output.line(format!("Installer: {}{at}", deployment.installer))?;
    output.line(format!("Status: {}", deployment.status))?;
    output.line(format!("Scenario: {}", or_unknown(deployment.scenario.clone())))?;
    output.line(format!("Pod: {}", or_unknown(deployment.pod.clone())))?;
    output.line(format!("OpenStack: {}", visible(&or_unknown(deployment.openstack_version.clone()))))?;
    let sdn = deployment.sdn_controller.as_ref().map_or_else(|| "none".into(), ToString::to_string);
    output.line(format!("SDN controller: {}", visible(&sdn)))?;
    output.table(&node_table::nodes(&deployment.nodes, output))
}
