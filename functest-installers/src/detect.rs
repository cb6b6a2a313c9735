// SPDX-License-Identifier: Apache-2.0
//! Which installer it was.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use functest_core::suggest::did_you_mean;
use functest_core::sut::Probe;
use functest_ssh::Dialer;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::config::SutConfig;
use crate::error::Error;
use crate::fan_out::fan_out;
use crate::recipe::{self, Recipe};
use crate::shell::Shell;
use crate::site::Site;

/// With how many logins at a time.
const LOGINS: usize = 5;

/// Shells on the installer's machine, by who logs in and with what.
type Homes = Mutex<HashMap<String, Shell>>;

/// An installer that was tried.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Candidate {
    /// Its name.
    pub installer: String,
    /// Where it was looked for.
    pub place: String,
    /// Whether it is it, and how that was seen; or why nobody could look.
    #[serde(flatten)]
    pub probe: Probe,
}

/// The names of all installers, in the order in which they are tried.
pub fn names() -> Vec<&'static str> {
    recipe::all().iter().map(|recipe| recipe.name()).collect()
}

/// Whether there is an installer of that name, or of that older word.
pub fn is_known(name: &str) -> bool {
    recipe(name).is_ok()
}

/// The recipe of that name. Older words for the same are known.
pub(crate) fn recipe(name: &str) -> Result<Box<dyn Recipe>, Error> {
    let wanted = match name.to_lowercase().as_str() {
        "mcp" | "salt" => "fuel-mcp".to_owned(),
        "kolla" => "kolla-ansible".to_owned(),
        "openstack-ansible" => "osa".to_owned(),
        "tripleo" => "apex".to_owned(),
        "juju" | "charms" => "joid".to_owned(),
        "osh" => "openstack-helm".to_owned(),
        other => other.to_owned(),
    };
    recipe::all().into_iter().find(|recipe| recipe.name() == wanted).ok_or_else(|| Error::UnknownInstaller {
        name: name.to_owned(),
        suggestion: did_you_mean(name, names()),
        known: names().join(", "),
    })
}

/// Tries every installer on the machine that `config` names, or on this one, each with the login that is usual for it.
/// Those that need a machine of their own are not looked for where none is named.
///
/// # Errors
/// When a file that is named cannot be read.
pub async fn detect(config: &SutConfig) -> Result<Vec<Candidate>, Error> {
    config.check_files()?;
    Ok(attempts(config, &Dialer::default()).await.into_iter().map(|(_, candidate)| candidate).collect())
}

async fn attempts(config: &SutConfig, dialer: &Dialer) -> Vec<(Box<dyn Recipe>, Candidate)> {
    let homes = Homes::default();
    // Servers turn away whoever knocks too often at a time (`MaxStartups`).
    let attempt = |recipe| attempt(recipe, config, dialer.clone(), &homes);
    fan_out(recipe::all(), LOGINS, attempt).await
}

/// The first installer that is it.
pub(crate) async fn first(config: &SutConfig, dialer: &Dialer) -> Result<Box<dyn Recipe>, Error> {
    let tried = attempts(config, dialer).await;
    let place = match &config.address {
        Some(address) => format!("at {address}"),
        None => "on this machine (--installer-ip names another one)".to_owned(),
    };
    let mut lines = Vec::new();
    for (recipe, candidate) in tried {
        if candidate.probe.found {
            return Ok(recipe);
        }
        lines.push(format!("  {}: {}", candidate.installer, candidate.probe.evidence));
    }
    Err(Error::NothingDetected { place, tried: lines.join("\n") })
}

async fn attempt(
    recipe: Box<dyn Recipe>,
    config: &SutConfig,
    dialer: Dialer,
    homes: &Homes,
) -> (Box<dyn Recipe>, Candidate) {
    let mut defaults = recipe.home();
    // A usual address is somebody else's network as likely as not: nobody knocks there unasked.
    defaults.address = None;
    let login = format!("{} {}", defaults.user, defaults.password.unwrap_or_default());
    let site = Site::new(config.clone(), &defaults, dialer);
    let site = {
        // One connection for all who log in alike.
        let mut homes = homes.lock().unwrap_or_else(PoisonError::into_inner);
        site.sharing(homes.entry(login))
    };
    let probe = recipe.probe(&site).await;
    let probe = probe.unwrap_or_else(|error| Probe { found: false, evidence: error.to_string() });
    let candidate = Candidate { installer: recipe.name().to_owned(), place: site.home().name(), probe };
    (recipe, candidate)
}
