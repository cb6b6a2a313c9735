// SPDX-License-Identifier: Apache-2.0
//! SSH sessions, for the nodes of a system under test and for guests alike.
//!
//! * [`Target`]: where to log in, as whom, with what, through which hosts.
//! * [`HostKeys`]: which host keys are trusted: strictly those that are known, unless told otherwise.
//! * [`Session`]: a connection; any number of commands, transfers and forwards run over it at a time.
//! * [`Dialer`]: connects, sharing the connections to jump hosts.
//! * [`Host`]: a host that is connected to when it is needed, and anew when the connection is lost.
//! * [`Command`], [`Process`]: something that runs there, with its input, output, exit status and deadline.
//! * [`transfer`]: files and trees.
//! * [`Forward`] leads ports here and there.
//! * [`farewell`]: ending well what was interrupted.
//!
//! Every step has a deadline. What is written to standard error is output, never a failure: the exit status decides.
//! The remote user's shell must be a POSIX one.
//!
//! ```no_run
//! # async fn example() -> Result<(), functest_ssh::Error> {
//! use functest_ssh::{Command, Dialer, Login, Target};
//!
//! let jump = Target::new("10.0.0.1", "jumper").login(Login::Agent { socket: None });
//! let target = Target::new("192.168.0.11", "root").login(Login::key_file("/root/.ssh/id_ed25519")).through(jump);
//! let session = Dialer::default().connect(&target).await?;
//! let output = session.run(&Command::new("uname").arg("-r")).await?;
//! println!("{}: {}", output.status, output.stdout_text());
//! # Ok(())
//! # }
//! ```

mod client;
mod command;
mod deadlines;
mod dialer;
mod error;
mod farewell;
mod forward;
mod host;
mod host_key;
mod login;
mod process;
mod session;
mod sudo;
mod target;
pub mod transfer;
mod unique;

pub use self::command::{Command, Pty, Sudo, quote};
pub use self::deadlines::{Deadlines, KeepAlive};
pub use self::dialer::Dialer;
pub use self::error::Error;
pub use self::farewell::farewell;
pub use self::forward::Forward;
pub use self::host::Host;
pub use self::host_key::{HostKeyPolicy, HostKeys};
pub use self::process::{Chunk, ExitStatus, Output, Process, Stdin};
pub use self::session::Session;
pub use self::target::{Login, Target};
