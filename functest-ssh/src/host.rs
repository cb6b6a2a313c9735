// SPDX-License-Identifier: Apache-2.0
//! A host that is connected to when it is needed.

use std::sync::Arc;

use tokio::sync::Mutex;

use crate::command::Command;
use crate::dialer::Dialer;
use crate::error::Error;
use crate::process::Output;
use crate::session::Session;
use crate::target::Target;

/// A host and the connection to it, which is made when it is first needed, and anew when it was lost. Clones share it.
#[derive(Clone, Debug)]
pub struct Host {
    dialer: Dialer,
    target: Arc<Target>,
    session: Arc<Mutex<Option<Session>>>,
}

impl Host {
    /// A host; nothing is connected to yet.
    pub fn new(dialer: Dialer, target: Target) -> Self {
        Self { dialer, target: Arc::new(target), session: Arc::default() }
    }

    /// Where it is.
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// The connection.
    ///
    /// # Errors
    /// When there is none yet, or none any more, and none can be made.
    pub async fn session(&self) -> Result<Session, Error> {
        let mut place = self.session.lock().await;
        match place.as_ref().filter(|session| !session.is_closed()) {
            Some(session) => Ok(session.clone()),
            None => Ok(place.insert(self.dialer.connect(&self.target).await?).clone()),
        }
    }

    /// Runs a command. Where the connection is lost meanwhile, only a [repeatable](Command::repeatable) one is run again,
    /// once.
    ///
    /// # Errors
    /// As [`Session::run`].
    pub async fn run(&self, command: &Command) -> Result<Output, Error> {
        match self.session().await?.run(command).await {
            Err(Error::Lost { .. }) if command.repeatable => self.session().await?.run(command).await,
            result => result,
        }
    }
}
