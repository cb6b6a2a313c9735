// SPDX-License-Identifier: Apache-2.0
//! Times, durations and counts in words.

use chrono::{DateTime, SecondsFormat, Utc};
use functest_core::event::Level;

/// `320 ms`, `4.2 s`, `42 s`, `3 min 12 s`, `1 h 05 min`.
pub(crate) fn duration(ms: u64) -> String {
    let seconds = ms / 1000 + u64::from(ms % 1000 >= 500);
    match ms {
        0..1000 => format!("{ms} ms"),
        1000..9950 => format!("{:.1} s", ms as f64 / 1000.0),
        9950..59_500 => format!("{seconds} s"),
        59_500..3_599_500 => format!("{} min {:02} s", seconds / 60, seconds % 60),
        _ => {
            let minutes = (seconds + 30) / 60;
            format!("{} h {:02} min", minutes / 60, minutes % 60)
        }
    }
}

/// A latency in milliseconds without its unit: `0.84`, `12.3`, `1,204`.
pub(crate) fn milliseconds(ms: f64) -> String {
    match ms {
        ..9.995 => format!("{ms:.2}"),
        ..99.95 => format!("{ms:.1}"),
        _ => grouped(ms.round() as u64),
    }
}

/// `1,204,300`
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 case`, `2 cases`
pub(crate) fn counted(number: u64, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", grouped(number))
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

/// `text` with what would steer a terminal or a reader's eye made visible: control characters other than line breaks
/// and tabs, and those that turn the direction of writing.
pub(crate) fn visible(text: &str) -> String {
    let steers = |c: char| {
        (c.is_control() && !matches!(c, '\n' | '\t'))
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffe}' | '\u{ffff}')
    };
    let text = text.replace("\r\n", "\n");
    if !text.contains(steers) {
        return text;
    }
    text.chars().map(|c| if steers(c) { c.escape_unicode().to_string() } else { c.to_string() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_as_exact_as_a_reader_needs() {
        let table = [
            (0, "0 ms"),
            (999, "999 ms"),
            (1000, "1.0 s"),
            (9949, "9.9 s"),
            (9950, "10 s"),
            (59_499, "59 s"),
            (59_500, "1 min 00 s"),
            (192_000, "3 min 12 s"),
            (3_599_499, "59 min 59 s"),
            (3_599_500, "1 h 00 min"),
            (3_900_000, "1 h 05 min"),
            (360_000_000, "100 h 00 min"),
        ];
        for (ms, text) in table {
            assert_eq!(duration(ms), text, "{ms}");
        }
    }

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

    #[test]
    fn control_characters_are_made_visible() {
        assert_eq!(visible("a\tb\r\nc"), "a\tb\nc");
        assert_eq!(visible("\u{1b}[31mred\0"), "\\u{1b}[31mred\\u{0}");
        assert_eq!(visible("abc\u{202e}fdp"), "abc\\u{202e}fdp");
    }
}
