// SPDX-License-Identifier: Apache-2.0
//! A connection that is logged in, and what can be opened over it.

use std::sync::Arc;
use std::time::Duration;

use backon::Retryable;
use russh::Channel;
use russh::client::{Handle, Msg};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::client::{Client, ForwardedPorts};
use crate::command::Command;
use crate::dialer::within;
use crate::error::Error;
use crate::farewell;
use crate::forward::{self, Forward};
use crate::process::{Output, Process};
use crate::target::Target;

/// How many commands run at a time over one connection, and how many transfers, each of which takes a place of either
/// kind; one more is left for ending what runs too long. OpenSSH's `MaxSessions` is 10 unless set otherwise.
const COMMANDS: usize = 5;
const TRANSFERS: usize = 4;

/// What a channel is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// A command, or the files of a transfer: it ends without waiting for another channel.
    Work,
    /// Watching over a transfer, which needs channels of the first kind meanwhile.
    Watch,
    /// Ending what runs: it waits for nobody.
    Signal,
}

/// A connection. Clones are the same connection; it ends when the last one is dropped.
#[derive(Clone)]
pub struct Session(Arc<Inner>);

struct Inner {
    /// Taken out when the connection is ended.
    handle: Option<Handle<Client>>,
    target: Target,
    commands: Arc<Semaphore>,
    transfers: Arc<Semaphore>,
    ports: ForwardedPorts,
    /// The connection that this one goes through lives as long.
    _jump: Option<Session>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        let Some(handle) = self.handle.take() else { return };
        let jump = self._jump.take();
        // Said to the host, so that it does not wait for us; the way to it stays until then.
        farewell::say(async move {
            let _ = handle.disconnect(russh::Disconnect::ByApplication, "", "").await;
            drop(jump);
        });
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("target", &self.0.target.to_string()).finish_non_exhaustive()
    }
}

impl Session {
    pub(crate) fn new(handle: Handle<Client>, target: &Target, jump: Option<Session>, ports: ForwardedPorts) -> Self {
        let (commands, transfers) = (Arc::new(Semaphore::new(COMMANDS)), Arc::new(Semaphore::new(TRANSFERS)));
        let (handle, target) = (Some(handle), target.clone());
        Self(Arc::new(Inner { handle, target, commands, transfers, ports, _jump: jump }))
    }

    /// Where it leads.
    pub fn target(&self) -> &Target {
        &self.0.target
    }

    /// Whether the connection is gone.
    pub fn is_closed(&self) -> bool {
        self.0.handle.as_ref().is_none_or(Handle::is_closed)
    }

    /// Starts a command; what it writes comes as it is written.
    ///
    /// # Errors
    /// When the connection is gone, the host refuses, or `sudo` does.
    pub async fn start(&self, command: &Command) -> Result<Process, Error> {
        Process::start(self, command, Purpose::Work).await
    }

    /// Runs a command to its end and keeps what it writes. When its deadline is over, it is killed.
    ///
    /// Any exit status is an answer; see [`Output::check`] for those who take only 0.
    ///
    /// # Errors
    /// When the connection is gone, the host or `sudo` refuses, the deadline is over, or there is too much output.
    pub async fn run(&self, command: &Command) -> Result<Output, Error> {
        crate::process::run(self, command).await
    }

    /// Listens on `listen` here; connections to it come out at `host:port` over there.
    ///
    /// # Errors
    /// When the address cannot be listened on.
    pub async fn forward_local(&self, listen: std::net::SocketAddr, host: &str, port: u16) -> Result<Forward, Error> {
        forward::local(self, listen, host, port).await
    }

    /// Has the host listen on `port` of its loopback address (0 takes a free one); connections to it come out at `to`
    /// here.
    ///
    /// # Errors
    /// When the host refuses.
    pub async fn forward_remote(&self, port: u16, to: std::net::SocketAddr) -> Result<Forward, Error> {
        forward::remote(self, port, to).await
    }

    /// A connection from the host to an address that it reaches.
    ///
    /// # Errors
    /// When the host refuses, or cannot connect.
    pub async fn open_stream(
        &self,
        host: &str,
        port: u16,
    ) -> Result<impl tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + use<>, Error> {
        Ok(self.open_tcp(host, port).await?.into_stream())
    }

    pub(crate) fn ports(&self) -> &ForwardedPorts {
        &self.0.ports
    }

    pub(crate) fn handle(&self) -> Result<&Handle<Client>, Error> {
        self.0.handle.as_ref().ok_or_else(|| self.lost("before"))
    }

    pub(crate) async fn open_tcp(&self, host: &str, port: u16) -> Result<Channel<Msg>, Error> {
        let what = format!("a connection to {host}:{port}");
        let opening = async {
            let channel = self.handle()?.channel_open_direct_tcpip(host, port.into(), "127.0.0.1", 0).await;
            channel.map_err(|error| self.error(&what, &error))
        };
        within(&self.0.target, self.0.target.deadlines.channel, &what, opening).await
    }

    /// A channel for a command or a subsystem, and the place that it takes until it ends.
    pub(crate) async fn open_session(
        &self,
        purpose: Purpose,
    ) -> Result<(Channel<Msg>, Option<OwnedSemaphorePermit>), Error> {
        let places = match purpose {
            Purpose::Work => Some(&self.0.commands),
            Purpose::Watch => Some(&self.0.transfers),
            Purpose::Signal => None,
        };
        let place = match places {
            Some(places) => Some(Arc::clone(places).acquire_owned().await.map_err(|_| self.lost("before"))?),
            None => None,
        };
        let opening = || async {
            let channel = self.handle()?.channel_open_session().await;
            channel.map_err(|error| self.error("a channel", &error))
        };
        // A host may still count a command whose end we have heard of already.
        let pauses = backon::ExponentialBuilder::default().with_min_delay(Duration::from_millis(5)).with_max_times(8);
        let is_refused = |error: &Error| matches!(error, Error::Refused { .. });
        let opening = opening.retry(pauses).sleep(tokio::time::sleep).when(is_refused);
        let step = "opening a channel";
        Ok((within(&self.0.target, self.0.target.deadlines.channel, step, opening).await?, place))
    }

    pub(crate) fn error(&self, what: &str, error: &russh::Error) -> Error {
        let target = self.0.target.to_string();
        match error {
            russh::Error::ChannelOpenFailure(reason) => {
                Error::Refused { target, what: what.to_owned(), reason: format!("{reason:?}") }
            }
            russh::Error::RequestDenied => Error::Refused { target, what: what.to_owned(), reason: String::new() },
            _ => self.lost(&format!("while asking for {what}")),
        }
    }

    pub(crate) fn lost(&self, during: &str) -> Error {
        Error::Lost { target: self.0.target.to_string(), during: during.to_owned() }
    }
}
