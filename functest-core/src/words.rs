// SPDX-License-Identifier: Apache-2.0
//! Durations, strange texts and names of files, the same on a terminal, in a report and on the disk.

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

/// `1,204,300`
pub fn grouped(number: u64) -> String {
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
pub fn counted(number: u64, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", grouped(number))
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

/// A message of a reader of documents without the text that stood in the place of something else: where a whole file is of
/// another kind than was thought, that text is the file, and may hold secrets.
pub fn without_text(message: &str) -> String {
    let text = ["invalid type: string \"", "invalid value: string \""].iter().find_map(|words| message.find(words));
    match (text, message.rfind("\", expected ")) {
        (Some(start), Some(end)) if start < end => {
            format!("{}found a text, expected {}", &message[..start], &message[end + "\", expected ".len()..])
        }
        _ => message.to_owned(),
    }
}

/// What a reader of documents says about a value of the wrong type, in words for those who do not know its types.
pub fn plainly(message: &str) -> String {
    let rest = ["invalid type: ", "invalid value: "].iter().find_map(|words| message.strip_prefix(words));
    let Some((found, expected)) = rest.and_then(|rest| rest.rsplit_once(", expected ")) else {
        return message.to_owned();
    };
    format!("expected {}, found {}", expected_plainly(expected), found_plainly(found))
}

fn expected_plainly(expected: &str) -> String {
    let name = |words: &str| words.to_owned();
    let to = |largest: u128| format!("a whole number from 0 to {largest}");
    match expected {
        "f32" | "f64" => name("a number"),
        "u8" => to(u8::MAX.into()),
        "u16" => to(u16::MAX.into()),
        "u32" => to(u32::MAX.into()),
        "u64" | "usize" => name("a whole number that is not below 0"),
        "i8" | "i16" | "i32" | "i64" | "isize" => name("a whole number"),
        "a boolean" => name("true or false"),
        "a string" => name("a text"),
        "a sequence" => name("a list"),
        other if other.starts_with("struct ") => name("a map"),
        other => name(other),
    }
}

fn found_plainly(found: &str) -> String {
    match found.split_once(' ') {
        Some(("string", text)) => format!("the text {text}"),
        Some(("integer" | "boolean", value)) => value.trim_matches('`').to_owned(),
        _ if found.starts_with("floating point ") => found["floating point ".len()..].trim_matches('`').to_owned(),
        _ => match found {
            "null" | "unit value" => "nothing".to_owned(),
            "sequence" => "a list".to_owned(),
            "map" => "a map".to_owned(),
            other => other.to_owned(),
        },
    }
}

/// A name for a file or a folder of a case: its own name, with every byte that might mean something to a file system, a
/// shell or a URL written as `~` and its number. Two cases never share one.
pub fn file_name(case: &str) -> String {
    /// File systems allow 255 bytes.
    const LONGEST: usize = 200;
    let mut name = String::new();
    for (i, byte) in case.bytes().enumerate() {
        let plain = byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-') || (byte == b'.' && i > 0);
        if plain {
            name.push(char::from(byte));
        } else {
            name.push_str(&format!("~{byte:02X}"));
        }
    }
    if name.is_empty() || name.len() > LONGEST {
        name.truncate(LONGEST - 20);
        name.push_str(&format!("~~{:016x}", fnv1a(case)));
    }
    name
}

/// The 64-bit FNV-1a hash: the same in every version of this program.
fn fnv1a(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_lose_the_text_that_they_quote() {
        let quoting = "rc: invalid type: string \"OS_PASSWORD=\\\"x\\\", expected y\", expected a map at line 1";
        assert_eq!(without_text(quoting), "rc: found a text, expected a map at line 1");
        assert_eq!(without_text("missing field `a`"), "missing field `a`");
    }

    #[test]
    fn wrong_types_are_told_without_their_names_in_rust() {
        for (said, plain) in [
            ("invalid type: string \"soon\", expected f64", "expected a number, found the text \"soon\""),
            ("invalid value: integer `70000`, expected u16", "expected a whole number from 0 to 65535, found 70000"),
            (
                "invalid type: floating point `1.5`, expected usize",
                "expected a whole number that is not below 0, found 1.5",
            ),
            ("invalid type: null, expected a boolean", "expected true or false, found nothing"),
            ("invalid type: sequence, expected a string", "expected a text, found a list"),
            (
                "invalid type: string \"a, expected b\", expected struct Range",
                "expected a map, found the text \"a, expected b\"",
            ),
            ("unknown variant `x`, expected `a` or `b`", "unknown variant `x`, expected `a` or `b`"),
        ] {
            assert_eq!(plainly(said), plain);
        }
    }

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

    #[test]
    fn file_names_are_safe_and_distinct() {
        assert_eq!(file_name("vping_ssh"), "vping_ssh");
        assert_eq!(file_name("a.b-c"), "a.b-c");
        assert_eq!(file_name("../../etc/passwd"), "~2E.~2F..~2Fetc~2Fpasswd");
        assert_eq!(file_name("a b~c"), "a~20b~7Ec");
        assert_eq!(file_name("ü"), "~C3~BC");
        let (one, other) = (file_name(&"x".repeat(300)), file_name(&"x".repeat(301)));
        assert!(one != other && one.len() < 255, "{one}");
        assert!(!file_name("").is_empty());
    }
}
