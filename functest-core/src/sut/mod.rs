// SPDX-License-Identifier: Apache-2.0
//! The system under test: its nodes, how they are reached, and what deployed it.

mod access;
mod credentials;
mod deployment;
mod installer;
mod node;

pub use self::access::{Access, Identity};
pub use self::credentials::Credentials;
pub use self::deployment::{Deployment, DeploymentStatus, SdnController};
pub use self::installer::{Installer, InstallerError, Permission, Probe, ServiceAction, ServiceState};
pub use self::node::{Hardware, Node, NodeStatus, Role};
