// SPDX-License-Identifier: Apache-2.0
//! A test case that needs no cloud: an SSH server answers.

use async_trait::async_trait;
use functest::core::case::{CaseError, CheckError, CheckSpec, Ended};
use functest::core::driver::SingleCase;
use functest::core::need::Needs;
use functest::core::settings::{CaseSettings, Seconds};
use functest::core::{Ctx, TestCase};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// What can be set: in the catalogue, in a settings file, or as `ssh_gateway.port=2222`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Settings {
    /// The name or address of the gateway.
    host: String,
    /// Its port.
    port: u16,
    /// What the server's first line begins with.
    greeting: String,
    /// For each check, in seconds.
    deadline: Seconds,
}

impl Default for Settings {
    fn default() -> Self {
        Self { host: "localhost".into(), port: 22, greeting: "SSH-2.0-".into(), deadline: Seconds(5.0) }
    }
}

impl CaseSettings for Settings {
    /// A variable that people have in their profiles sets it too.
    const ENVIRONMENT: &'static [(&'static str, &'static str)] = &[("host", "SITE_GATEWAY")];
}

/// The case, as a driver of its one name.
pub(crate) const CASE: SingleCase<Settings> = SingleCase {
    name: "ssh_gateway",
    class: None,
    checks: || vec![CONNECTS, GREETS],
    needs: |_| Needs::default(),
    body: |settings| Box::new(SshGateway(settings)),
};

// The second check works with what the first one found, so these are no rows of a table.
const CONNECTS: CheckSpec = CheckSpec::new("connects", "the gateway accepts a connection");
const GREETS: CheckSpec = CheckSpec::new("greets", "an SSH server answers there");

struct SshGateway(Settings);

#[async_trait]
impl TestCase for SshGateway {
    /// The verdict follows from the checks; an error here means that the case itself could not go on.
    async fn run(&self, ctx: &Ctx) -> Result<Ended, CaseError> {
        match ctx.check(&CONNECTS.name, self.connect(ctx)).await {
            Some(connection) => drop(ctx.check(&GREETS.name, self.greets(ctx, connection)).await),
            None => ctx.skip(&GREETS.name, "there is no connection"),
        }
        Ok(Ended::default())
    }
}

impl SshGateway {
    async fn connect(&self, ctx: &Ctx) -> Result<TcpStream, CheckError> {
        let Settings { host, port, .. } = &self.0;
        let failed = |reason: String| CheckError::failed(format!("cannot connect to {host}:{port}: {reason}"));
        let connected = timeout(ctx.deadline(self.0.deadline.into()), TcpStream::connect((host.as_str(), *port))).await;
        connected.map_err(|e| failed(e.to_string()))?.map_err(|e| failed(e.to_string()))
    }

    async fn greets(&self, ctx: &Ctx, connection: TcpStream) -> Result<(), CheckError> {
        let (mut line, greeting) = (String::new(), &self.0.greeting);
        // No identification is longer (RFC 4253, section 4.2).
        let mut reader = BufReader::new(connection.take(255));
        match timeout(ctx.deadline(self.0.deadline.into()), reader.read_line(&mut line)).await {
            Ok(Ok(_)) if line.starts_with(greeting) => Ok(()),
            Ok(Ok(_)) => Err(CheckError::failed(format!("expected {greeting:?}, it said {:?}", line.trim_end()))),
            Ok(Err(error)) => Err(CheckError::failed(format!("expected {greeting:?}: {error}"))),
            Err(late) => Err(CheckError::failed(format!("expected {greeting:?}: {late}"))),
        }
    }
}
