// SPDX-License-Identifier: Apache-2.0
//! Connecting: over TCP or through a jump host, whose connection is shared by all that lie behind it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use backon::{ExponentialBuilder, Retryable};
use russh::cipher;
use russh::client::{Config, Handle, connect_stream};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

use crate::client::{Client, ForwardedPorts};
use crate::error::Error;
use crate::host_key::Judge;
use crate::login::log_in;
use crate::session::Session;
use crate::target::Target;

/// Connects to hosts. Clones share their connections to jump hosts.
#[derive(Clone, Debug, Default)]
pub struct Dialer {
    jumps: Arc<Mutex<HashMap<String, Arc<tokio::sync::Mutex<Jump>>>>>,
}

/// The connection to a jump host.
#[derive(Debug, Default)]
struct Jump {
    session: Option<Session>,
    /// When it could last not be made, and why.
    failed: Option<(Instant, String)>,
}

impl Dialer {
    /// Connects and logs in.
    ///
    /// # Errors
    /// When a step of it fails, or takes longer than its deadline.
    pub async fn connect(&self, target: &Target) -> Result<Session, Error> {
        let mut way = vec![target];
        while let Some(jump) = way.last().and_then(|host| host.jump.as_deref()) {
            way.push(jump);
        }
        let mut last = None;
        // From our side outwards; every host but the last is a jump host.
        for host in way.into_iter().rev() {
            last = Some(match last {
                before if std::ptr::eq(host, target) => dial(host, before).await?,
                before => self.jump(host, before).await?,
            });
        }
        // The way has at least the target itself.
        last.ok_or_else(|| Error::Connect { target: target.to_string(), message: "there is no way to it".into() })
    }

    /// Connects as soon as the host lets itself be connected to, such as one that still boots, for at most `patience`.
    ///
    /// # Errors
    /// The last failure; at once where waiting changes nothing, as with a host key that is not trusted.
    pub async fn connect_within(&self, target: &Target, patience: Duration) -> Result<Session, Error> {
        let pauses = ExponentialBuilder::default()
            .with_min_delay(Duration::from_millis(200))
            .with_max_delay(Duration::from_secs(3))
            .without_max_times()
            .with_total_delay(Some(patience));
        let attempts = (|| self.connect(target)).retry(pauses).sleep(tokio::time::sleep).when(Error::is_transient);
        let late = || Error::Deadline {
            target: target.to_string(),
            step: "answering".into(),
            seconds: patience.as_secs_f64(),
        };
        // One attempt may hang as long as its own deadlines: the last one is cut short.
        tokio::time::timeout(patience, attempts).await.unwrap_or_else(|_| Err(late()))
    }

    /// The connection to a jump host: the one that there is, as long as it lives.
    async fn jump(&self, host: &Target, before: Option<Session>) -> Result<Session, Error> {
        let place = {
            let mut jumps = self.jumps.lock().unwrap_or_else(PoisonError::into_inner);
            jumps.entry(host.to_string()).or_default().clone()
        };
        let asked = Instant::now();
        let mut jump = place.lock().await;
        if let Some(session) = jump.session.as_ref().filter(|session| !session.is_closed()) {
            return Ok(session.clone());
        }
        // All who have waited for the same attempt share its end: not each waits for a host that is off.
        if let Some((_, message)) = jump.failed.as_ref().filter(|(at, _)| *at >= asked) {
            return Err(Error::Jump { target: host.to_string(), message: message.clone() });
        }
        let dialled = dial(host, before).await;
        jump.failed = dialled.as_ref().err().map(|error| (Instant::now(), error.to_string()));
        Ok(jump.session.insert(dialled?).clone())
    }
}

