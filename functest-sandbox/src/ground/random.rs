// SPDX-License-Identifier: Apache-2.0
//! Everything that is made up: ids, passwords, MAC addresses, the fall of the dice. From one seed, so that it repeats.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// A source of everything random.
#[derive(Debug)]
pub(crate) struct Random(StdRng);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(StdRng::seed_from_u64(seed))
    }

    /// A UUID with dashes, as Nova, Neutron and Glance have them.
    pub(crate) fn uuid(&mut self) -> String {
        self.raw_uuid().hyphenated().to_string()
    }

    /// A UUID without dashes, as Keystone has them.
    pub(crate) fn hex_id(&mut self) -> String {
        self.raw_uuid().simple().to_string()
    }

    fn raw_uuid(&mut self) -> uuid::Uuid {
        uuid::Builder::from_random_bytes(self.bytes()).into_uuid()
    }

    pub(crate) fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.fill(&mut bytes[..]);
        bytes
    }

    /// That many letters and digits.
    pub(crate) fn word(&mut self, length: usize) -> String {
        const LETTERS: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";
        (0..length).map(|_| char::from(LETTERS[self.below(LETTERS.len())])).collect()
    }

    /// A number from 0 on, less than that; 0 when that is 0.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        if end == 0 { 0 } else { self.0.random_range(0..end) }
    }
}
