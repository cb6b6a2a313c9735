// SPDX-License-Identifier: Apache-2.0
//! `functest nodes list`.

use std::path::PathBuf;

use functest::core::exit_code;
use functest::{Functest, NodeListRequest, PodYaml};

use super::selection::NamedNodes;
use crate::error::Error;
use crate::node_table;
use crate::output::Output;
use crate::runtime::{block_on, interruptible};

/// List the nodes as the installer knows them. Nobody logs in to them, unless --hardware is given.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:
  functest nodes list --installer apex --installer-ip 192.0.2.1
  functest nodes list --inventory pod.yaml --role compute --hardware
  functest nodes list --pod-yaml /etc/yardstick/pod.yaml")]
pub(crate) struct Args {
    #[command(flatten)]
    of: NamedNodes,
    /// Log in to each node and look at its hardware.
    #[arg(long)]
    hardware: bool,
    /// Write them as a pod.yaml of Yardstick's, which only its owner may read.
    #[arg(long, value_name = "FILE")]
    pod_yaml: Option<PathBuf>,
    /// With the passwords and keys that are not in files here.
    #[arg(long, requires = "pod_yaml")]
    with_secrets: bool,
    /// Print one JSON document.
    #[arg(long)]
    json: bool,
}

pub(super) fn execute(functest: &Functest, args: Args, output: &Output) -> Result<u8, Error> {
    output.note(if args.hardware { "Asking the installer and the nodes ..." } else { "Asking the installer ..." });
    let request = NodeListRequest {
        nodes: args.of.selection(),
        sut: args.of.sut.request(),
        in_depth: args.hardware,
        pod_yaml: args.pod_yaml.map(|file| PodYaml { file, with_secrets: args.with_secrets }),
    };
    let list = block_on(interruptible(functest.nodes().list(&request)))?;
    if let Some(written) = &request.pod_yaml {
        output.note(format!("Written: {}", written.file.display()));
    }
    if args.json {
        output.json(&list)?;
    } else {
        output.table(&node_table::nodes(&list.nodes, output))?;
    }
    Ok(exit_code::OK)
}
