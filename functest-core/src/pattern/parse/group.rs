// SPDX-License-Identifier: Apache-2.0
//! What stands in round brackets.

use super::super::node::Node;
use super::flags::{Flags, FlagsSaid};
use super::{Parser, Reason};

impl Parser {
    /// A group whose opening bracket was taken; nothing for a comment and for flags of the whole pattern.
    pub(super) fn group(&mut self, flags: Flags, depth: usize, may_set_flags: bool) -> Result<Option<Node>, Reason> {
        if !self.takes('?') {
            return self.numbered(None, flags, depth).map(Some);
        }
        let Some(c) = self.next() else {
            return Err(self.wrong("the pattern ends in the middle of a group"));
        };
        Ok(Some(match c {
            'P' => self.named(flags, depth)?,
            ':' => self.part(flags, depth)?,
            '>' => Node::Atomic(Box::new(self.inner(flags, depth)?)),
            '=' | '!' => self.look(c == '!', false, flags, depth)?,
            '<' => match self.next() {
                Some(c @ ('=' | '!')) => self.look(c == '!', true, flags, depth)?,
                _ => return Err(self.wrong("\"(?<\" must be followed by = or !, and a named group begins with (?P<")),
            },
            '(' => self.conditional(flags, depth)?,
            '#' => {
                self.skip_comment()?;
                return Ok(None);
            }
            ')' => return Err(self.wrong("\"(?\" must be followed by something")),
            _ => {
                self.at -= 1;
                match self.flags(flags)? {
                    FlagsSaid::ForPart(flags) => self.part(flags, depth)?,
                    FlagsSaid::ForAll(_) if !may_set_flags => {
                        return Err(self.wrong("flags of the whole pattern must stand at its beginning"));
                    }
                    FlagsSaid::ForAll(on) => {
                        self.set_flags(on)?;
                        return Ok(None);
                    }
                }
            }
        }))
    }

    /// What is in the group, up to its closing bracket.
    fn inner(&mut self, flags: Flags, depth: usize) -> Result<Node, Reason> {
        let opened = self.text[..self.at].iter().rposition(|c| *c == '(').unwrap_or_default();
        let node = self.choice(flags, depth + 1)?;
        if !self.takes(')') {
            self.at = opened;
            return Err(self.wrong("the group that begins here has no closing bracket"));
        }
        Ok(node)
    }

    /// A group without a number. It is one item, also when there is a repetition in it that cannot be repeated itself.
    fn part(&mut self, flags: Flags, depth: usize) -> Result<Node, Reason> {
        Ok(Node::Sequence(vec![self.inner(flags, depth)?]))
    }

    fn numbered(&mut self, name: Option<String>, flags: Flags, depth: usize) -> Result<Node, Reason> {
        let group = self.widths.len();
        self.widths.push(None);
        self.names.extend(name.map(|name| (name, group)));
        let node = self.inner(flags, depth)?;
        self.widths[group] = Some(node.width(&self.widths));
        Ok(Node::Group(group, Box::new(node)))
    }

    fn named(&mut self, flags: Flags, depth: usize) -> Result<Node, Reason> {
        if self.takes('<') {
            let name = self.until('>', "the name of a group")?;
            self.check_name(&name)?;
            if let Some(group) = self.group_of(&name) {
                return Err(self.wrong(format_args!("the name {name:?} is that of group {group} already")));
            }
            return self.numbered(Some(name), flags, depth);
        }
        if self.takes('=') {
            let name = self.until(')', "the name of a group")?;
            self.check_name(&name)?;
            let group = self.group_of(&name).ok_or_else(|| self.wrong(format_args!("there is no group {name:?}")))?;
            self.check_reference(group)?;
            return Ok(Node::Reference(group, flags.folding()));
        }
        Err(self.wrong("\"(?P\" must be followed by < or ="))
    }

    fn look(&mut self, negated: bool, behind: bool, flags: Flags, depth: usize) -> Result<Node, Reason> {
        let outer = self.behind_from;
        if behind {
            self.behind_from = outer.or(Some(self.widths.len()));
        }
        let node = self.inner(flags, depth)?;
        self.behind_from = outer;
        let width = node.width(&self.widths);
        if behind && width.min != width.max {
            return Err(self.wrong("what is looked for behind must have a fixed width"));
        }
        Ok(Node::Look { behind, negated, node: Box::new(node) })
    }

    fn conditional(&mut self, flags: Flags, depth: usize) -> Result<Node, Reason> {
        let at = self.at;
        let name = self.until(')', "the condition of a group")?;
        let group = if name.starts_with(|c: char| c.is_ascii_digit()) {
            name.parse().map_err(|_| self.wrong(format_args!("{name:?} is not the number of a group")))?
        } else {
            self.check_name(&name)?;
            self.group_of(&name).ok_or_else(|| self.wrong(format_args!("there is no group {name:?}")))?
        };
        if group == 0 {
            return Err(self.wrong("group 0 is the whole, which no condition can ask for"));
        }
        self.conditions.push((group, at));
        self.check_is_before(group)?;
        if depth >= super::DEEPEST {
            return Err(self.wrong("too many groups stand in each other"));
        }
        let yes = self.sequence(flags, depth + 1, false)?;
        let no = if self.takes('|') { self.sequence(flags, depth + 1, false)? } else { Node::Sequence(Vec::new()) };
        match self.peek() {
            Some(')') => self.at += 1,
            Some('|') => return Err(self.wrong("a condition has two alternatives at most")),
            _ => return Err(self.wrong("the condition has no closing bracket")),
        }
        Ok(Node::Conditional { group, yes: Box::new(yes), no: Box::new(no) })
    }

    fn skip_comment(&mut self) -> Result<(), Reason> {
        while let Some(c) = self.next() {
            match c {
                ')' => return Ok(()),
                '\\' => _ = self.next(),
                _ => {}
            }
        }
        Err(self.wrong("the comment has no closing bracket"))
    }

    fn group_of(&self, name: &str) -> Option<usize> {
        self.names.iter().find(|(known, _)| known == name).map(|(_, group)| *group)
    }

    fn check_name(&self, name: &str) -> Result<(), Reason> {
        let starts_well = name.starts_with(|c: char| c.is_alphabetic() || c == '_');
        if starts_well && name.chars().all(|c| c.is_alphanumeric() || c == '_') {
            return Ok(());
        }
        Err(self.wrong(format_args!("{name:?} is not a name of a group")))
    }

    /// Refuses a reference to a group that has no text yet whatever the text is.
    pub(super) fn check_reference(&self, group: usize) -> Result<(), Reason> {
        match self.widths.get(group) {
            None => return Err(self.wrong(format_args!("there is no group {group}"))),
            Some(None) => return Err(self.wrong(format_args!("group {group} is not closed yet"))),
            Some(Some(_)) => {}
        }
        self.check_is_before(group)
    }

    fn check_is_before(&self, group: usize) -> Result<(), Reason> {
        let Some(first) = self.behind_from else { return Ok(()) };
        if group >= first || self.widths[group].is_none() {
            return Err(self.wrong("what is looked for behind cannot refer to a group of its own"));
        }
        Ok(())
    }
}
