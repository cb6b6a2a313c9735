// SPDX-License-Identifier: Apache-2.0
//! Logging in: each thing to log in with, as long as the server accepts its method.

use std::path::Path;
use std::sync::Arc;

use russh::MethodKind;
use russh::client::{AuthResult, Handle, KeyboardInteractiveAuthResponse};
use russh::keys::agent::AgentIdentity;
use russh::keys::agent::client::AgentClient;
use russh::keys::{Algorithm, HashAlg, PrivateKey, PrivateKeyWithHashAlg, decode_secret_key};
use secrecy::{ExposeSecret, SecretString};

use crate::client::Client;
use crate::error::Error;
use crate::target::{Login, Target};

/// How many rounds of questions keyboard-interactive may have.
const ROUNDS: usize = 10;

/// Logs in.
pub(crate) async fn log_in(handle: &mut Handle<Client>, target: &Target) -> Result<(), Error> {
    let mut attempt = Attempt { handle, target, accepted: Vec::new(), tried: Vec::new() };
    let mut unusable = Vec::new();
    // Tells which methods there are; a server that wants nothing more lets us in.
    let first = attempt.handle.authenticate_none(&target.user).await;
    if attempt.note(first)? {
        return Ok(());
    }
    for login in &target.logins {
        attempt.tried.push(login.to_string());
        match attempt.with(login).await {
            Ok(true) => return Ok(()),
            Ok(false) => {}
            // Another one may be good.
            Err(error @ Error::Key { .. }) => unusable.push(error),
            Err(error) => return Err(error),
        }
    }
    if unusable.len() == target.logins.len()
        && let Some(error) = unusable.pop()
    {
        return Err(error);
    }
    Err(attempt.refused_with(&unusable))
}

struct Attempt<'a> {
    handle: &'a mut Handle<Client>,
    target: &'a Target,
    /// The methods that the server goes on with.
    accepted: Vec<MethodKind>,
    tried: Vec<String>,
}

