// SPDX-License-Identifier: Apache-2.0
//! Which installer it was.

use functest_core::suggest::did_you_mean;
use functest_core::sut::Probe;
use functest_ssh::Dialer;
use serde::{Deserialize, Serialize};

use crate::config::SutConfig;
use crate::error::Error;
use crate::recipe::{self, Recipe};
use crate::site::Site;

/// An installer that was tried.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
pub async fn detect(config: &SutConfig) -> Vec<Candidate> {
    let dialer = Dialer::default();
    let tries = recipe::all().into_iter().map(|recipe| attempt(recipe, config, dialer.clone()));
    futures::future::join_all(tries).await.into_iter().map(|(_, candidate)| candidate).collect()
}

/// The first installer that is it.
pub(crate) async fn first(config: &SutConfig, dialer: &Dialer) -> Result<Box<dyn Recipe>, Error> {
    let tries = recipe::all().into_iter().map(|recipe| attempt(recipe, config, dialer.clone()));
    let tried = futures::future::join_all(tries).await;
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

async fn attempt(recipe: Box<dyn Recipe>, config: &SutConfig, dialer: Dialer) -> (Box<dyn Recipe>, Candidate) {
    let mut defaults = recipe.home();
    // A usual address is somebody else's network as likely as not: nobody knocks there unasked.
    defaults.address = None;
    let site = Site::new(config.clone(), &defaults, dialer);
    let probe = recipe.probe(&site).await;
    let probe = probe.unwrap_or_else(|error| Probe { found: false, evidence: error.to_string() });
    let candidate = Candidate { installer: recipe.name().to_owned(), place: site.home().name(), probe };
    (recipe, candidate)
}
