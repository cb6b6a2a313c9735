// SPDX-License-Identifier: Apache-2.0
//! Which nodes are meant.

use clap::Args;
use functest::core::sut::Role;
use functest::installers::NodeSelection;

use crate::noun::sut::SutArgs;

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
