// SPDX-License-Identifier: Apache-2.0
//! What a cloud stands on, whatever its services are: tables, a clock, chance, an agenda, files for what is large.
//!
//! Nothing here knows a service, nor who asks: everything else in the crate may use it, and it uses nothing of the crate.

mod agenda;
mod clock;
mod nameless;
mod random;
mod table;

pub(crate) use self::agenda::{Agenda, Happening};
pub(crate) use self::clock::{Clock, fine_stamp, parse_stamp, stamp};
pub(crate) use self::nameless::Nameless;
pub(crate) use self::random::Random;
pub(crate) use self::table::Table;
