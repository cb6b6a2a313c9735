// SPDX-License-Identifier: Apache-2.0
//! The nodes of an OpenStack cloud, whatever deployed it.
//!
//! * [`SutConfig`]: what the user says: the installer, where it is, how it is logged in to.
//! * [`Sut`]: the system under test: its nodes, shells on them, its credentials, versions, services and logs. It is the
//!   [`Installer`](functest_core::Installer) of `functest-core` for every installer.
//! * [`Shells`]: shells on the nodes of any installer, also of one that a project brings itself.
//! * [`detect`]: which installer it was.
//! * [`mod@format`]: the forms in which nodes are written down.
//!
//! What is particular about an installer is a file in `recipe`.
//!
//! ```no_run
//! # async fn example() -> Result<(), functest_installers::Error> {
//! use functest_installers::{Sut, SutConfig};
//! use functest_ssh::Command;
//!
//! let config = SutConfig { installer: Some("apex".into()), address: Some("192.0.2.1".into()), ..SutConfig::default() };
//! let sut = Sut::open(config).await?;
//! for node in sut.list().await? {
//!     let output = sut.shell(node)?.run(&Command::new("uptime")).await?;
//!     println!("{}: {}", node.name, output.stdout_text());
//! }
//! # Ok(())
//! # }
//! ```

mod config;
mod detect;
mod error;
mod fan_out;
pub mod format;
mod hardware;
mod home_defaults;
mod logs;
mod provider;
mod recipe;
mod selection;
mod service;
mod shell;
mod shells;
mod site;
mod sudo;
mod sut;

pub use self::config::{Hop, HostKeyChoice, NodeConfig, SutConfig};
pub use self::detect::{Candidate, detect, is_known, names};
pub use self::error::Error;
pub use self::fan_out::PARALLEL;
pub use self::logs::{LogReport, NodeLog, file_names};
pub use self::provider::{CaseNodes, NodesProvider};
pub use self::selection::NodeSelection;
pub use self::shell::Shell;
pub use self::shells::Shells;
pub use self::sut::Sut;
