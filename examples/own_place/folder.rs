// SPDX-License-Identifier: Apache-2.0
//! A place that is no cloud: a folder that others use too. What a run makes in it is written to the run's ledger first, and
//! deleted whatever happens: by the provider when the case is over, or by the reclaimer when the run has died.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use functest::core::Provider;
use functest::core::case::Resources;
use functest::core::event::{CleanUp, Leftover};
use functest::core::ledger::{Intent, Journal, ReclaimError, Reclaimer};
use functest::core::need::Requirement;
use functest::core::provider::{CaseJournal, ForCase, Offer, ProviderError};
use serde_json::{Value, json};

/// The place's name, in ledgers and as a requirement.
const PLACE: &str = "shared folder";

/// The folder.
#[derive(Clone, Debug)]
pub(crate) struct SharedFolder(pub(crate) PathBuf);

impl SharedFolder {
    /// What a case requires that works in the folder.
    pub(crate) fn requirement() -> Requirement {
        Requirement::Other { name: PLACE.into() }
    }

    /// A folder that is not there, because a disk is not mounted, says nothing about what is in it.
    fn require(&self) -> Result<(), String> {
        if self.0.is_dir() { Ok(()) } else { Err(format!("there is no folder {}", self.0.display())) }
    }

    /// Deletes what the journal says was made here, of one case or of all.
    async fn remove_all(&self, journal: &Journal, scope: Option<&str>) -> CleanUp {
        let mut done = CleanUp::default();
        for entry in journal.open_in(PLACE, scope) {
            match self.remove(journal, &entry.intent).await {
                Ok(true) => done.deleted.push(entry.thing()),
                Ok(false) => {}
                Err(reason) => done.left.push(Leftover { thing: entry.thing(), reason: reason.to_string() }),
            }
        }
        done
    }

    /// Deletes one file, and writes down that it is gone; `false` when it was never made.
    async fn remove(&self, journal: &Journal, intent: &Intent) -> io::Result<bool> {
        let was_there = match std::fs::remove_file(self.0.join(&intent.name)) {
            Ok(()) => true,
            Err(error) if error.kind() == io::ErrorKind::NotFound => false,
            Err(error) => return Err(error),
        };
        journal.gone(intent.seq).await?;
        Ok(was_there)
    }
}

/// What a case is given: a way to make files in the folder that cannot forget them.
#[derive(Clone, Debug)]
pub(crate) struct CaseFolder {
    path: PathBuf,
    journal: Arc<Journal>,
    case_name: String,
}

impl CaseFolder {
    /// Makes a file of a name that nobody else has.
    ///
    /// # Errors
    /// When it cannot be written down or made.
    pub(crate) async fn make(&self, text: &str) -> io::Result<PathBuf> {
        // The intent comes first: a process that dies after this line leaves nothing that a clean-up does not find.
        let intent = self.journal.intend(|seq| self.intent(seq)).await?;
        let path = self.path.join(&intent.name);
        match write_new(&path, text) {
            Ok(()) => self.journal.made(intent.seq, &intent.name).await.map(|()| path),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                // It is somebody else's, and must not be deleted.
                self.journal.refused(intent.seq, &error.to_string()).await?;
                Err(error)
            }
            // It may be there by half, and is deleted with the others.
            Err(error) => Err(error),
        }
    }

    fn intent(&self, seq: u64) -> Intent {
        let run_id = &self.journal.head().run_id;
        Intent::named(seq, PLACE, &self.case_name, "file", format!("{run_id}-{seq}.txt"))
    }
}

fn write_new(path: &Path, text: &str) -> io::Result<()> {
    let mut file = std::fs::File::create_new(path)?;
    io::Write::write_all(&mut file, text.as_bytes())
}

/// Gives the folder to cases that require it, and deletes what they made when they are over.
#[async_trait]
impl Provider for SharedFolder {
    fn name(&self) -> &str {
        PLACE
    }

    async fn offers(&self, requirement: &Requirement) -> Offer {
        if *requirement != Self::requirement() {
            return Offer::NotMine;
        }
        match self.require() {
            Ok(()) => Offer::Met,
            Err(reason) => Offer::Lacking(format!("it needs the shared folder, and {reason}")),
        }
    }

    async fn open(&self, case: ForCase<'_>, resources: &mut Resources) -> Result<(), ProviderError> {
        if !case.needs.requires(&Self::requirement()) {
            return Ok(());
        }
        let no_journal = || ProviderError::new("the run has no ledger");
        let CaseJournal(journal) = resources.get::<CaseJournal>().as_deref().cloned().ok_or_else(no_journal)?;
        resources.insert(CaseFolder { path: self.0.clone(), journal, case_name: case.case_name.to_owned() });
        Ok(())
    }

    async fn close(&self, case_name: &str, resources: &Resources) -> CleanUp {
        match resources.get::<CaseFolder>() {
            Some(given) => self.remove_all(&given.journal, Some(case_name)).await,
            None => CleanUp::default(),
        }
    }
}

/// Deletes what a dead run left in the folder.
#[async_trait]
impl Reclaimer for SharedFolder {
    fn place(&self) -> &str {
        PLACE
    }

    fn identity(&self) -> Value {
        json!({ "path": self.0 })
    }

    async fn reclaim(&self, journal: &Arc<Journal>) -> Result<CleanUp, ReclaimError> {
        // A name that was free in one folder may be somebody's in another.
        let there = journal.head().places.get(PLACE).unwrap_or(&Value::Null);
        if *there != self.identity() {
            return Err(ReclaimError::new(format!("the run was in {there}, this is {}", self.identity())));
        }
        self.require().map_err(ReclaimError::new)?;
        Ok(self.remove_all(journal, None).await)
    }
}
