// SPDX-License-Identifier: Apache-2.0
//! What is going to happen by itself: a server that finishes booting, a task that ends.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Instant;

use super::Cloud;

/// Something that happens to one thing at its time.
pub(crate) type Happening = fn(&mut Cloud, &str);

/// What is going to happen, the next first.
#[derive(Debug, Default)]
pub(crate) struct Agenda {
    entries: BinaryHeap<Reverse<Entry>>,
    next: u64,
}

#[derive(Debug)]
struct Entry {
    due: Instant,
    /// Things due at one time happen in the order in which they were planned.
    place: u64,
    subject: String,
    happening: Happening,
}

impl Agenda {
    pub(crate) fn add(&mut self, due: Instant, subject: impl Into<String>, happening: Happening) {
        let place = self.next;
        self.next += 1;
        self.entries.push(Reverse(Entry { due, place, subject: subject.into(), happening }));
    }

    /// When the next is due.
    pub(crate) fn next_due(&self) -> Option<Instant> {
        self.entries.peek().map(|Reverse(entry)| entry.due)
    }

    /// Takes the next that is due by `now`.
    pub(crate) fn take(&mut self, now: Instant) -> Option<(Happening, String)> {
        if self.next_due()? > now {
            return None;
        }
        self.entries.pop().map(|Reverse(entry)| (entry.happening, entry.subject))
    }
}

impl Ord for Entry {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.due, self.place).cmp(&(other.due, other.place))
    }
}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.place == other.place
    }
}

impl Eq for Entry {}
