// SPDX-License-Identifier: Apache-2.0
//! What stands in square brackets.

use super::super::class::{Class, Member};
use super::flags::Flags;
use super::{Parser, Reason};

impl Parser {
    /// A class whose opening bracket was taken. A hyphen at an edge, and a closing bracket in front, stand for themselves.
    pub(super) fn class(&mut self, flags: Flags) -> Result<Class, Reason> {
        let negated = self.takes('^');
        let mut members = Vec::new();
        loop {
            let first = match self.class_char()? {
                ']' if !members.is_empty() => break,
                c => self.member(c, flags)?,
            };
            if !self.takes('-') {
                members.push(first);
                continue;
            }
            match self.class_char()? {
                ']' => {
                    members.extend([first, Member::Char('-')]);
                    break;
                }
                c => {
                    let last = self.member(c, flags)?;
                    members.push(self.range(first, last)?);
                }
            }
        }
        Ok(Class { negated, members, folding: flags.folding() })
    }

    fn class_char(&mut self) -> Result<char, Reason> {
        self.next().ok_or_else(|| self.wrong("the class has no closing bracket"))
    }

    fn member(&mut self, c: char, flags: Flags) -> Result<Member, Reason> {
        if c == '\\' { self.class_escape(flags) } else { Ok(Member::Char(c)) }
    }

    fn range(&self, first: Member, last: Member) -> Result<Member, Reason> {
        match (first, last) {
            (Member::Char(first), Member::Char(last)) if first <= last => Ok(Member::Range(first, last)),
            (Member::Char(first), Member::Char(last)) => {
                Err(self.wrong(format_args!("the range from {first:?} to {last:?} is the wrong way round")))
            }
            _ => Err(self.wrong("a range goes from one character to another")),
        }
    }
}
