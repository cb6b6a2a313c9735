// SPDX-License-Identifier: Apache-2.0
//! How the system under test is reached.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use functest::SutRequest;
use functest::installers::HostKeyChoice;

/// How the system under test is reached.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "The system under test")]
pub(crate) struct ReachArgs {
    /// A YAML file that says all of this [default: $FUNCTEST_SUT].
    #[arg(long, value_name = "FILE")]
    sut: Option<PathBuf>,
    /// Where the installer is [default: $INSTALLER_IP, else the installer's usual address, else this machine].
    #[arg(long, value_name = "HOST")]
    installer_ip: Option<String>,
    /// Who logs in there [default: the installer's usual user]. A password comes from the file, or from
    /// $INSTALLER_PASSWORD.
    #[arg(long, value_name = "USER")]
    installer_user: Option<String>,
    /// The private key for it, and for jump hosts [default: your agent's keys, then those in ~/.ssh].
    #[arg(long, value_name = "FILE")]
    installer_key: Option<PathBuf>,
    /// A host on the way there; give more than one from here outwards.
    #[arg(long, value_name = "USER@HOST[:PORT]")]
    jump: Vec<String>,
    /// A file that lists nodes: pod.yaml, a Pharos PDF, an Ansible inventory, or an SSH config; for Kolla-Ansible, the
    /// inventory's path over there.
    #[arg(long, value_name = "FILE")]
    inventory: Option<PathBuf>,
    /// Host keys that are trusted; new ones go there too [default: those of OpenSSH].
    #[arg(long, value_name = "FILE")]
    known_hosts: Option<PathBuf>,
    /// What is done about a host whose key is not known [default: strict].
    #[arg(long, value_name = "POLICY")]
    host_keys: Option<HostKeys>,
    /// Who logs in to nodes [default: as the installer does it].
    #[arg(long, value_name = "USER")]
    node_user: Option<String>,
    /// The private key for nodes [default: the one on the installer's machine].
    #[arg(long, value_name = "FILE")]
    node_key: Option<PathBuf>,
    /// Reach nodes from here, not through the installer's machine.
    #[arg(long)]
    direct: bool,
}

/// What is done about a host whose key is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum HostKeys {
    /// It is refused.
    Strict,
    /// Its key is written down and trusted from now on.
    AcceptNew,
    /// Everything is trusted.
    Off,
}

impl ReachArgs {
    pub(crate) fn request(self, installer: Option<String>) -> SutRequest {
        SutRequest {
            file: self.sut,
            installer,
            address: self.installer_ip,
            user: self.installer_user,
            key_file: self.installer_key,
            jump: self.jump,
            inventory: self.inventory,
            known_hosts: self.known_hosts,
            host_keys: self.host_keys.map(|policy| match policy {
                HostKeys::Strict => HostKeyChoice::Strict,
                HostKeys::AcceptNew => HostKeyChoice::AcceptNew,
                HostKeys::Off => HostKeyChoice::Off,
            }),
            node_user: self.node_user,
            node_key_file: self.node_key,
            direct: self.direct,
        }
    }
}

/// Which system under test.
#[derive(Clone, Debug, Args)]
pub(crate) struct SutArgs {
    /// What deployed it [default: $INSTALLER_TYPE, else it is found out].
    #[arg(long, value_name = "NAME", help_heading = "The system under test")]
    installer: Option<String>,
    #[command(flatten)]
    reach: ReachArgs,
}

impl SutArgs {
    pub(crate) fn request(self) -> SutRequest {
        self.reach.request(self.installer)
    }
}
