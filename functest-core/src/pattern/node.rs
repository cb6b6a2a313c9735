// SPDX-License-Identifier: Apache-2.0
//! What a pattern says, as a tree.

use super::class::{Class, Folding};

/// A part of a pattern. What flags change is settled in it already.
#[derive(Debug)]
pub(super) enum Node {
    /// One character.
    Char(char, Folding),
    /// One character out of many.
    Class(Class),
    /// A place, which takes up no character.
    Anchor(Anchor),
    /// One after another.
    Sequence(Vec<Node>),
    /// The first that leads to a match.
    Choice(Vec<Node>),
    Repeat {
        node: Box<Node>,
        min: u32,
        /// As often as it goes where there is none.
        max: Option<u32>,
        greed: Greed,
    },
    /// A group that can be referred to by its number.
    Group(usize, Box<Node>),
    /// What is found once is not given up again.
    Atomic(Box<Node>),
    /// What follows here, or with `behind` stands before, without being taken.
    Look { behind: bool, negated: bool, node: Box<Node> },
    /// The text of a group once more.
    Reference(usize, Folding),
    /// One of two, by whether a group has a text.
    Conditional { group: usize, yes: Box<Node>, no: Box<Node> },
}

/// How much a repetition takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Greed {
    Most,
    Least,
    /// The most, and nothing is given back.
    Possessive,
}

/// A place in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    TextStart,
    LineStart,
    TextEnd,
    /// The end, or before a line feed that is the last character.
    LastLineEnd,
    LineEnd,
    WordBorder {
        ascii: bool,
        negated: bool,
    },
}

/// The fewest and the most characters that something takes up. Without an end, the most is [`u64::MAX`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Width {
    pub(super) min: u64,
    pub(super) max: u64,
}

impl Width {
    pub(super) const NONE: Self = Self { min: 0, max: 0 };
    const ONE: Self = Self { min: 1, max: 1 };

    fn then(self, other: Self) -> Self {
        Self { min: self.min.saturating_add(other.min), max: self.max.saturating_add(other.max) }
    }

    fn or(self, other: Self) -> Self {
        Self { min: self.min.min(other.min), max: self.max.max(other.max) }
    }

    fn times(self, min: u32, max: Option<u32>) -> Self {
        let most = match max {
            None if self.max > 0 => u64::MAX,
            max => self.max.saturating_mul(max.unwrap_or_default().into()),
        };
        Self { min: self.min.saturating_mul(min.into()), max: most }
    }
}

impl Node {
    /// How many characters it takes up; `groups` has the widths of those that it may refer to.
    pub(super) fn width(&self, groups: &[Option<Width>]) -> Width {
        match self {
            Node::Char(..) | Node::Class(_) => Width::ONE,
            Node::Anchor(_) | Node::Look { .. } => Width::NONE,
            Node::Sequence(nodes) => nodes.iter().map(|node| node.width(groups)).fold(Width::NONE, Width::then),
            Node::Choice(nodes) => nodes.iter().map(|node| node.width(groups)).reduce(Width::or).unwrap_or(Width::NONE),
            Node::Repeat { node, min, max, .. } => node.width(groups).times(*min, *max),
            Node::Group(_, node) | Node::Atomic(node) => node.width(groups),
            Node::Reference(group, _) => groups.get(*group).copied().flatten().unwrap_or(Width::NONE),
            Node::Conditional { yes, no, .. } => yes.width(groups).or(no.width(groups)),
        }
    }
}
