// SPDX-License-Identifier: Apache-2.0
//! `functest sut`.

use functest::core::exit_code;
use functest::core::words::visible;
use functest::{CredentialsRequest, Functest, SutInfo, SutInfoRequest};

use super::{block_on, interruptible};
use crate::args::{CredentialsArgs, SutCommand, SutInfoArgs};
use crate::error::Error;
use crate::output::Output;
use crate::terminal::node_table;

pub(super) fn execute(functest: &Functest, command: SutCommand, output: &Output) -> Result<u8, Error> {
    match command {
        SutCommand::Info(args) => info(functest, args, output),
        SutCommand::Credentials(args) => credentials(functest, args, output),
    }
}

fn info(functest: &Functest, args: SutInfoArgs, output: &Output) -> Result<u8, Error> {
    output.note("Asking the installer ...");
    let request = SutInfoRequest { sut: args.sut.request() };
    let info = block_on(interruptible(functest.sut().info(&request)))?;
    output.warnings(&info.deployment.problems);
    match args.json {
        true => output.json(&info)?,
        false => print(&info, output)?,
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

fn credentials(functest: &Functest, args: CredentialsArgs, output: &Output) -> Result<u8, Error> {
    output.note("Asking the installer ...");
    let request = CredentialsRequest { sut: args.sut.request(), output: args.output };
    let written = block_on(interruptible(functest.sut().credentials(&request)))?;
    output.line(format!("Credentials: {}", written.file.display()))?;
    Ok(exit_code::OK)
}
