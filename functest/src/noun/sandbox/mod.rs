// SPDX-License-Identifier: Apache-2.0
//! `sandbox`: a cloud of our own to try things on.

mod matrix;
mod request;
mod serve;

pub use self::matrix::{Detection, FaultRow, Matrix};
pub use self::request::{MatrixRequest, SandboxRequest};
pub use self::serve::{SandboxAddress, ServeRequest, ServedSandbox};

use crate::embed::Functest;
use crate::error::Error;

/// What can be done with sandboxes; see [`Functest::sandbox`].
#[derive(Clone, Copy)]
pub struct SandboxVerbs<'a> {
    functest: &'a Functest,
}

impl Functest {
    /// Clouds of our own.
    pub fn sandbox(&self) -> SandboxVerbs<'_> {
        SandboxVerbs { functest: self }
    }
}

impl SandboxVerbs<'_> {
    /// Runs cases on sandboxes that are broken in one way each. `progress` is told the fault before its run.
    ///
    /// # Errors
    /// When nothing is selected, or a run cannot be started.
    pub async fn matrix(
        &self,
        request: &MatrixRequest,
        progress: &(dyn Fn(&str) + Send + Sync),
    ) -> Result<Matrix, Error> {
        self.functest.detection_matrix(&request.names, progress).await
    }
}
