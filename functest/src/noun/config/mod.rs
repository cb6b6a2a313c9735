// SPDX-License-Identifier: Apache-2.0
//! `config`: what counts where a command says nothing.

mod show;

pub use self::show::{ConfigFileInfo, ConfigList, ConfigValue};

use crate::embed::Functest;

/// What can be done about the configuration; see [`Functest::config`].
#[derive(Clone, Copy)]
pub struct ConfigVerbs<'a> {
    functest: &'a Functest,
}

impl Functest {
    /// The configuration.
    pub fn config(&self) -> ConfigVerbs<'_> {
        ConfigVerbs { functest: self }
    }
}
