// SPDX-License-Identifier: Apache-2.0
//! Test cases: what one is, the checks it is made of, and what it is given while it runs.

mod book;
mod check;
mod ctx;
mod error;
mod finished;
mod resources;
mod table;

use async_trait::async_trait;

pub use self::check::{CheckSpec, Checks};
pub use self::ctx::{CheckHandle, Conclusion, Ctx, CtxParts, Ending, panic_message};
pub use self::error::{CaseError, CheckError};
pub use self::finished::FinishedCheck;
pub use self::resources::Resources;
pub use self::table::{Check, Make, check, names_of, specs_of};
pub use crate::event::Attachment;
pub use crate::verdict::Ended;

/// A test case, ready to run once.
#[async_trait]
pub trait TestCase: Send + Sync {
    /// The checks that only the case's own tool knows, asked for when the case is about to run. What is asked for of them
    /// then has to be made, like checks that were known beforehand. Only cases of [`Checks::Listed`] are asked.
    ///
    /// # Errors
    /// When the tool cannot say. The case is then `errored`.
    async fn list(&self, ctx: &Ctx) -> Result<Vec<CheckSpec>, CaseError> {
        let _ = ctx;
        Ok(Vec::new())
    }

    /// Makes the case's checks through `ctx`; the verdict follows from their outcomes, and from what the case says of itself
    /// at its end, if it has anything to say.
    ///
    /// # Errors
    /// When the case could not go on. Its verdict is then `errored`, whatever its checks said before.
    async fn run(&self, ctx: &Ctx) -> Result<Ended, CaseError>;
}
