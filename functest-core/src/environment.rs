// SPDX-License-Identifier: Apache-2.0
//! Environments: what is made ready for a case before it runs, and taken down after it, whatever happened.

use async_trait::async_trait;

use crate::case::{Needs, Resources};
use crate::event::CleanUp;

/// Where cases run.
#[async_trait]
pub trait Environment: Send + Sync {
    /// How many cases it can hold at a time; `None` is any number.
    fn capacity(&self) -> Option<usize> {
        None
    }

    /// Why a case with these needs cannot run here; it is skipped with this reason.
    fn lacks(&self, needs: &Needs) -> Option<String> {
        let _ = needs;
        None
    }

    /// Makes everything ready for a case with these needs. What it made before an error, it takes down itself.
    ///
    /// # Errors
    /// When the case cannot be run; its verdict is then `errored`.
    async fn open(&self, case_name: &str, needs: &Needs) -> Result<Lease, EnvironmentError>;

    /// Takes down what was made for the case and what the case left. Always called, also after a panic or a cancel.
    async fn close(&self, lease: Lease) -> CleanUp;
}

/// What a case was given.
#[derive(Debug)]
pub struct Lease {
    /// The case's name.
    pub case_name: String,
    /// What the case can look up.
    pub resources: Resources,
}

/// Why an environment could not be made ready.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct EnvironmentError {
    /// What was attempted, and why it failed.
    pub message: String,
    /// What was taken down again, and what was left.
    pub clean_up: CleanUp,
}

/// An environment that makes nothing, for cases that need no cloud.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoEnvironment;

#[async_trait]
impl Environment for NoEnvironment {
    fn lacks(&self, needs: &Needs) -> Option<String> {
        needs.a_cloud().then(|| "it needs a cloud, and none was named (--cloud or OS_CLOUD)".into())
    }

    async fn open(&self, case_name: &str, _needs: &Needs) -> Result<Lease, EnvironmentError> {
        Ok(Lease { case_name: case_name.to_owned(), resources: Resources::default() })
    }

    async fn close(&self, _lease: Lease) -> CleanUp {
        CleanUp::default()
    }
}
