// SPDX-License-Identifier: Apache-2.0
//! A test case that makes things in the folder: what is put there can be read again.

use std::sync::Arc;

use async_trait::async_trait;
use functest::core::case::{CaseError, Check, CheckError, Ended, check, specs_of};
use functest::core::driver::SingleCase;
use functest::core::need::Needs;
use functest::core::settings::CaseSettings;
use functest::core::{Ctx, TestCase};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::folder::{CaseFolder, SharedFolder};

/// The case, as a driver of its one name.
pub(crate) const CASE: SingleCase<Settings> = SingleCase {
    name: "letters",
    class: None,
    checks: || specs_of(CHECKS),
    needs: |_| Needs::of([SharedFolder::requirement()]),
    body: |settings| Box::new(Letters(settings)),
};

/// What can be set.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Settings {
    /// How many letters are put into the folder.
    letters: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self { letters: 3 }
    }
}

impl CaseSettings for Settings {}

const CHECKS: &[Check<Mailbox>] =
    &[check("letters_arrive", "what is put into the folder can be read again", |mailbox| {
        Box::pin(letters_arrive(mailbox))
    })];

struct Letters(Settings);

/// What the check works with.
struct Mailbox {
    folder: Arc<CaseFolder>,
    letters: u32,
}

#[async_trait]
impl TestCase for Letters {
    async fn run(&self, ctx: &Ctx) -> Result<Ended, CaseError> {
        ctx.make_all(CHECKS, &Mailbox { folder: ctx.get()?, letters: self.0.letters }).await;
        Ok(Ended::default())
    }
}

async fn letters_arrive(mailbox: &Mailbox) -> Result<(), CheckError> {
    for number in 1..=mailbox.letters {
        let text = format!("letter {number}");
        let path = mailbox.folder.make(&text).await;
        let path = path.map_err(|error| CheckError::failed(format!("cannot put a letter into the folder: {error}")))?;
        let read = std::fs::read_to_string(&path);
        let read = read.map_err(|error| CheckError::failed(format!("cannot read {}: {error}", path.display())))?;
        if read != text {
            return Err(CheckError::failed(format!("expected {text:?} in {}, found {read:?}", path.display())));
        }
    }
    Ok(())
}
