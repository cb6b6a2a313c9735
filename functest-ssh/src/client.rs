// SPDX-License-Identifier: Apache-2.0
//! Our side of the protocol: what is done about the server's key, and about ports that it forwards to us.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use russh::client::{ChannelOpenHandle, Handler, Msg, Session};
use russh::keys::PublicKeyOrCertificate;
use russh::{Channel, ChannelOpenFailure};
use tokio::sync::mpsc;

use crate::error::Error;
use crate::host_key::Judge;

/// Who takes the connections that come in over a port of the server's, by that port.
pub(crate) type ForwardedPorts = Arc<Mutex<HashMap<u32, mpsc::Sender<Channel<Msg>>>>>;

/// One connection's handler.
#[derive(Debug)]
pub(crate) struct Client {
    judge: Judge,
    /// Why the key was refused: russh only hears that it was.
    verdict: Arc<Mutex<Option<Error>>>,
    ports: ForwardedPorts,
}

impl Client {
    pub(crate) fn new(judge: Judge, verdict: Arc<Mutex<Option<Error>>>, ports: ForwardedPorts) -> Self {
        Self { judge, verdict, ports }
    }
}

impl Handler for Client {
    type Error = russh::Error;

    async fn check_server_key(&mut self, key: &PublicKeyOrCertificate) -> Result<bool, Self::Error> {
        let PublicKeyOrCertificate::PublicKey { key, .. } = key else { return Ok(false) };
        let Err(error) = self.judge.judge(key).await else { return Ok(true) };
        *self.verdict.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
        Ok(false)
    }

    async fn server_channel_open_forwarded_tcpip(
        &mut self,
        channel: Channel<Msg>,
        _connected_address: &str,
        connected_port: u32,
        _originator_address: &str,
        _originator_port: u32,
        reply: ChannelOpenHandle,
        _session: &mut Session,
    ) -> Result<(), Self::Error> {
        let taker = self.ports.lock().unwrap_or_else(PoisonError::into_inner).get(&connected_port).cloned();
        match taker {
            // A full queue is somebody who does not keep up: that connection is lost, the session is not held up.
            Some(taker) if taker.try_send(channel).is_ok() => reply.accept().await,
            _ => reply.reject(ChannelOpenFailure::AdministrativelyProhibited).await,
        }
        Ok(())
    }
}
