// SPDX-License-Identifier: Apache-2.0
//! The entry point of whoever embeds functest.

use std::ffi::OsString;
use std::path::Path;
use std::sync::Arc;

use functest_core::catalogue::Catalogue;
use functest_core::driver::Drivers;
use functest_core::ledger::Reclaimer;
use functest_core::variables;
use functest_core::{Driver, Installer, Provider, Tier};

use crate::config::Config;
use crate::error::Error;
use crate::state::StateFolder;

/// A look-up of environment variables.
pub(crate) type Variables = Arc<dyn Fn(&str) -> Option<OsString> + Send + Sync>;

/// Functest: who makes its test cases and what they are given, and where it keeps its runs.
#[derive(Clone)]
pub struct Functest {
    pub(crate) drivers: Drivers,
    pub(crate) providers: Vec<Arc<dyn Provider>>,
    pub(crate) reclaimers: Vec<Arc<dyn Reclaimer>>,
    pub(crate) installer: Option<Arc<dyn Installer>>,
    pub(crate) config: Config,
    pub(crate) state: StateFolder,
    pub(crate) variables: Variables,
    /// Its origin and its text; `None` is a catalogue without tiers.
    own_catalogue: Option<(String, String)>,
    pub(crate) tiers: Vec<Arc<dyn Tier>>,
}

impl Default for Functest {
    fn default() -> Self {
        Self::new()
    }
}

impl Functest {
    /// Functest with its built-in cases and catalogue, this process's environment variables, and the user's state
    /// folder.
    pub fn new() -> Self {
        let drivers = Drivers::new(vec![Arc::new(functest_drivers::drivers()), Arc::new(functest_cases::driver())]);
        let variables: Variables = Arc::new(|name| std::env::var_os(name));
        let state = StateFolder::from_environment(variables.as_ref());
        let own_catalogue = Some(("functest's own catalogue".to_owned(), functest_cases::CATALOGUE.to_owned()));
        Self {
            drivers,
            providers: Vec::new(),
            reclaimers: Vec::new(),
            installer: None,
            config: Config::default(),
            state,
            variables,
            own_catalogue,
            tiers: Vec::new(),
        }
    }

    /// Adds a driver. Where it claims the same entries as another, and as strongly, it is preferred.
    #[must_use]
    pub fn with_driver(mut self, driver: impl Driver + 'static) -> Self {
        self.drivers.push(Arc::new(driver));
        self
    }

    /// Adds a provider, opened for each case after those of functest itself.
    #[must_use]
    pub fn with_provider(mut self, provider: impl Provider + 'static) -> Self {
        self.providers.push(Arc::new(provider));
        self
    }

    /// Adds a place that cases make things in. A run writes it down in the head of its ledger, and a clean-up asks this
    /// reclaimer for what is there.
    #[must_use]
    pub fn with_reclaimer(mut self, reclaimer: impl Reclaimer + 'static) -> Self {
        self.reclaimers.push(Arc::new(reclaimer));
        self
    }

    /// Takes the nodes of the system under test, and what is known of it, from this installer, in runs that are not told
    /// where another one is. Variables such as `INSTALLER_IP` do not count then.
    #[must_use]
    pub fn with_installer(mut self, installer: Arc<dyn Installer>) -> Self {
        self.installer = Some(installer);
        self
    }

    /// Uses this catalogue (the text of a `testcases.yaml`) where a request names none; `origin` names it in messages.
    #[must_use]
    pub fn with_catalogue(mut self, origin: &str, text: &str) -> Self {
        self.own_catalogue = Some((origin.to_owned(), text.to_owned()));
        self
    }

    /// Uses no catalogue where a request names none: there are the tiers that the program adds, and no others.
    #[must_use]
    pub fn without_catalogue(mut self) -> Self {
        self.own_catalogue = None;
        self
    }

    /// Adds a tier after those of the catalogue that is used where a request names none. Its cases are run by whoever claims
    /// their drivers' names, and can be set, excluded and scoped like all others.
    #[must_use]
    pub fn with_tier(mut self, tier: Arc<dyn Tier>) -> Self {
        self.tiers.push(tier);
        self
    }

    /// Lets this configuration count where a request and variables say nothing. Without one, no file is read.
    #[must_use]
    pub fn with_config(mut self, config: Config) -> Self {
        let by_variable = variables::path(self.variables.as_ref(), "FUNCTEST_STATE_DIR").is_some();
        if let Some(folder) = config.state_folder().filter(|_| !by_variable) {
            self.state = StateFolder::new(folder.value);
        }
        self.config = config;
        self
    }

    /// Keeps runs in this folder.
    #[must_use]
    pub fn with_state(mut self, state: StateFolder) -> Self {
        self.state = state;
        self
    }

    /// Looks environment variables up here.
    #[must_use]
    pub fn with_variables(mut self, variables: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        self.variables = Arc::new(move |name| variables(name).map(OsString::from));
        self
    }

    /// Where runs are kept.
    pub fn state(&self) -> &StateFolder {
        &self.state
    }

    /// The catalogue of that file, or functest's own with the tiers that were added to it.
    ///
    /// # Errors
    /// When it cannot be read, or is wrong.
    pub fn catalogue(&self, file: Option<&Path>) -> Result<Catalogue, Error> {
        if let Some(file) = file {
            return Ok(Catalogue::load(file)?);
        }
        let mut catalogue = match &self.own_catalogue {
            Some((origin, text)) => Catalogue::parse(origin, text)?,
            None => Catalogue::empty("the program's own tiers"),
        };
        for tier in &self.tiers {
            catalogue.add_tier(Arc::clone(tier))?;
        }
        Ok(catalogue)
    }

    /// The text of an environment variable; `None` where it is not set or empty.
    ///
    /// # Errors
    /// When it is not UTF-8.
    pub(crate) fn variable(&self, name: &str) -> Result<Option<String>, Error> {
        Ok(variables::text(self.variables.as_ref(), name)?)
    }

    /// Who drives the entries that name this; `None` when nobody does.
    pub fn driver(&self, name: &functest_core::catalogue::DriverName) -> Option<Arc<dyn Driver>> {
        self.drivers.find(name).cloned()
    }
}
