// SPDX-License-Identifier: Apache-2.0
//! What `put` and `get` have in common.

use std::sync::Arc;

use functest_core::exit_code;
use functest_core::sut::Node;
use functest_installers::Sut;
use functest_ssh::transfer::Options;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{NodesListener, NodesProgress};

/// What became of files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TransferReport {
    /// The version of this document's form.
    pub version: u32,
    /// For each node, in the order of the installer.
    pub nodes: Vec<NodeTransfer>,
}

/// What became of files of a node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NodeTransfer {
    /// The node's name.
    pub node: String,
    /// How many files.
    pub files: u64,
    /// How many bytes they have.
    pub bytes: u64,
    /// What went wrong.
    pub error: Option<String>,
}

impl TransferReport {
    /// What a process that copied ends with: whether everything was copied.
    pub fn exit_code(&self) -> u8 {
        let all_well = self.nodes.iter().all(|node| node.error.is_none());
        if all_well { exit_code::OK } else { exit_code::NOT_PASSED }
    }
}

/// How many files were moved, and how many bytes they have.
pub(super) type Moved = Result<(u64, u64), functest_installers::Error>;

impl NodeTransfer {
    pub(super) fn of(node: &Node, moved: Moved) -> Self {
        let node = node.name.clone();
        match moved {
            Ok((files, bytes)) => Self { node, files, bytes, error: None },
            Err(error) => Self { node, files: 0, bytes: 0, error: Some(error.to_string()) },
        }
    }
}

/// How files are moved to or from that node: as root, with the password that is known for it, where `sudo` says so.
pub(super) fn options(sut: &Sut, node: &Node, sudo: bool, listener: &NodesListener) -> Options {
    let listener = listener.clone();
    Options {
        sudo: sudo.then(|| sut.sudo(node)),
        progress: Some(Arc::new(move |bytes| listener.tell(NodesProgress::Moved { bytes }))),
        ..Options::default()
    }
}
