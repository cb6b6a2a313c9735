// SPDX-License-Identifier: Apache-2.0
//! The commands of a shell script, as far as a reader can tell them apart: words, quotes, comments. Nothing is expanded or
//! executed.

use std::iter::Peekable;
use std::str::Chars;

/// A simple command: its words, without the operator that ends it.
pub(super) struct Command {
    /// The line that it begins on.
    pub(super) line: usize,
    pub(super) words: Vec<Word>,
    /// Whether it stands behind `&&` or `||`.
    pub(super) is_chained: bool,
}

/// A word without its quotes.
#[derive(Default)]
pub(super) struct Word {
    pub(super) text: String,
    /// Whether a shell would put something else in its place: `$X`, `` `x` ``.
    pub(super) expands: bool,
}

/// The commands of `script`.
///
/// # Errors
/// When a quote, or what a shell would put something in the place of, does not end.
pub(super) fn commands(script: &str) -> Result<Vec<Command>, String> {
    let mut reader =
        Reader { chars: script.chars().peekable(), line: 1, commands: Vec::new(), command: None, word: None };
    reader.read()?;
    Ok(reader.commands)
}

struct Reader<'a> {
    chars: Peekable<Chars<'a>>,
    line: usize,
    commands: Vec<Command>,
    command: Option<Command>,
    word: Option<Word>,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<char> {
        let next = self.chars.next();
        self.line += usize::from(next == Some('\n'));
        next
    }

    fn read(&mut self) -> Result<(), String> {
        let mut is_chained = false;
        loop {
            let line = self.line;
            let Some(c) = self.next() else { break };
            match c {
                '#' if self.word.is_none() => while self.chars.next_if(|c| *c != '\n').is_some() {},
                '\n' | ';' | '(' | ')' => is_chained = self.end_command(false),
                '&' | '|' => {
                    let is_double = self.chars.next_if_eq(&c).is_some();
                    is_chained = self.end_command(is_double);
                }
                c if c.is_whitespace() => self.end_word(),
                _ => {
                    self.command.get_or_insert_with(|| Command { line, words: Vec::new(), is_chained });
                    let mut word = self.word.take().unwrap_or_default();
                    self.add(c, &mut word)?;
                    self.word = Some(word);
                }
            }
        }
        self.end_command(false);
        Ok(())
    }

    fn end_word(&mut self) {
        if let (Some(command), Some(word)) = (&mut self.command, self.word.take()) {
            command.words.push(word);
        }
    }

    /// Ends the command; whether the next one is chained to it.
    fn end_command(&mut self, chains: bool) -> bool {
        self.end_word();
        self.commands.extend(self.command.take());
        chains
    }

    /// Adds what `c` begins to `word`.
    fn add(&mut self, c: char, word: &mut Word) -> Result<(), String> {
        match c {
            '\\' => word.text.extend(self.next().filter(|c| *c != '\n')),
            '\'' => self.until('\'', word)?,
            '"' => self.double_quoted(word)?,
            '`' => self.substituted('`', '`', word)?,
            '$' => self.dollar(false, word)?,
            c => word.text.push(c),
        }
        Ok(())
    }

    /// All up to `end`, as it is.
    fn until(&mut self, end: char, word: &mut Word) -> Result<(), String> {
        let line = self.line;
        loop {
            match self.next() {
                Some(c) if c == end => return Ok(()),
                Some(c) => word.text.push(c),
                None => return Err(without_end(line, end)),
            }
        }
    }

    fn double_quoted(&mut self, word: &mut Word) -> Result<(), String> {
        let line = self.line;
        loop {
            match self.next() {
                Some('"') => return Ok(()),
                Some('\\') => match self.next() {
                    // Between double quotes a backslash is itself, except before these.
                    Some('\n') | None => {}
                    Some(c) if "$`\"\\".contains(c) => word.text.push(c),
                    Some(c) => word.text.extend(['\\', c]),
                },
                Some('`') => self.substituted('`', '`', word)?,
                Some('$') => self.dollar(true, word)?,
                Some(c) => word.text.push(c),
                None => return Err(without_end(line, '"')),
            }
        }
    }

    /// What a dollar sign begins; before anything else it is itself.
    fn dollar(&mut self, is_quoted: bool, word: &mut Word) -> Result<(), String> {
        word.text.push('$');
        match self.chars.peek() {
            Some('(') => self.substituted('(', ')', word),
            Some('{') => self.substituted('{', '}', word),
            Some('\'' | '"') => {
                word.expands |= !is_quoted;
                Ok(())
            }
            Some(c) => {
                word.expands |= c.is_ascii_alphanumeric() || "_*@#?-$!".contains(*c);
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// What a shell would work out, up to its end. What is in it matters to nobody here.
    fn substituted(&mut self, begin: char, end: char, word: &mut Word) -> Result<(), String> {
        word.expands = true;
        let line = self.line;
        let mut depth = usize::from(begin == end);
        loop {
            match self.next() {
                Some(c) if c == end => {
                    depth -= 1;
                    if depth == 0 {
                        return Ok(());
                    }
                }
                Some(c) if c == begin => depth += 1,
                Some('\\') => {
                    self.next();
                }
                Some('\'') if begin != end => self.until('\'', word)?,
                Some(_) => {}
                None => return Err(without_end(line, end)),
            }
        }
    }
}

fn without_end(line: usize, end: char) -> String {
    format!("line {line}: what begins here has no {end} at its end")
}