/// One connection: straight, or through the host before it.
async fn dial(target: &Target, before: Option<Session>) -> Result<Session, Error> {
    let ports = ForwardedPorts::default();
    let handle = match &before {
        None => shake_hands(target, tcp(target).await?, &ports).await?,
        Some(jump) => shake_hands(target, through(jump, target).await?, &ports).await?,
    };
    let mut handle = handle;
    let login = within(target, target.deadlines.login, "logging in", log_in(&mut handle, target)).await;
    match login {
        Ok(()) => Ok(Session::new(handle, target, before, ports)),
        Err(error) => {
            let _ = handle.disconnect(russh::Disconnect::ByApplication, "", "").await;
            Err(error)
        }
    }
}

async fn tcp(target: &Target) -> Result<TcpStream, Error> {
    let failed = |error: std::io::Error| Error::Connect { target: target.to_string(), message: error.to_string() };
    let connecting = async { TcpStream::connect((target.host.as_str(), target.port)).await.map_err(failed) };
    let stream = within(target, target.deadlines.connect, "connecting", connecting).await?;
    stream.set_nodelay(true).map_err(failed)?;
    Ok(stream)
}

async fn through(jump: &Session, target: &Target) -> Result<impl AsyncRead + AsyncWrite + Unpin + Send + use<>, Error> {
    let opening = async {
        let channel = jump.open_tcp(&target.host, target.port).await;
        channel.map_err(|error| match error {
            Error::Refused { target: jump, reason, .. } => Error::Connect {
                target: target.to_string(),
                message: format!(
                    "{jump} cannot reach it{}",
                    if reason.is_empty() { reason } else { format!(": {reason}") }
                ),
            },
            other => other,
        })
    };
    Ok(within(target, target.deadlines.connect, "connecting", opening).await?.into_stream())
}

async fn shake_hands(
    target: &Target,
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    ports: &ForwardedPorts,
) -> Result<Handle<Client>, Error> {
    let judge = Judge::new(target).await?;
    let config = Arc::new(config(target, &judge));
    let verdict = Arc::default();
    let client = Client::new(judge, Arc::clone(&verdict), Arc::clone(ports));
    let shaking = async { Ok(connect_stream(config, stream, client).await) };
    let result = within(target, target.deadlines.handshake, "the handshake", shaking).await?;
    result.map_err(|error| {
        let verdict = verdict.lock().unwrap_or_else(PoisonError::into_inner).take();
        verdict.unwrap_or_else(|| Error::Handshake { target: target.to_string(), message: words(&error) })
    })
}

fn words(error: &russh::Error) -> String {
    match error {
        russh::Error::Disconnect | russh::Error::HUP => "it ended the connection".into(),
        russh::Error::IO(error) => error.to_string(),
        other => other.to_string(),
    }
}

fn config(target: &Target, judge: &Judge) -> Config {
    let mut config = Config {
        keepalive_interval: Some(target.deadlines.keep_alive.interval),
        keepalive_max: target.deadlines.keep_alive.count,
        // A command may be silent for as long as it wants; keep-alive tells whether the connection is.
        inactivity_timeout: None,
        window_size: 16 * 1024 * 1024,
        maximum_packet_size: 64 * 1024 - 1,
        channel_buffer_size: 256,
        ..Config::default()
    };
    config.preferred.key = judge.preferred(&config.preferred.key).into();
    config.preferred.cipher = ciphers(&config.preferred.cipher).into();
    config
}

/// AES-GCM before all else, as in OpenSSH since 10.0: processors help with it.
fn ciphers(known: &[cipher::Name]) -> Vec<cipher::Name> {
    let (first, others): (Vec<_>, Vec<_>) = known.iter().partition(|name| **name == cipher::AES_256_GCM);
    [first, others].concat()
}

/// Does `work`, which has `deadline`.
pub(crate) async fn within<T>(
    target: &Target,
    deadline: Duration,
    step: &str,
    work: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    let late =
        || Error::Deadline { target: target.to_string(), step: step.to_owned(), seconds: deadline.as_secs_f64() };
    tokio::time::timeout(deadline, work).await.unwrap_or_else(|_| Err(late()))
}
