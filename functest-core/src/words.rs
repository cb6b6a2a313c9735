// SPDX-License-Identifier: Apache-2.0
//! Durations and strange texts in words, the same on a terminal and in a report.

/// `320 ms`, `4.2 s`, `42 s`, `3 min 12 s`, `1 h 05 min`.
pub fn duration(ms: u64) -> String {
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

/// `text` with what would steer a terminal or a reader's eye made visible: control characters other than line breaks
/// and tabs, and those that turn the direction of writing.
pub fn visible(text: &str) -> String {
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
    fn control_characters_are_made_visible() {
        assert_eq!(visible("a\tb\r\nc"), "a\tb\nc");
        assert_eq!(visible("\u{1b}[31mred\0"), "\\u{1b}[31mred\\u{0}");
        assert_eq!(visible("abc\u{202e}fdp"), "abc\\u{202e}fdp");
    }
}
