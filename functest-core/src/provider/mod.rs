// SPDX-License-Identifier: Apache-2.0
//! Providers: who makes ready what a case is given before it runs, and takes it down afterwards, whatever happened.
//!
//! A run has a list of them: the cloud, the nodes of the system under test, a working folder. They are opened in their order
//! and closed in reverse, outside the case's own future.

mod chain;
mod journal;
mod working_folder;

use async_trait::async_trait;

use crate::case::Resources;
use crate::event::{CleanUp, Leftover};
use crate::need::{Needs, Requirement};

pub use self::chain::{Lack, Opened, Providers};
pub use self::journal::{CaseJournal, JournalProvider};
pub use self::working_folder::{WorkingFolder, WorkingFolderProvider};

/// What a provider says to a requirement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Offer {
    /// It can meet it.
    Met,
    /// It is the one to meet it, and cannot: why, in a whole sentence about the case, such as "it needs ...".
    Lacking(String),
    /// It has nothing to do with such requirements.
    NotMine,
}

/// For whom something is made ready.
#[derive(Clone, Copy, Debug)]
pub struct ForCase<'a> {
    /// The case's name.
    pub case_name: &'a str,
    /// 1 for the first time that the case is tried in its run.
    pub attempt: u32,
    /// What it needs.
    pub needs: &'a Needs,
}

/// Makes something ready for cases.
#[async_trait]
pub trait Provider: Send + Sync {
    /// What it provides, for messages, such as `cloud`.
    fn name(&self) -> &str;

    /// How many cases it can hold at a time; `None` is any number.
    fn capacity(&self) -> Option<usize> {
        None
    }

    /// Whether it can meet a requirement.
    async fn offers(&self, requirement: &Requirement) -> Offer;

    /// Makes ready what the case needs of it, and puts it where the case finds it. What it made before an error, it takes
    /// down itself.
    ///
    /// # Errors
    /// When the case cannot be run; its verdict is then `errored`.
    async fn open(&self, case: ForCase<'_>, resources: &mut Resources) -> Result<(), ProviderError>;

    /// Takes down what was made for the case and what the case left. Called once for each that was asked to open, also after a
    /// failure, a panic, a deadline or a cancel.
    async fn close(&self, case_name: &str, resources: &Resources) -> CleanUp {
        let _ = (case_name, resources);
        CleanUp::default()
    }

    /// Takes down what is there still when all cases have ended, such as what a task that a case has left behind made. Called
    /// once; what was said to be left of a case before may be said again.
    async fn end(&self) -> CleanUp {
        CleanUp::default()
    }

    /// What may be there still of a case whose taking down was given up.
    fn left(&self, case_name: &str) -> Vec<Leftover> {
        let _ = case_name;
        Vec::new()
    }
}

/// Why something could not be made ready.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct ProviderError {
    /// What was attempted, and why it failed.
    pub message: String,
    /// What was taken down again, and what was left.
    pub clean_up: CleanUp,
}

impl ProviderError {
    /// An error after which nothing is left.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), clean_up: CleanUp::default() }
    }
}
