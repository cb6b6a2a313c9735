// SPDX-License-Identifier: Apache-2.0
//! Content that is no document: what is uploaded and downloaded, which may be larger than memory.

use std::sync::Arc;

use bytes::Bytes;
use md5::{Digest, Md5};
use sha2::Sha512;

use crate::ground::Nameless;

/// Content, in memory or on disk.
#[derive(Clone, Debug)]
pub(crate) enum Content {
    /// What the sandbox starts with, and what is small.
    Memory(Bytes),
    /// What was uploaded. The file goes with the last who has it.
    File(Arc<Nameless>),
    /// That many bytes of a file, from that one on.
    Part(Arc<Nameless>, u64, u64),
}

impl Content {
    /// That many bytes from that one on.
    pub(crate) fn part(self, start: u64, length: u64) -> Self {
        match self {
            Self::Memory(bytes) => {
                let bound = |place: u64| usize::try_from(place).unwrap_or(usize::MAX).min(bytes.len());
                Self::Memory(bytes.slice(bound(start)..bound(start.saturating_add(length))))
            }
            Self::File(file) => Self::Part(file, start, length),
            Self::Part(file, first, _) => Self::Part(file, first.saturating_add(start), length),
        }
    }
}

/// Content that has arrived.
#[derive(Clone, Debug)]
pub(crate) struct Upload {
    pub(crate) content: Content,
    pub(crate) sums: Sums,
}

impl Upload {
    /// Content of our own.
    pub(crate) fn of(bytes: Bytes) -> Self {
        let mut sums = Summing::default();
        sums.add(&bytes);
        Self { sums: sums.end(), content: Content::Memory(bytes) }
    }
}

/// What is told of content without looking at it again.
#[derive(Clone, Debug)]
pub(crate) struct Sums {
    /// In bytes.
    pub(crate) size: u64,
    pub(crate) md5: String,
    pub(crate) sha512: String,
}

/// Sums in the making: content is counted while it comes, because it is not held in memory.
#[derive(Default)]
pub(crate) struct Summing {
    size: u64,
    md5: Md5,
    sha512: Sha512,
}

impl Summing {
    /// Counts the next bytes.
    pub(crate) fn add(&mut self, bytes: &[u8]) {
        self.size += bytes.len() as u64;
        self.md5.update(bytes);
        self.sha512.update(bytes);
    }

    /// The sums of all that came.
    pub(crate) fn end(self) -> Sums {
        Sums { size: self.size, md5: hex(&self.md5.finalize()), sha512: hex(&self.sha512.finalize()) }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_is_cut_within_its_bounds() {
        let Content::Memory(part) = Content::Memory(Bytes::from_static(b"01234567")).part(6, 99) else {
            panic!("it is in memory")
        };
        assert_eq!(&part[..], b"67");
    }
}
