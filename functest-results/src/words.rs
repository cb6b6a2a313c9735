// SPDX-License-Identifier: Apache-2.0
//! Times and counts in words, and those of core.

use chrono::{DateTime, SecondsFormat, Utc};
use functest_core::event::Level;
pub(crate) use functest_core::words::{counted, duration, grouped, visible};

/// A latency in milliseconds without its unit: `0.84`, `12.3`, `1,204`.
pub(crate) fn milliseconds(ms: f64) -> String {
    match ms {
        ..9.995 => format!("{ms:.2}"),
        ..99.95 => format!("{ms:.1}"),
        _ => grouped(ms.round() as u64),
    }
}

/// `2025-11-22T18:03:12.042Z`
pub(crate) fn timestamp(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// `22 Nov 2025, 18:03:12 UTC`
pub(crate) fn date_and_time(at: DateTime<Utc>) -> String {
    at.format("%-d %b %Y, %H:%M:%S UTC").to_string()
}

/// `18:03:12`
pub(crate) fn time_of_day(at: DateTime<Utc>) -> String {
    at.format("%H:%M:%S").to_string()
}

/// `debug`, `info`, `warning` or `error`.
pub(crate) fn level(level: Level) -> &'static str {
    match level {
        Level::Debug => "debug",
        Level::Info => "info",
        Level::Warning => "warning",
        Level::Error => "error",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(counted(1, "case"), "1 case");
        assert_eq!(counted(1200, "case"), "1,200 cases");
        assert_eq!(milliseconds(0.837), "0.84");
        assert_eq!(milliseconds(9.996), "10.0");
        assert_eq!(milliseconds(1203.6), "1,204");
    }
}
