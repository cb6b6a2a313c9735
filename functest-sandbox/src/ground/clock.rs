// SPDX-License-Identifier: Apache-2.0
//! What time the cloud believes it is, and how its services write it.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};

/// The cloud's clock. A fault may set it wrong.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    /// How much later than ours it is; negative when it is behind.
    pub(crate) skew: TimeDelta,
}

impl Clock {
    pub(crate) fn now(&self) -> DateTime<Utc> {
        Utc::now() + self.skew
    }

    /// As Nova, Neutron and Glance write it: `2026-01-02T03:04:05Z`.
    pub(crate) fn stamp(&self) -> String {
        stamp(self.now())
    }

    /// As Nova's records of services and of boots have it: `2026-01-02T03:04:05.000000`.
    pub(crate) fn bare_stamp(&self) -> String {
        self.now().format("%Y-%m-%dT%H:%M:%S%.6f").to_string()
    }
}

/// `2026-01-02T03:04:05Z`.
pub(crate) fn stamp(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// As Keystone writes it: `2026-01-02T03:04:05.000000Z`.
pub(crate) fn fine_stamp(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string()
}

/// A time as users write it, with or without a zone; without, it is UTC.
pub(crate) fn parse_stamp(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some(time.to_utc());
    }
    let formats = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f"];
    formats.iter().find_map(|format| NaiveDateTime::parse_from_str(text, format).ok()).map(|time| time.and_utc())
}
