// SPDX-License-Identifier: Apache-2.0
//! `functest nodes`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use functest::ServiceVerb;
use functest::core::sut::Role;
use functest::installers::NodeSelection;

use super::SutArgs;

/// `functest nodes`.
#[derive(Debug, Subcommand)]
pub(crate) enum NodesCommand {
    /// List the nodes as the installer knows them. Nobody logs in to them, unless --hardware is given.
    #[command(after_help = "Examples:
  functest nodes list --installer apex --installer-ip 192.0.2.1
  functest nodes list --inventory pod.yaml --role compute --hardware
  functest nodes list --pod-yaml /etc/yardstick/pod.yaml")]
    List(ListArgs),
    /// Show one node: addresses, roles, hardware, the way to it.
    #[command(after_help = "Example:
  functest nodes show compute01 --inventory /etc/kolla/multinode")]
    Show(ShowArgs),
    /// Run a command on nodes, side by side.
    #[command(after_help = "Examples:
  functest nodes exec --role compute -- uptime
  functest nodes exec compute01 compute02 --sudo -- 'virsh list --all | tail -n +3'

The command is a line for the shell there. Exit code 0: it ended with 0 on all nodes; 1: not.")]
    Exec(ExecArgs),
    /// Open a shell on a node, with a terminal.
    #[command(after_help = "Examples:
  functest nodes ssh compute01
  functest nodes ssh compute01 -- top")]
    Ssh(SshArgs),
    /// Copy a file or a folder to nodes.
    #[command(after_help = "Example:
  functest nodes put probe.sh /tmp/ --role compute")]
    Put(PutArgs),
    /// Copy a file or a folder from nodes: from several into a folder a node.
    #[command(after_help = "Example:
  functest nodes get /etc/nova/nova.conf configurations --role compute --sudo")]
    Get(GetArgs),
    /// Show the log of a service, or collect the logs of all services into a folder.
    #[command(after_help = "Examples:
  functest nodes logs nova-compute --role compute --lines 50
  functest nodes logs --output logs")]
    Logs(LogsArgs),
    /// Look at a service, or stop, start or restart it.
    #[command(after_help = "Examples:
  functest nodes service status nova-api --role controller
  functest nodes service restart nova-api --role controller --allow-disruption")]
    Service(ServiceArgs),
    /// Try all installers, and say what is recognised.
    #[command(after_help = "Example:
  functest nodes detect --installer-ip 192.0.2.1")]
    Detect(DetectArgs),
}

/// Which nodes, of which system, by the words of the command.
#[derive(Clone, Debug, Args)]
pub(crate) struct NamedNodes {
    /// These nodes, by name, id or address [default: all].
    #[arg(value_name = "NODE")]
    names: Vec<String>,
    #[command(flatten)]
    role: RoleArgs,
    #[command(flatten)]
    pub(crate) sut: SutArgs,
}

/// Which nodes, of which system, where the words of the command are something else.
#[derive(Clone, Debug, Args)]
pub(crate) struct NodesByFlag {
    /// This node, by name, id or address; may be given more than once [default: all].
    #[arg(long = "node", value_name = "NODE")]
    names: Vec<String>,
    #[command(flatten)]
    role: RoleArgs,
    #[command(flatten)]
    pub(crate) sut: SutArgs,
}

/// Nodes by what they are for.
#[derive(Clone, Debug, Args)]
struct RoleArgs {
    /// The nodes of this role; may be given more than once.
    #[arg(long, value_name = "ROLE")]
    role: Vec<String>,
}

impl NamedNodes {
    pub(crate) fn selection(&self) -> NodeSelection {
        self.role.of(&self.names)
    }
}

impl NodesByFlag {
    pub(crate) fn selection(&self) -> NodeSelection {
        self.role.of(&self.names)
    }
}

impl RoleArgs {
    fn of(&self, names: &[String]) -> NodeSelection {
        NodeSelection { names: names.to_vec(), roles: self.role.iter().map(|word| Role::from(word.as_str())).collect() }
    }
}

