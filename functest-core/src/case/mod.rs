// SPDX-License-Identifier: Apache-2.0
//! Test cases: what one is, what it needs, and what it is given while it runs.

mod ctx;
mod error;
mod needs;
mod resources;

use async_trait::async_trait;
use serde_json::Value;

use crate::catalogue::DriverName;
use crate::settings::{SettingsError, SettingsSpec};

pub use self::ctx::{Ctx, CtxParts, panic_message};
pub use self::error::{CaseError, CheckError};
pub use self::needs::{Lock, Needs};
pub use self::resources::Resources;

/// A test case, ready to run once.
#[async_trait]
pub trait TestCase: Send + Sync {
    /// Makes the case's checks through `ctx`; the verdict follows from their outcomes.
    ///
    /// # Errors
    /// When the case could not go on. Its verdict is then `errored`, whatever its checks said before.
    async fn run(&self, ctx: &Ctx) -> Result<(), CaseError>;
}

/// Makes test cases of one kind, and says beforehand what they are.
pub trait CaseFactory: Send + Sync {
    /// The names by which catalogues call for it.
    fn drivers(&self) -> Vec<DriverName>;

    /// Every check that the case can make, in its usual order.
    fn checks(&self) -> Vec<CheckSpec>;

    /// What it needs while it runs.
    fn needs(&self) -> Needs;

    /// The keys that can be set, with their defaults.
    fn settings(&self) -> SettingsSpec;

    /// A case with these settings, already merged and complete.
    ///
    /// # Errors
    /// When a value is not what the case can use.
    fn build(&self, settings: Value) -> Result<Box<dyn TestCase>, SettingsError>;
}

/// A check before it runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckSpec {
    /// Unique in its case.
    pub name: &'static str,
    /// What the cloud must do, in one sentence.
    pub states: &'static str,
    /// What the reader must know to compare it with the original of the same name.
    pub mark: Option<&'static str>,
}
