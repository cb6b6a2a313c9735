// SPDX-License-Identifier: Apache-2.0
//! How a check and a case end when they do not end well.

use crate::verdict::{CheckOutcome, FailedRequest, Fault};

/// Why a check did not pass.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// The cloud did not do what it must.
    #[error("{message}")]
    Failed {
        /// What was expected and what came.
        message: String,
        /// The request, if one request shows it.
        request: Option<FailedRequest>,
    },
    /// It could not be found out, for a reason that is not the cloud's.
    #[error("{0}")]
    Errored(String),
    /// It does not apply to this cloud.
    #[error("{0}")]
    Skipped(String),
}

impl CheckError {
    /// The cloud did not do what it must.
    pub fn failed(message: impl Into<String>) -> Self {
        Self::Failed { message: message.into(), request: None }
    }
}

impl From<CheckError> for CheckOutcome {
    fn from(error: CheckError) -> Self {
        match error {
            CheckError::Failed { message, request } => Self::Failed(Fault { message, request }),
            CheckError::Errored(message) => Self::errored(message),
            CheckError::Skipped(reason) => Self::Skipped { reason },
        }
    }
}

/// Why a case could not go on.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct CaseError(pub String);
