// SPDX-License-Identifier: Apache-2.0
//! User-data: base64 as Nova takes it, a script as the guest runs it.

/// The bytes that a base64 text stands for. `None` when it is none.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let (mut bits, mut held, mut padding) = (0_u32, 0, 0);
    for byte in text.bytes().filter(|byte| !byte.is_ascii_whitespace()) {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b'=' => {
                padding += 1;
                continue;
            }
            _ => return None,
        };
        if padding > 0 {
            return None;
        }
        bits = bits << 6 | u32::from(value);
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
            bits &= (1 << held) - 1;
        }
    }
    (padding <= 2 && bits == 0).then_some(bytes)
}

/// The lines that a guest runs: those of a script for the shell. Of other kinds of user-data it runs nothing.
pub(crate) fn script(text: &str) -> Vec<String> {
    let Some(bytes) = decode(text) else { return Vec::new() };
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let mut lines = text.lines();
    match lines.next() {
        Some(first) if first.starts_with("#!") && first.contains("sh") => {
            lines.map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned).collect()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_read_and_everything_else_refused() {
        assert_eq!(decode("aGVsbG8=").unwrap(), b"hello");
        assert_eq!(decode("aGVs\nbG8h").unwrap(), b"hello!");
        assert_eq!(decode("").unwrap(), b"");
        for wrong in ["!!", "aGVs=bG8", "a===", "aGVsbG9="] {
            assert_eq!(decode(wrong), None, "{wrong}");
        }
        assert_eq!(script("IyEvYmluL3NoCmVjaG8gaGkKIyBub3RlCg=="), ["echo hi"]);
    }
}
