// SPDX-License-Identifier: Apache-2.0
//! What follows a backslash.

use super::super::class::{Category, Class, Member};
use super::super::node::{Anchor, Node};
use super::flags::Flags;
use super::{Parser, Reason};

impl Parser {
    /// An escape whose backslash was taken, outside of a class.
    pub(super) fn escape(&mut self, flags: Flags) -> Result<Node, Reason> {
        let c = self.escaped()?;
        if let Some(member) = category(c, flags) {
            return Ok(Node::Class(Class::of(member)));
        }
        let border = |negated| Node::Anchor(Anchor::WordBorder { ascii: flags.ascii, negated });
        Ok(match c {
            'A' => Node::Anchor(Anchor::TextStart),
            'Z' => Node::Anchor(Anchor::TextEnd),
            'b' => border(false),
            'B' => border(true),
            '0' => Node::Char(self.octal('0', 2)?, flags.folding()),
            '1'..='9' => self.reference_or_octal(c, flags)?,
            c => Node::Char(self.character(c)?, flags.folding()),
        })
    }

    /// The same in a class, where `\b` is a backspace and digits are always octal.
    pub(super) fn class_escape(&mut self, flags: Flags) -> Result<Member, Reason> {
        let c = self.escaped()?;
        if let Some(member) = category(c, flags) {
            return Ok(member);
        }
        Ok(Member::Char(match c {
            'b' => '\u{8}',
            '0'..='7' => self.octal(c, 2)?,
            c => self.character(c)?,
        }))
    }

    fn escaped(&mut self) -> Result<char, Reason> {
        self.next().ok_or_else(|| self.wrong("it ends with a backslash"))
    }

    /// A character that is escaped by itself or by its number.
    fn character(&mut self, c: char) -> Result<char, Reason> {
        Ok(match c {
            'a' => '\u{7}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\u{b}',
            'x' => self.hexadecimal(2)?,
            'u' => self.hexadecimal(4)?,
            'U' => self.hexadecimal(8)?,
            'N' => return Err(self.wrong("names of characters are not known; write \\u and the character's number")),
            c if c.is_ascii_alphanumeric() => {
                return Err(self.wrong(format_args!("\"\\{c}\" has no meaning")));
            }
            c => c,
        })
    }

    fn hexadecimal(&mut self, length: usize) -> Result<char, Reason> {
        let digits: String = self.text[self.at..].iter().take(length).take_while(|c| c.is_ascii_hexdigit()).collect();
        self.at += digits.len();
        if digits.len() < length {
            return Err(self.wrong(format_args!("{length} hexadecimal digits are expected")));
        }
        let number = u32::from_str_radix(&digits, 16).ok();
        number.and_then(char::from_u32).ok_or_else(|| self.wrong(format_args!("no character has the number {digits}")))
    }

    /// An octal number whose first digit was taken, with at most `more` digits after it.
    fn octal(&mut self, first: char, more: usize) -> Result<char, Reason> {
        let mut number = first.to_digit(8).unwrap_or_default();
        for _ in 0..more {
            let Some(digit) = self.peek().and_then(|c| c.to_digit(8)) else { break };
            number = number * 8 + digit;
            self.at += 1;
        }
        match u8::try_from(number) {
            Ok(number) => Ok(number.into()),
            Err(_) => Err(self.wrong("an octal number is at most 377")),
        }
    }

    /// A number that begins with a digit other than zero: three octal digits are a character, anything else is a group.
    fn reference_or_octal(&mut self, first: char, flags: Flags) -> Result<Node, Reason> {
        let rest = &self.text[self.at..];
        let is_octal = |c: Option<&char>| c.is_some_and(|c| c.is_digit(8));
        if first.is_digit(8) && is_octal(rest.first()) && is_octal(rest.get(1)) {
            return Ok(Node::Char(self.octal(first, 2)?, flags.folding()));
        }
        let mut group = first.to_digit(10).unwrap_or_default();
        if let Some(digit) = self.peek().and_then(|c| c.to_digit(10)) {
            group = group * 10 + digit;
            self.at += 1;
        }
        self.check_reference(group as usize)?;
        Ok(Node::Reference(group as usize, flags.folding()))
    }
}

fn category(letter: char, flags: Flags) -> Option<Member> {
    let category = match letter.to_ascii_lowercase() {
        'd' => Category::Digit,
        's' => Category::Space,
        'w' => Category::Word,
        _ => return None,
    };
    Some(Member::Category { category, negated: letter.is_ascii_uppercase(), ascii: flags.ascii })
}
