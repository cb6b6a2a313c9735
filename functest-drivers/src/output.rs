// SPDX-License-Identifier: Apache-2.0
//! What a program writes, on its way to the case's log: in pieces, whatever its encoding and size.

use functest_core::Ctx;
use functest_core::event::{Audience, OutputStream};
use tokio::io::{AsyncRead, AsyncReadExt};

/// How much is read at a time.
const PIECE: usize = 16 * 1024;

/// The longest last line that is kept.
const LONGEST_LINE: usize = 500;

/// The last line that a program wrote which is not empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct LastLine {
    whole: String,
    growing: String,
}

impl LastLine {
    fn take(&mut self, text: &str) {
        for piece in text.split_inclusive('\n') {
            let line = piece.trim_end_matches(['\n', '\r']);
            let room = LONGEST_LINE.saturating_sub(self.growing.len());
            self.growing.push_str(&line[..line.floor_char_boundary(room)]);
            if piece.ends_with('\n') {
                let line = std::mem::take(&mut self.growing);
                if !line.trim().is_empty() {
                    self.whole = line;
                }
            }
        }
    }

    fn text(&self) -> &str {
        let growing = self.growing.trim();
        if growing.is_empty() { self.whole.trim() } else { growing }
    }
}

/// The most that is kept of what a program writes, in bytes.
const MOST_KEPT: usize = 16 * 1024 * 1024;

/// What is remembered of what a program wrote.
#[derive(Debug)]
pub(crate) struct Heard {
    last: LastLine,
    /// All of it, where that is asked for and there is room.
    kept: Option<String>,
}

impl Heard {
    pub(crate) fn new(keeps: bool) -> Self {
        Self { last: LastLine::default(), kept: keeps.then(String::new) }
    }

    fn take(&mut self, text: &str) {
        self.last.take(text);
        // Half of it would be taken for the whole.
        self.kept = self.kept.take().filter(|kept| kept.len() + text.len() <= MOST_KEPT);
        if let Some(kept) = &mut self.kept {
            kept.push_str(text);
        }
    }

    pub(crate) fn last_line(&self) -> &str {
        self.last.text()
    }

    pub(crate) fn whole(self) -> Option<String> {
        self.kept
    }
}

/// Passes on what comes from `source` until it ends.
pub(crate) async fn pass_on(
    mut source: impl AsyncRead + Unpin,
    ctx: &Ctx,
    (stream, audience): (OutputStream, Audience),
    heard: &mut Heard,
) {
    let mut decoder = Decoder::default();
    let mut buffer = vec![0; PIECE];
    loop {
        // A pipe that breaks has nothing more to say, like one that ends.
        let count = source.read(&mut buffer).await.unwrap_or(0);
        let text = if count == 0 { decoder.end() } else { decoder.decode(&buffer[..count]) };
        if !text.is_empty() {
            heard.take(&text);
            ctx.output(stream, &text, audience).await;
        }
        if count == 0 {
            return;
        }
    }
}

/// Makes text of bytes that may be cut within a character; what is not UTF-8 is replaced.
#[derive(Default)]
struct Decoder {
    /// The beginning of a character.
    pending: Vec<u8>,
}

impl Decoder {
    fn decode(&mut self, bytes: &[u8]) -> String {
        self.pending.extend_from_slice(bytes);
        let complete = self.pending.len() - incomplete_end(&self.pending);
        let text = String::from_utf8_lossy(&self.pending[..complete]).into_owned();
        self.pending.drain(..complete);
        text
    }

    fn end(&mut self) -> String {
        String::from_utf8_lossy(&std::mem::take(&mut self.pending)).into_owned()
    }
}

/// How many bytes at the end may be the beginning of a character.
fn incomplete_end(bytes: &[u8]) -> usize {
    match std::str::from_utf8(&bytes[bytes.len().saturating_sub(3)..]) {
        Ok(_) => 0,
        Err(_) => (1..=bytes.len().min(3)).find(|length| begins_character(&bytes[bytes.len() - length..])).unwrap_or(0),
    }
}

/// Whether these bytes are the beginning of one character, and not the whole of it.
fn begins_character(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_err_and(|error| error.valid_up_to() == 0 && error.error_len().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_survive_however_they_are_cut() {
        let text = "aü€😀z";
        for size in 1..=text.len() {
            let mut decoder = Decoder::default();
            let mut decoded: String = text.as_bytes().chunks(size).map(|piece| decoder.decode(piece)).collect();
            decoded.push_str(&decoder.end());
            assert_eq!(decoded, text, "in pieces of {size}");
        }
        let mut decoder = Decoder::default();
        assert_eq!(decoder.decode(b"a\xff\xfeb\xe2\x82"), "a\u{fffd}\u{fffd}b");
        assert_eq!(decoder.end(), "\u{fffd}");
    }

    #[test]
    fn the_last_line_is_the_last_that_says_something() {
        let mut last = LastLine::default();
        last.take("one\ntw");
        assert_eq!(last.text(), "tw");
        last.take("o\r\n\n  \n");
        assert_eq!(last.text(), "two");
        last.take(&"x".repeat(10_000));
        assert_eq!(last.text().len(), LONGEST_LINE);
    }

    #[test]
    fn what_is_too_much_to_keep_is_not_kept_by_half() {
        let mut heard = Heard::new(true);
        heard.take("one\n");
        heard.take("two");
        assert_eq!((heard.last_line(), heard.kept.as_deref()), ("two", Some("one\ntwo")));
        heard.take(&"x".repeat(MOST_KEPT));
        assert_eq!(heard.whole(), None);
    }
}
