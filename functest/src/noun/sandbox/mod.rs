// SPDX-License-Identifier: Apache-2.0
//! `sandbox`: a cloud of our own to try things on. Without the feature `sandbox` there is none, and whoever wants one is told.

#[cfg(not(feature = "sandbox"))]
mod absent;
#[cfg(feature = "sandbox")]
mod embedded;
#[cfg(feature = "sandbox")]
mod matrix;
mod request;
#[cfg(feature = "sandbox")]
mod serve;

#[cfg(not(feature = "sandbox"))]
pub(crate) use self::absent::Embedded;
#[cfg(feature = "sandbox")]
pub(crate) use self::embedded::Embedded;
#[cfg(feature = "sandbox")]
pub use self::matrix::{Detection, FaultRow, Matrix, MatrixRequest};
pub use self::request::SandboxRequest;
#[cfg(feature = "sandbox")]
pub use self::serve::{SandboxAddress, SandboxVerbs, ServeRequest, ServedSandbox};
