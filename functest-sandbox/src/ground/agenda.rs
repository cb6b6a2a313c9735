// SPDX-License-Identifier: Apache-2.0
//! What is going to happen by itself: a server that finishes booting, a task that ends.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Instant;

/// Something that happens to one thing in the world `W` at its time.
pub(crate) type Happening<W> = fn(&mut W, &str);

/// What is going to happen in the world `W`, the next first.
#[derive(Debug)]
pub(crate) struct Agenda<W> {
    entries: BinaryHeap<Reverse<Entry<W>>>,
    next: u64,
}

#[derive(Debug)]
struct Entry<W> {
    due: Instant,
    /// Things due at one time happen in the order in which they were planned.
    place: u64,
    subject: String,
    happening: Happening<W>,
}

impl<W> Default for Agenda<W> {
    fn default() -> Self {
        Self { entries: BinaryHeap::new(), next: 0 }
    }
}

impl<W> Agenda<W> {
    pub(crate) fn add(&mut self, due: Instant, subject: impl Into<String>, happening: Happening<W>) {
        let place = self.next;
        self.next += 1;
        self.entries.push(Reverse(Entry { due, place, subject: subject.into(), happening }));
    }

    /// When the next is due.
    pub(crate) fn next_due(&self) -> Option<Instant> {
        self.entries.peek().map(|Reverse(entry)| entry.due)
    }

    /// Takes the next that is due by `now`.
    pub(crate) fn take(&mut self, now: Instant) -> Option<(Happening<W>, String)> {
        if self.next_due()? > now {
            return None;
        }
        self.entries.pop().map(|Reverse(entry)| (entry.happening, entry.subject))
    }
}

impl<W> Ord for Entry<W> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.due, self.place).cmp(&(other.due, other.place))
    }
}

impl<W> PartialOrd for Entry<W> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<W> PartialEq for Entry<W> {
    fn eq(&self, other: &Self) -> bool {
        self.place == other.place
    }
}

impl<W> Eq for Entry<W> {}
