// SPDX-License-Identifier: Apache-2.0
//! The entry point of whoever embeds functest.

use std::path::Path;
use std::sync::Arc;

use functest_core::CaseFactory;
use functest_core::catalogue::Catalogue;

use crate::error::Error;
use crate::registry::Registry;
use crate::state::StateFolder;

/// A look-up of environment variables.
pub(crate) type Variables = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// Functest: the test cases it knows, and where it keeps its runs.
#[derive(Clone)]
pub struct Functest {
    pub(crate) registry: Registry,
    pub(crate) state: StateFolder,
    pub(crate) variables: Variables,
    pub(crate) own_catalogue: (String, String),
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
        let mut registry = Registry::default();
        functest_cases::factories().into_iter().for_each(|factory| registry.add(factory));
        let variables: Variables = Arc::new(|name| std::env::var(name).ok());
        let state = StateFolder::from_environment(variables.as_ref());
        let own_catalogue = ("functest's own catalogue".to_owned(), functest_cases::CATALOGUE.to_owned());
        Self { registry, state, variables, own_catalogue }
    }

    /// Adds a kind of test case. It takes the place of an earlier one with the same driver name.
    #[must_use]
    pub fn with_case(mut self, factory: Arc<dyn CaseFactory>) -> Self {
        self.registry.add(factory);
        self
    }

    /// Uses this catalogue (the text of a `testcases.yaml`) where a request names none; `origin` names it in messages.
    #[must_use]
    pub fn with_catalogue(mut self, origin: &str, text: &str) -> Self {
        self.own_catalogue = (origin.to_owned(), text.to_owned());
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
        self.variables = Arc::new(variables);
        self
    }

    /// Where runs are kept.
    pub fn state(&self) -> &StateFolder {
        &self.state
    }

    /// The catalogue of that file, or functest's own.
    ///
    /// # Errors
    /// When it cannot be read, or is wrong.
    pub fn catalogue(&self, file: Option<&Path>) -> Result<Catalogue, Error> {
        Ok(match file {
            Some(file) => Catalogue::load(file)?,
            None => Catalogue::parse(&self.own_catalogue.0, &self.own_catalogue.1)?,
        })
    }

    /// An environment variable; `None` where it is not set or empty.
    pub(crate) fn variable(&self, name: &str) -> Option<String> {
        (self.variables)(name).filter(|value| !value.is_empty())
    }

    /// The kind of test case that a catalogue's driver name calls for.
    pub fn factory(&self, driver: &functest_core::catalogue::DriverName) -> Option<Arc<dyn CaseFactory>> {
        self.registry.find(driver).cloned()
    }
}