impl Attempt<'_> {
    async fn with(&mut self, login: &Login) -> Result<bool, Error> {
        match login {
            Login::Password(password) => self.password(password).await,
            Login::KeyFile { path, passphrase } => {
                let origin = login.to_string();
                let text = tokio::fs::read_to_string(path).await;
                let text = SecretString::from(text.map_err(|error| key_error(&origin, error))?);
                self.key(&text, passphrase.as_ref(), &origin).await
            }
            Login::Key { text, passphrase, .. } => self.key(text, passphrase.as_ref(), &login.to_string()).await,
            Login::Agent { socket } => self.agent(socket.as_deref()).await,
        }
    }

    fn accepts(&self, method: MethodKind) -> bool {
        self.accepted.contains(&method)
    }

    /// Whether that was it; else what the server goes on with is remembered.
    fn note(&mut self, result: Result<AuthResult, russh::Error>) -> Result<bool, Error> {
        match result.map_err(|error| self.lost(&error))? {
            AuthResult::Success => Ok(true),
            AuthResult::Failure { remaining_methods, .. } => {
                self.accepted = remaining_methods.iter().copied().collect();
                Ok(false)
            }
        }
    }

    fn lost(&self, error: &russh::Error) -> Error {
        match error {
            // Servers end the connection after too many attempts.
            russh::Error::Disconnect | russh::Error::SendError | russh::Error::HUP => self.refused(),
            other => Error::Login { target: self.target.to_string(), message: other.to_string() },
        }
    }

    fn refused(&self) -> Error {
        self.refused_with(&[])
    }

    fn refused_with(&self, unusable: &[Error]) -> Error {
        let tried = if self.tried.is_empty() { "nothing".to_owned() } else { self.tried.join(", ") };
        let methods: Vec<String> = self.accepted.iter().map(|method| <&str>::from(method).to_owned()).collect();
        let accepted = if methods.is_empty() { "nothing more".to_owned() } else { methods.join(", ") };
        let unusable: String = unusable.iter().map(|error| format!("; {error}")).collect();
        let message = format!("tried {tried}; the host accepts {accepted}{unusable}");
        Error::Login { target: self.target.to_string(), message }
    }

    async fn password(&mut self, password: &SecretString) -> Result<bool, Error> {
        let user = &self.target.user;
        if self.accepts(MethodKind::Password) {
            let result = self.handle.authenticate_password(user, password.expose_secret()).await;
            if self.note(result)? {
                return Ok(true);
            }
        }
        if self.accepts(MethodKind::KeyboardInteractive) {
            return self.keyboard_interactive(password).await;
        }
        Ok(false)
    }

    /// Answers every hidden prompt with the password, and questions that would be shown with the user's name.
    async fn keyboard_interactive(&mut self, password: &SecretString) -> Result<bool, Error> {
        let user = self.target.user.clone();
        let mut response = self.handle.authenticate_keyboard_interactive_start(&user, None::<String>).await;
        for _ in 0..ROUNDS {
            match response.map_err(|error| self.lost(&error))? {
                KeyboardInteractiveAuthResponse::Success => return Ok(true),
                KeyboardInteractiveAuthResponse::Failure { remaining_methods, partial_success } => {
                    return self.note(Ok(AuthResult::Failure { remaining_methods, partial_success }));
                }
                KeyboardInteractiveAuthResponse::InfoRequest { prompts, .. } => {
                    let answer = |echo: bool| if echo { user.clone() } else { password.expose_secret().to_owned() };
                    let answers = prompts.iter().map(|prompt| answer(prompt.echo)).collect();
                    response = self.handle.authenticate_keyboard_interactive_respond(answers).await;
                }
            }
        }
        Ok(false)
    }

    async fn key(
        &mut self,
        text: &SecretString,
        passphrase: Option<&SecretString>,
        origin: &str,
    ) -> Result<bool, Error> {
        let key = read_key(text, passphrase, origin)?;
        if !self.accepts(MethodKind::PublicKey) {
            return Ok(false);
        }
        let hash = self.hash_for(&key.algorithm()).await?;
        let key = PrivateKeyWithHashAlg::new(Arc::new(key), hash);
        let result = self.handle.authenticate_publickey(&self.target.user, key).await;
        self.note(result)
    }

    async fn agent(&mut self, socket: Option<&Path>) -> Result<bool, Error> {
        if !self.accepts(MethodKind::PublicKey) {
            return Ok(false);
        }
        let unusable = |error: russh::keys::Error| key_error("agent", error);
        let agent = match socket {
            Some(path) => AgentClient::connect_uds(path).await,
            None => AgentClient::connect_env().await,
        };
        let mut agent = agent.map_err(unusable)?;
        for identity in agent.request_identities().await.map_err(unusable)? {
            let AgentIdentity::PublicKey { key, .. } = identity else { continue };
            let hash = self.hash_for(&key.algorithm()).await?;
            let result = self.handle.authenticate_publickey_with(&self.target.user, key, hash, &mut agent).await;
            let result = result.map_err(|error| key_error("agent", error))?;
            if self.note(Ok(result))? {
                return Ok(true);
            }
            if !self.accepts(MethodKind::PublicKey) {
                break;
            }
        }
        Ok(false)
    }

    /// RSA keys sign with the best hash that the server knows.
    async fn hash_for(&self, algorithm: &Algorithm) -> Result<Option<HashAlg>, Error> {
        if !matches!(algorithm, Algorithm::Rsa { .. }) {
            return Ok(None);
        }
        let best = self.handle.best_supported_rsa_hash().await.map_err(|error| self.lost(&error))?;
        // Servers that say nothing are old: RFC 8332 came with the message that would tell.
        Ok(best.flatten())
    }
}

fn read_key(text: &SecretString, passphrase: Option<&SecretString>, origin: &str) -> Result<PrivateKey, Error> {
    decode_secret_key(text.expose_secret(), passphrase.map(ExposeSecret::expose_secret)).map_err(|error| match error {
        russh::keys::Error::KeyIsEncrypted => key_error(origin, "it is encrypted, and no passphrase was given"),
        other => key_error(origin, other),
    })
}

fn key_error(origin: &str, message: impl ToString) -> Error {
    Error::Key { origin: origin.to_owned(), message: message.to_string() }
}
