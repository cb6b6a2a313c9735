// SPDX-License-Identifier: Apache-2.0
//! An open connection to a cloud.

use std::time::Duration;

use functest_core::event::{CloudIdentity, Emitter};

use super::{CloudConfig, tls};
use crate::auth::KeystoneAuth;
use crate::error::Error;
use crate::rest::{Call, Observer, Policy, Rest};
use crate::service::Service;

/// A cloud, and who we are there.
#[derive(Clone, Debug)]
pub struct Connection {
    /// Requests on behalf of the given credential.
    pub rest: Rest,
    /// Which cloud it is.
    pub identity: CloudIdentity,
    /// Whether the credential is an administrator's: it may list all users, or has the role `admin` where that cannot be told.
    pub is_admin: bool,
    /// What a reader of the report must be told about this connection.
    pub notices: Vec<String>,
}

/// How to connect.
#[derive(Clone, Debug)]
pub struct ConnectionOptions {
    /// Deadlines and repetition.
    pub policy: Policy,
    /// Where the requests are reported.
    pub events: Emitter,
}

/// How often a login is tried that something stands before, or that is answered by what is no login.
const MOST_TRIES: usize = 4;
/// For how long the cloud is left alone in between.
const PAUSE: Duration = Duration::from_secs(1);

impl Connection {
    /// The same as [`Connection::open`] for who has time, as a clean-up has: a cloud that is away for a moment is tried again, also
    /// where a run would rather say at once that the URL is probably another one's.
    ///
    /// # Errors
    /// As [`Connection::open`].
    pub async fn open_patiently(config: &CloudConfig, options: ConnectionOptions) -> Result<Self, Error> {
        let mut tries = 1;
        loop {
            match Self::open(config, options.clone()).await {
                Err(error) if tries < MOST_TRIES && error.is_answer_gone_wrong() => tries += 1,
                opened => return opened,
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Logs in, and finds out what the credential may do.
    ///
    /// # Errors
    /// When the cloud does not answer, or refuses the credential.
    pub async fn open(config: &CloudConfig, options: ConnectionOptions) -> Result<Self, Error> {
        let client = tls::client(&config.tls, &config.auth_url, options.policy.connect)?;
        let observer = Observer::new(options.events, None);
        let auth = KeystoneAuth::new(config);
        let mut notices = config.warnings.clone();
        let mut rest = Rest::log_in(client, auth, config.endpoints.clone(), options.policy, observer).await?;
        let mut token = rest.token().await?;
        let mut region = config.region.clone();
        if let Some(wrong) = unknown_region(config, &token.catalog.regions()) {
            return Err(wrong);
        }
        if let (None, [first, _, ..]) = (&config.region, token.catalog.regions().as_slice()) {
            // Half of a cloud in one region and half of it in another is no cloud.
            let all = token.catalog.regions().join(", ");
            notices.push(format!(
                "{}: the catalog has the regions {all}; {first} is used, because no region_name is given",
                config.origin
            ));
            region = Some((*first).to_owned());
            rest = rest.log_in_as(rest.auth().in_region(first), rest.observer().clone()).await?;
            token = rest.token().await?;
        }
        let identity = CloudIdentity {
            name: config.name.clone(),
            auth_url: config.auth_url.to_string(),
            region,
            project_id: token.project.as_ref().map(|project| project.id.clone()),
            project: token.project.as_ref().map(|project| project.name.clone()),
            user: Some(token.user.name.clone()),
            sandbox: token.sandbox,
        };
        if !config.tls.verify {
            notices.push(format!("{}: TLS certificates are NOT verified (verify: false)", config.origin));
        }
        if token.sandbox {
            notices.push(format!("{}: this is functest's sandbox, no real cloud", config.origin));
        }
        let is_admin = is_administrator(&rest, &token.roles).await;
        Ok(Self { rest, identity, is_admin, notices })
    }
}

/// The error of a region that a catalog with regions does not have.
fn unknown_region(config: &CloudConfig, known: &[&str]) -> Option<Error> {
    let of_services = config.choices.values().filter_map(|choice| choice.region.as_ref());
    let wanted = config.region.iter().chain(of_services).find(|region| !known.contains(&region.as_str()))?;
    let suggestion = functest_core::suggest::did_you_mean(wanted, known.iter().copied());
    let message = format!("the catalog has no region `{wanted}`{suggestion}; it has {}", known.join(", "));
    (!known.is_empty()).then(|| Error::Config { origin: config.origin.clone(), message })
}

/// How often somebody with the role of an administrator is refused before that is believed.
const LEAST_REFUSED: usize = 3;

/// What an administrator may do is the cloud's policy, not a role's name: so it is tried. An answer that says neither yes nor no,
/// as of a Keystone whose users are elsewhere, leaves it to the role.
async fn is_administrator(rest: &Rest, roles: &[String]) -> bool {
    let has_role = roles.iter().any(|role| role.eq_ignore_ascii_case("admin"));
    // One refusal alone may be an answer gone wrong.
    for _ in 0..if has_role { LEAST_REFUSED } else { 1 } {
        let nobody = Call::get(Service::Identity, "/users", &[]).query("name", "functest-nobody-has-this-name");
        match rest.send(nobody).await {
            Ok(answer) => return has_role || answer.json().is_ok_and(|document| document["users"].is_array()),
            Err(error) if !error.is_silence() && matches!(error.status(), Some(401 | 403 | 404)) => {}
            Err(_) => return has_role,
        }
    }
    false
}
