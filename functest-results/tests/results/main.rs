// SPDX-License-Identifier: Apache-2.0
//! Made-up runs through the sink, and what comes out of it.
#![expect(clippy::unwrap_used, reason = "what a test cannot do is a failure of the test")]

mod browser;
mod content;
mod old_folders;
mod sample;
mod sink;
mod validity;

use functest_core::event::Event;
use functest_core::record::{Fold, RunRecord};

/// The events of the made-up run of that name.
fn events(name: &str) -> Vec<Event> {
    let (_, make) = sample::ALL.iter().find(|(other, _)| *other == name).unwrap();
    make()
}

/// The record of the made-up run of that name.
fn record(name: &str) -> RunRecord {
    let events = events(name);
    let mut fold = Fold::begin(&events[0]).unwrap();
    events[1..].iter().for_each(|event| fold.take(event));
    fold.record()
}
