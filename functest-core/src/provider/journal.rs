// SPDX-License-Identifier: Apache-2.0
//! The run's journal, for cases that make things in places of their own.

use std::sync::Arc;

use async_trait::async_trait;

use super::{ForCase, Offer, Provider, ProviderError};
use crate::case::Resources;
use crate::ledger::Journal;
use crate::need::Requirement;

/// The run's journal, as a case is given it: whatever is written down there before it is made, a later clean-up finds.
#[derive(Clone, Debug)]
pub struct CaseJournal(pub Arc<Journal>);

/// Gives every case the run's journal, and keeps the ledger locked for as long as the run lives.
#[derive(Clone, Debug)]
pub struct JournalProvider(pub Arc<Journal>);

#[async_trait]
impl Provider for JournalProvider {
    fn name(&self) -> &str {
        "ledger"
    }

    async fn offers(&self, _requirement: &Requirement) -> Offer {
        Offer::NotMine
    }

    async fn open(&self, _case: ForCase<'_>, resources: &mut Resources) -> Result<(), ProviderError> {
        resources.insert(CaseJournal(Arc::clone(&self.0)));
        Ok(())
    }
}
