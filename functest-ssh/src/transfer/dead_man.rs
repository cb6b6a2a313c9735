// SPDX-License-Identifier: Apache-2.0
//! Removes what an unfinished transfer has written, whatever becomes of us.
//!
//! A command on the host waits for its input to end, and removes the unfinished file or folder then. Its input ends when we
//! say so, when the connection is cut, and when we are killed.

use super::Options;
use crate::command::{Command, quote};
use crate::error::Error;
use crate::process::Process;
use crate::session::{Purpose, Session};

/// The command that waits.
#[derive(Debug)]
pub(super) struct DeadMan(Option<Process>);

impl DeadMan {
    /// Watches over `part`. A host that runs no commands has nobody to do so.
    pub(super) async fn watch(session: &Session, part: &str, options: &Options) -> Result<Self, Error> {
        let line = format!("cat > /dev/null; rm -rf -- {}", quote(part));
        let command = Command::shell(line).sudo(options.sudo.clone());
        match Process::start(session, &command, Purpose::Watch).await {
            Ok(process) => Ok(Self(Some(process))),
            Err(Error::Refused { .. }) => Ok(Self(None)),
            Err(error) => Err(error),
        }
    }

    /// Has it removed now, where it is still there.
    pub(super) async fn release(self) {
        if let Some(mut process) = self.0 {
            let _ = process.stdin().close().await;
            let _ = process.wait().await;
        }
    }
}
