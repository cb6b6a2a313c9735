// SPDX-License-Identifier: Apache-2.0
//! What is broken on demand.

mod file;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

pub use self::file::{FaultFile, FaultFileError};
pub(crate) use self::file::{Lie, Rule};
use crate::api::{Call, Reply};
use crate::cloud::Cloud;

/// What is broken now.
#[derive(Debug)]
pub(crate) struct Faults {
    pub(crate) rules: Vec<Rule>,
    dice: StdRng,
}

impl Faults {
    pub(crate) fn new(file: FaultFile, seed: u64) -> Self {
        // Dice of their own: what ids a cloud gives does not depend on what is broken in it.
        Self { rules: file.faults, dice: StdRng::seed_from_u64(seed ^ 0xFA17) }
    }

    /// Whether the cloud lies in that way.
    pub(crate) fn lies(&self, lie: Lie) -> bool {
        self.rules.iter().any(|rule| rule.lie == lie)
    }

    /// A number from 0 up to 1.
    pub(crate) fn dice(&mut self) -> f64 {
        self.dice.random()
    }
}

/// The answer that a fault gives in the handler's place.
pub(crate) fn instead(cloud: &mut Cloud, call: &Call) -> Option<Reply> {
    let deletes = call.method == http::Method::DELETE;
    (deletes && cloud.faults.lies(Lie::DeleteDeletesNothing)).then(Reply::no_content)
}
