// SPDX-License-Identifier: Apache-2.0
//! The run's journal, for cases that make things in places of their own.

use std::sync::Arc;

use async_trait::async_trait;

use super::{ForCase, Offer, Provider, ProviderError};
use crate::case::Resources;
use crate::event::{CleanUp, Leftover};
use crate::ledger::{CLOUD, Journal};
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

    /// What is in the cloud is the cloud's provider's. Whoever made something elsewhere takes it down with the case: what is open
    /// now is left.
    async fn end(&self) -> CleanUp {
        let run_id = &self.0.head().run_id;
        let elsewhere = self.0.open().into_iter().filter(|entry| entry.intent.place != CLOUD);
        let left = elsewhere.map(|entry| Leftover {
            thing: entry.thing(),
            reason: format!("nobody has taken it down; `functest openstack clean {run_id}` does"),
        });
        CleanUp { deleted: Vec::new(), left: left.collect() }
    }
}
