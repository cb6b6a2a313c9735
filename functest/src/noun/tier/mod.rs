// SPDX-License-Identifier: Apache-2.0
//! `tier`: the tiers of a catalogue, with what would become of their cases here.

mod list;
mod show;

pub use self::list::{CatalogueRequest, TierInfo, TierList, TierListRequest};
pub use self::show::TierShowRequest;

use crate::embed::Functest;

/// What can be done about tiers; see [`Functest::tier`].
#[derive(Clone, Copy)]
pub struct TierVerbs<'a> {
    functest: &'a Functest,
}

impl Functest {
    /// Tiers.
    pub fn tier(&self) -> TierVerbs<'_> {
        TierVerbs { functest: self }
    }
}
