// SPDX-License-Identifier: Apache-2.0
//! Reading a pattern as Python 3.11's `re` does: the same texts are patterns, and they mean the same.

mod class;
mod escape;
mod flags;
mod group;
mod repeat;

use self::flags::Flags;
use super::class::Class;
use super::node::{Anchor, Node, Width};

/// How deep groups may stand in each other.
const DEEPEST: usize = 100;

/// What is wrong with a pattern.
pub(super) type Reason = String;

/// A pattern that was read.
pub(super) struct Parsed {
    pub(super) node: Node,
    /// The widths of the groups; number 0 is the whole.
    pub(super) widths: Vec<Option<Width>>,
}

pub(super) fn parse(text: &str) -> Result<Parsed, Reason> {
    let mut parser = Parser {
        text: text.chars().collect(),
        at: 0,
        widths: vec![None],
        names: Vec::new(),
        conditions: Vec::new(),
        behind_from: None,
        flags: Flags::default(),
    };
    let backslashes = parser.text.iter().rev().take_while(|c| **c == '\\').count();
    if backslashes % 2 == 1 {
        return Err("it ends with a backslash".to_owned());
    }
    let node = parser.choice(Flags::default(), 0)?;
    if parser.at < parser.text.len() {
        return Err(parser.wrong("this closing bracket has no opening one"));
    }
    if let Some((group, at)) = parser.conditions.iter().find(|(group, _)| *group >= parser.widths.len()) {
        return Err(format!("there is no group {group} (at character {})", at + 1));
    }
    Ok(Parsed { node, widths: parser.widths })
}

struct Parser {
    text: Vec<char>,
    at: usize,
    /// The widths of the groups that were closed, and none for those that are open.
    widths: Vec<Option<Width>>,
    names: Vec<(String, usize)>,
    /// The groups that conditions ask for, which may come later.
    conditions: Vec<(usize, usize)>,
    /// While something behind is looked at: the first group that was not there before it.
    behind_from: Option<usize>,
    /// Flags of the whole pattern.
    flags: Flags,
}

impl Parser {
    fn wrong(&self, reason: impl std::fmt::Display) -> Reason {
        format!("{reason} (at character {})", self.at + 1)
    }

    fn peek(&self) -> Option<char> {
        self.text.get(self.at).copied()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += 1;
        Some(c)
    }

    fn takes(&mut self, c: char) -> bool {
        let is_next = self.peek() == Some(c);
        self.at += usize::from(is_next);
        is_next
    }

    /// The text up to an end, which is taken as well.
    fn until(&mut self, end: char, what: &str) -> Result<String, Reason> {
        let start = self.at;
        while let Some(c) = self.next() {
            if c == end {
                return Ok(self.text[start..self.at - 1].iter().collect());
            }
        }
        self.at = start;
        Err(self.wrong(format_args!("{what} without its end {end:?}")))
    }

    /// Alternatives, up to the closing bracket or the end.
    fn choice(&mut self, flags: Flags, depth: usize) -> Result<Node, Reason> {
        if depth > DEEPEST {
            return Err(self.wrong(format_args!("more than {DEEPEST} groups stand in each other")));
        }
        let mut nodes = vec![self.sequence(flags, depth, depth == 0)?];
        while self.takes('|') {
            // Flags at the beginning of the first count in the others.
            let flags = if depth == 0 { self.flags } else { flags };
            nodes.push(self.sequence(flags, depth, false)?);
        }
        if nodes.len() > 1 {
            return Ok(Node::Choice(nodes));
        }
        nodes.pop().ok_or_else(|| self.wrong("nothing"))
    }

    /// Items one after another, up to an alternative, the closing bracket or the end.
    fn sequence(&mut self, mut flags: Flags, depth: usize, is_first: bool) -> Result<Node, Reason> {
        let mut items = Vec::new();
        while let Some(c) = self.peek() {
            if matches!(c, '|' | ')') {
                break;
            }
            if flags.verbose && self.skips_comment() {
                continue;
            }
            if matches!(c, '*' | '+' | '?' | '{') {
                self.repeat(&mut items, flags)?;
                continue;
            }
            self.at += 1;
            match c {
                '(' => {
                    let may_set_flags = is_first && items.is_empty();
                    if let Some(node) = self.group(flags, depth, may_set_flags)? {
                        items.push(node);
                    } else if may_set_flags {
                        flags = self.flags;
                    }
                }
                c => items.push(self.single(c, flags)?),
            }
        }
        Ok(match items.pop() {
            Some(only) if items.is_empty() => only,
            last => {
                items.extend(last);
                Node::Sequence(items)
            }
        })
    }

    /// What begins with a character that was taken already and is no group.
    fn single(&mut self, c: char, flags: Flags) -> Result<Node, Reason> {
        Ok(match c {
            '.' if flags.dot_all => Node::Class(Class::any()),
            '.' => Node::Class(Class::any_in_line()),
            '^' if flags.multiline => Node::Anchor(Anchor::LineStart),
            '^' => Node::Anchor(Anchor::TextStart),
            '$' if flags.multiline => Node::Anchor(Anchor::LineEnd),
            '$' => Node::Anchor(Anchor::LastLineEnd),
            '[' => Node::Class(self.class(flags)?),
            '\\' => self.escape(flags)?,
            c => Node::Char(c, flags.folding()),
        })
    }

    /// In a verbose pattern white space and comments mean nothing.
    fn skips_comment(&mut self) -> bool {
        match self.peek() {
            Some(' ' | '\t'..='\r') => self.at += 1,
            Some('#') => {
                while let Some(c) = self.next() {
                    match c {
                        '\n' => break,
                        // A line feed after it is one with it.
                        '\\' => _ = self.next(),
                        _ => {}
                    }
                }
            }
            _ => return false,
        }
        true
    }
}
