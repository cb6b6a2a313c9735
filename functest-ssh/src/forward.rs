// SPDX-License-Identifier: Apache-2.0
//! Ports: of ours that lead over there, and of theirs that lead here.

use std::net::SocketAddr;
use std::sync::PoisonError;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::dialer::within;
use crate::error::Error;
use crate::session::Session;

/// How many connections may wait to be taken.
const QUEUE: usize = 64;

/// A port that leads elsewhere, until this is dropped.
#[derive(Debug)]
pub struct Forward {
    port: u16,
    task: JoinHandle<()>,
}

impl Forward {
    /// The port that is listened on: here for a local forward, over there for a remote one.
    pub fn port(&self) -> u16 {
        self.port
    }
}

impl Drop for Forward {
    fn drop(&mut self) {
        self.task.abort();
    }
}

pub(crate) async fn local(session: &Session, listen: SocketAddr, host: &str, port: u16) -> Result<Forward, Error> {
    let failed = |error: std::io::Error| Error::Connect { target: listen.to_string(), message: error.to_string() };
    let listener = TcpListener::bind(listen).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?.port();
    let (session, host) = (session.clone(), host.to_owned());
    let task = tokio::spawn(async move {
        let mut connections = tokio::task::JoinSet::new();
        while let Ok((mut near, _)) = listener.accept().await {
            let (session, host) = (session.clone(), host.clone());
            connections.spawn(async move {
                match session.open_tcp(&host, port).await {
                    // Either side may end it whenever it likes.
                    Ok(far) => drop(copy_bidirectional(&mut near, &mut far.into_stream()).await),
                    Err(error) => tracing::warn!(%error, "a forwarded connection cannot be made"),
                }
            });
            while connections.try_join_next().is_some() {}
        }
    });
    Ok(Forward { port: bound, task })
}

pub(crate) async fn remote(session: &Session, port: u16, to: SocketAddr) -> Result<Forward, Error> {
    const LOOPBACK: &str = "127.0.0.1";
    let asking = async {
        let answer = session.handle()?.tcpip_forward(LOOPBACK, port.into()).await;
        answer.map_err(|error| session.error("a forwarded port", &error))
    };
    let target = session.target();
    let chosen = within(target, target.deadlines.channel, "forwarding a port", asking).await?;
    let bound = if port == 0 { u16::try_from(chosen).unwrap_or_default() } else { port };
    let (sender, mut receiver) = mpsc::channel(QUEUE);
    session.ports().lock().unwrap_or_else(PoisonError::into_inner).insert(bound.into(), sender);
    let guard = Listening { session: session.clone(), port: bound };
    let task = tokio::spawn(async move {
        let _guard = guard;
        let mut connections = tokio::task::JoinSet::new();
        while let Some(channel) = receiver.recv().await {
            connections.spawn(async move {
                if let Ok(mut near) = TcpStream::connect(to).await {
                    drop(copy_bidirectional(&mut near, &mut channel.into_stream()).await);
                }
            });
            while connections.try_join_next().is_some() {}
        }
    });
    Ok(Forward { port: bound, task })
}

/// The host listens until this is dropped.
struct Listening {
    session: Session,
    port: u16,
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.session.ports().lock().unwrap_or_else(PoisonError::into_inner).remove(&self.port.into());
        let (session, port) = (self.session.clone(), self.port);
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                if let Ok(handle) = session.handle() {
                    let _ = handle.cancel_tcpip_forward("127.0.0.1", port.into()).await;
                }
            });
        }
    }
}
