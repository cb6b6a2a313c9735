// SPDX-License-Identifier: Apache-2.0
//! SSH: the floating IPs of guests, on loopback addresses of this machine, and the sessions on them.
//!
//! It serves what runs in the cloud, as the HTTP server serves the cloud itself; the two know nothing of each other.

mod door;
mod session;

pub(crate) use self::door::{Doors, Doorway};
