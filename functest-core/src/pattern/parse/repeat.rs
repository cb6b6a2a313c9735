// SPDX-License-Identifier: Apache-2.0
//! How often something may stand.

use super::super::node::{Greed, Node};
use super::flags::Flags;
use super::{Parser, Reason};

impl Parser {
    /// Puts the last item into the repetition that begins here. A brace that begins none stands for itself.
    pub(super) fn repeat(&mut self, items: &mut Vec<Node>, flags: Flags) -> Result<(), Reason> {
        let at = self.at;
        let Some((min, max)) = self.times()? else {
            items.push(Node::Char('{', flags.folding()));
            return Ok(());
        };
        let node = match items.pop() {
            None | Some(Node::Anchor(_)) => {
                self.at = at;
                return Err(self.wrong("there is nothing to repeat"));
            }
            Some(Node::Repeat { .. }) => {
                self.at = at;
                return Err(self.wrong("a repetition cannot be repeated without brackets"));
            }
            Some(node) => node,
        };
        let greed = if self.takes('?') {
            Greed::Least
        } else if self.takes('+') {
            Greed::Possessive
        } else {
            Greed::Most
        };
        items.push(Node::Repeat { node: Box::new(node), min, max, greed });
        Ok(())
    }

    /// The numbers of a repetition, or nothing when this is only a brace, which is taken then.
    fn times(&mut self) -> Result<Option<(u32, Option<u32>)>, Reason> {
        match self.next() {
            Some('*') => return Ok(Some((0, None))),
            Some('+') => return Ok(Some((1, None))),
            Some('?') => return Ok(Some((0, Some(1)))),
            _ => {}
        }
        let after_brace = self.at;
        if self.peek() == Some('}') {
            return Ok(None);
        }
        let min = self.digits();
        let max = if self.takes(',') { self.digits() } else { min.clone() };
        if !self.takes('}') {
            self.at = after_brace;
            return Ok(None);
        }
        let min = self.number(&min)?;
        let max = self.number(&max)?;
        if max.is_some_and(|max| max < min.unwrap_or(0)) {
            return Err(self.wrong("the fewest times are more than the most"));
        }
        Ok(Some((min.unwrap_or(0), max)))
    }

    fn digits(&mut self) -> String {
        let start = self.at;
        while self.peek().is_some_and(|c| c.is_ascii_digit()) {
            self.at += 1;
        }
        self.text[start..self.at].iter().collect()
    }

    fn number(&self, digits: &str) -> Result<Option<u32>, Reason> {
        if digits.is_empty() {
            return Ok(None);
        }
        match digits.parse() {
            Ok(number) if number < u32::MAX => Ok(Some(number)),
            _ => Err(self.wrong("nothing is repeated that often")),
        }
    }
}