/// `functest nodes list`.
#[derive(Clone, Debug, Args)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    pub(crate) of: NamedNodes,
    /// Log in to each node and look at its hardware.
    #[arg(long)]
    pub(crate) hardware: bool,
    /// Write them as a pod.yaml of Yardstick's, which only its owner may read.
    #[arg(long, value_name = "FILE")]
    pub(crate) pod_yaml: Option<PathBuf>,
    /// With the passwords and keys that are not in files here.
    #[arg(long, requires = "pod_yaml")]
    pub(crate) with_secrets: bool,
    /// Print one JSON document.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `functest nodes show`.
#[derive(Clone, Debug, Args)]
pub(crate) struct ShowArgs {
    /// The node, by name, id or address.
    #[arg(value_name = "NODE")]
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) sut: SutArgs,
    /// Print one JSON document.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `functest nodes exec`.
#[derive(Clone, Debug, Args)]
pub(crate) struct ExecArgs {
    #[command(flatten)]
    pub(crate) of: NamedNodes,
    /// As root.
    #[arg(long)]
    pub(crate) sudo: bool,
    /// For how long it may run on a node, in seconds; then it is killed.
    #[arg(long, value_name = "SECONDS", default_value_t = 120, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) deadline: u32,
    /// On how many nodes at a time [default: 64].
    #[arg(long, short, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) jobs: Option<u16>,
    /// Print one JSON document.
    #[arg(long)]
    pub(crate) json: bool,
    /// The command.
    #[arg(last = true, required = true, value_name = "COMMAND")]
    pub(crate) command: Vec<String>,
}

/// `functest nodes ssh`.
#[derive(Clone, Debug, Args)]
pub(crate) struct SshArgs {
    /// The node, by name, id or address.
    #[arg(value_name = "NODE")]
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) sut: SutArgs,
    /// A command in place of a shell.
    #[arg(last = true, value_name = "COMMAND")]
    pub(crate) command: Vec<String>,
}

/// `functest nodes put`.
#[derive(Clone, Debug, Args)]
pub(crate) struct PutArgs {
    /// The file or folder here.
    pub(crate) local: PathBuf,
    /// Its place there: the folder that a file goes into, with a `/` at the end, or its name; a folder is put in place of
    /// that name, or into what is there already.
    pub(crate) remote: String,
    #[command(flatten)]
    pub(crate) of: NodesByFlag,
    /// As root.
    #[arg(long)]
    pub(crate) sudo: bool,
    /// Print one JSON document.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `functest nodes get`.
#[derive(Clone, Debug, Args)]
pub(crate) struct GetArgs {
    /// The file or folder there.
    pub(crate) remote: String,
    /// Its place here.
    pub(crate) local: PathBuf,
    #[command(flatten)]
    pub(crate) of: NodesByFlag,
    /// As root.
    #[arg(long)]
    pub(crate) sudo: bool,
    /// Print one JSON document.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `functest nodes logs`.
#[derive(Clone, Debug, Args)]
pub(crate) struct LogsArgs {
    /// The service: a container, a unit of systemd, or the beginning of a pod's name.
    #[arg(required_unless_present = "output", conflicts_with = "output")]
    pub(crate) service: Option<String>,
    /// The folder that the logs of all services go into, a file a node.
    #[arg(long, value_name = "DIR")]
    pub(crate) output: Option<PathBuf>,
    /// How many lines of the service's log.
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub(crate) lines: u32,
    #[command(flatten)]
    pub(crate) of: NodesByFlag,
}

/// `functest nodes service`.
#[derive(Clone, Debug, Args)]
pub(crate) struct ServiceArgs {
    /// What to do.
    pub(crate) action: Action,
    /// The service: a container, a unit of systemd, or the beginning of a pod's name.
    pub(crate) service: String,
    #[command(flatten)]
    pub(crate) of: NodesByFlag,
    /// The cloud's users may notice. Without this only `status` is done.
    #[arg(long)]
    pub(crate) allow_disruption: bool,
    /// Print one JSON document.
    #[arg(long)]
    pub(crate) json: bool,
}

/// What to do about a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Action {
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

/// `functest nodes detect`.
#[derive(Clone, Debug, Args)]
pub(crate) struct DetectArgs {
    #[command(flatten)]
    pub(crate) sut: SutArgs,
    /// Print one JSON document.
    #[arg(long)]
    pub(crate) json: bool,
}
