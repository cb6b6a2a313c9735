// SPDX-License-Identifier: Apache-2.0
//! A case as a table: each check beside the function that makes it, so that its name is written once.

use futures::future::BoxFuture;

use super::{CheckError, CheckSpec, Ctx};

/// A row of a case's table: what is checked, and how, with the help of a `C`.
#[derive(Debug)]
pub struct Check<C> {
    /// What is checked.
    pub spec: CheckSpec,
    /// Makes the check.
    pub make: Make<C>,
}

/// Makes one check.
pub type Make<C> = for<'a> fn(&'a C) -> BoxFuture<'a, Result<(), CheckError>>;

/// A row: `check("name", "what the cloud must do", |c| Box::pin(function(c)))`.
pub const fn check<C>(name: &'static str, states: &'static str, make: Make<C>) -> Check<C> {
    Check { spec: CheckSpec::new(name, states), make }
}

impl<C> Check<C> {
    /// The same row, with what a reader must know to compare it with the original of the same name.
    pub const fn marked(name: &'static str, states: &'static str, mark: &'static str, make: Make<C>) -> Self {
        Self { spec: CheckSpec::marked(name, states, mark), make }
    }
}

/// The checks of a table, in its order.
pub fn specs_of<C>(table: &[Check<C>]) -> Vec<CheckSpec> {
    table.iter().map(|row| row.spec.clone()).collect()
}

/// The names of a table's checks, in its order.
pub fn names_of<C>(table: &[Check<C>]) -> Vec<&str> {
    table.iter().map(|row| row.spec.name.as_ref()).collect()
}

impl Ctx {
    /// Makes every check of a table, one after the other, whatever became of the one before.
    pub async fn make_all<C: Sync>(&self, table: &[Check<C>], with: &C) {
        for row in table {
            self.check(&row.spec.name, (row.make)(with)).await;
        }
    }
}
