// SPDX-License-Identifier: Apache-2.0
//! A visit to a guest over SSH: who may log in, and what is typed.

use std::sync::Arc;
use std::time::Duration;

use russh::keys::ssh_key::private::Ed25519Keypair;
use russh::keys::{PrivateKey, PublicKey};
use russh::server::{Auth, ChannelOpenHandle, Config, Handler, Msg, PublicKeyOffer, Session, VerifiedPublicKey};
use russh::{Channel, ChannelId};
use sha2::{Digest, Sha256};
use tokio::net::TcpStream;

use crate::services::entrance::{self, Outcome, PASSWORD, USER};
use crate::shared::Shared;

/// The longest line that is typed, in bytes.
const LONGEST_LINE: usize = 1 << 16;

/// Serves one connection to the guest of that server.
pub(super) async fn serve(stream: TcpStream, shared: Arc<Shared>, server_id: String) {
    let config = Config {
        keys: vec![host_key(&server_id)],
        inactivity_timeout: None,
        auth_rejection_time: Duration::from_millis(10),
        auth_rejection_time_initial: Some(Duration::ZERO),
        ..Config::default()
    };
    let _ = stream.set_nodelay(true);
    let guest = Door { shared, server_id, typed: Vec::new() };
    match russh::server::run_stream(Arc::new(config), stream, guest).await {
        Ok(session) => drop(session.await),
        Err(error) => tracing::debug!("an SSH session ended: {error}"),
    }
}

/// A server's own key: it is the same each time somebody comes.
fn host_key(server_id: &str) -> PrivateKey {
    PrivateKey::from(Ed25519Keypair::from_seed(&Sha256::digest(server_id).into()))
}

struct Door {
    shared: Arc<Shared>,
    server_id: String,
    /// What was typed of a line that has not ended.
    typed: Vec<u8>,
}

impl Door {
    fn authorizes(&self, user: &str, key: &PublicKey) -> bool {
        let cloud = self.shared.cloud();
        let authorized = entrance::authorized_key(&cloud, &self.server_id);
        let authorized = authorized.and_then(|key| PublicKey::from_openssh(key.trim()).ok());
        user == USER && authorized.is_some_and(|authorized| authorized.key_data() == key.key_data())
    }

    /// Runs a line in the guest. `None` when the guest is gone.
    fn run(&self, line: &str) -> Option<Outcome> {
        entrance::run(&mut self.shared.cloud(), &self.server_id, line)
    }

    async fn execute(&self, channel: ChannelId, line: &str, session: &mut Session) -> Result<bool, russh::Error> {
        let Some(outcome) = self.run(line) else { return Err(russh::Error::Disconnect) };
        tokio::time::sleep(outcome.time).await;
        session.data(channel, outcome.output.into_bytes())?;
        if !outcome.errors.is_empty() {
            session.extended_data(channel, 1, outcome.errors.into_bytes())?;
        }
        session.exit_status_request(channel, outcome.status)?;
        Ok(outcome.ends)
    }

    fn prompt(&self, channel: ChannelId, session: &mut Session) -> Result<(), russh::Error> {
        session.data(channel, b"$ ".to_vec())
    }
}

fn end(channel: ChannelId, session: &mut Session) -> Result<(), russh::Error> {
    session.eof(channel)?;
    session.close(channel)
}

impl Handler for Door {
    type Error = russh::Error;

    async fn auth_publickey_offered(&mut self, user: &str, offer: PublicKeyOffer<'_>) -> Result<Auth, Self::Error> {
        Ok(if self.authorizes(user, offer.public_key) { Auth::Accept } else { Auth::reject() })
    }

    async fn auth_publickey(&mut self, user: &str, key: VerifiedPublicKey<'_>) -> Result<Auth, Self::Error> {
        Ok(if self.authorizes(user, key.public_key) { Auth::Accept } else { Auth::reject() })
    }

    async fn auth_password(&mut self, user: &str, password: &str) -> Result<Auth, Self::Error> {
        Ok(if user == USER && password == PASSWORD { Auth::Accept } else { Auth::reject() })
    }

    async fn channel_open_session(
        &mut self,
        _: Channel<Msg>,
        reply: ChannelOpenHandle,
        _: &mut Session,
    ) -> Result<(), Self::Error> {
        reply.accept().await;
        Ok(())
    }

    async fn exec_request(
        &mut self,
        channel: ChannelId,
        data: &[u8],
        session: &mut Session,
    ) -> Result<(), Self::Error> {
        session.channel_success(channel)?;
        let line = String::from_utf8_lossy(data).into_owned();
        self.execute(channel, &line, session).await?;
        end(channel, session)
    }

    async fn shell_request(&mut self, channel: ChannelId, session: &mut Session) -> Result<(), Self::Error> {
        session.channel_success(channel)?;
        self.prompt(channel, session)
    }

    async fn data(&mut self, channel: ChannelId, data: &[u8], session: &mut Session) -> Result<(), Self::Error> {
        // Ctrl-D on an empty line.
        if data == [4] && self.typed.is_empty() {
            return end(channel, session);
        }
        self.typed.extend_from_slice(data);
        while let Some(place) = self.typed.iter().position(|byte| matches!(byte, b'\n' | b'\r')) {
            let line: Vec<u8> = self.typed.drain(..=place).collect();
            let line = String::from_utf8_lossy(&line).trim().to_owned();
            if self.execute(channel, &line, session).await? {
                return end(channel, session);
            }
            self.prompt(channel, session)?;
        }
        if self.typed.len() > LONGEST_LINE {
            return Err(russh::Error::Disconnect);
        }
        Ok(())
    }

    async fn channel_eof(&mut self, channel: ChannelId, session: &mut Session) -> Result<(), Self::Error> {
        end(channel, session)
    }
}
