// SPDX-License-Identifier: Apache-2.0
//! Rust source as words: without comments, texts and tests, which say nothing of what the code uses.

/// A name, `::`, or one other sign; and its line, from 1 on.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Word {
    pub(crate) text: String,
    pub(crate) line: usize,
}

impl Word {
    /// Whether it is a name.
    pub(crate) fn is_name(&self) -> bool {
        self.text.starts_with(|c: char| c.is_alphabetic() || c == '_')
    }
}

/// The words of a source file.
pub(crate) fn words(source: &str) -> Vec<Word> {
    let mut reader = Reader { left: source, line: 1 };
    let mut words = Vec::new();
    while let Some(first) = reader.left.chars().next() {
        let line = reader.line;
        let text = match first {
            '/' if reader.left.starts_with("//") => reader.skip(line_comment(reader.left)),
            '/' if reader.left.starts_with("/*") => reader.skip(block_comment(reader.left)),
            '"' => reader.skip(quoted(reader.left, 0)),
            'r' | 'b' if text_prefix(reader.left).is_some() => reader.skip(prefixed(reader.left)),
            '\'' => reader.skip(character_or_lifetime(reader.left)),
            ':' if reader.left.starts_with("::") => Some(reader.take(2)),
            c if c.is_alphabetic() || c == '_' => Some(reader.take(name(reader.left))),
            c if c.is_whitespace() => reader.skip(c.len_utf8()),
            c => Some(reader.take(c.len_utf8())),
        };
        words.extend(text.map(|text| Word { text, line }));
    }
    words
}

struct Reader<'s> {
    left: &'s str,
    line: usize,
}

impl Reader<'_> {
    fn take(&mut self, length: usize) -> String {
        let (taken, left) = self.left.split_at(length);
        self.line += taken.matches('\n').count();
        self.left = left;
        taken.to_owned()
    }

    fn skip(&mut self, length: usize) -> Option<String> {
        self.take(length);
        None
    }
}

fn name(text: &str) -> usize {
    text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len())
}

fn line_comment(text: &str) -> usize {
    text.find('\n').unwrap_or(text.len())
}

/// Block comments nest.
fn block_comment(text: &str) -> usize {
    let mut depth = 0;
    let mut place = 0;
    while place < text.len() {
        if text[place..].starts_with("/*") {
            depth += 1;
            place += 2;
        } else if text[place..].starts_with("*/") {
            depth -= 1;
            place += 2;
            if depth == 0 {
                return place;
            }
        } else {
            place += text[place..].chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

/// The length of a text in quotes, the first of which is at `start`.
fn quoted(text: &str, start: usize) -> usize {
    let mut escaped = false;
    for (place, c) in text.char_indices().skip_while(|(place, _)| *place <= start) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return place + 1,
            _ => {}
        }
    }
    text.len()
}

/// What stands before the first quote of a text such as `r#"..."#` or `b"..."`; nothing when it is no text.
fn text_prefix(text: &str) -> Option<&str> {
    let (prefix, _) = text.split_once('"')?;
    matches!(prefix.trim_end_matches('#'), "r" | "b" | "br").then_some(prefix)
}

fn prefixed(text: &str) -> usize {
    let prefix = text_prefix(text).unwrap_or_default();
    if !prefix.contains('r') {
        return quoted(text, prefix.len());
    }
    let end = format!("\"{}", "#".repeat(prefix.matches('#').count()));
    let start = prefix.len() + 1;
    text[start..].find(&end).map_or(text.len(), |place| start + place + end.len())
}

fn character_or_lifetime(text: &str) -> usize {
    let mut letters = text.char_indices().skip(1);
    match (letters.next(), letters.next()) {
        (Some((_, '\\')), _) => text[3..].find('\'').map_or(text.len(), |place| 3 + place + 1),
        (Some(_), Some((place, '\''))) => place + 1,
        _ => 1 + name(&text[1..]),
    }
}

/// The words without modules of tests: a test may build whatever it needs.
pub(crate) fn without_tests(words: &[Word]) -> Vec<Word> {
    const TESTS: [&str; 8] = ["#", "[", "cfg", "(", "test", ")", "]", "mod"];
    let mut kept = Vec::new();
    let mut place = 0;
    while place < words.len() {
        let ahead = words[place..].iter().map(|word| word.text.as_str()).take(TESTS.len());
        if ahead.eq(TESTS) {
            place = end_of_braces(words, place);
        } else {
            kept.push(words[place].clone());
            place += 1;
        }
    }
    kept
}

/// The place behind the first braces from `start` on, with all that is in them.
pub(crate) fn end_of_braces(words: &[Word], start: usize) -> usize {
    let mut depth = 0;
    for (place, word) in words.iter().enumerate().skip(start) {
        match word.text.as_str() {
            "{" => depth += 1,
            "}" => depth -= 1,
            _ => continue,
        }
        if depth == 0 {
            return place + 1;
        }
    }
    words.len()
}
