// SPDX-License-Identifier: Apache-2.0
//! A pattern as steps that a search takes.

use super::class::{Class, Folding};
use super::node::{Anchor, Greed, Node, Width};

/// One step. Numbers of steps count from the beginning of the program.
#[derive(Debug)]
pub(super) enum Step {
    Char(char, Folding),
    Class(Class),
    Anchor(Anchor),
    /// The text of a group once more.
    Reference(usize, Folding),
    /// Remembers where a group starts (even numbers) or ends (odd ones).
    Mark(usize),
    Jump(usize),
    /// Goes on with the first, and with the second when that leads nowhere.
    Split(usize, usize),
    /// Begins a repetition that has not had a round yet.
    Begin(usize),
    /// Notes where a round begins that need not be.
    Round(usize),
    /// Counts a round.
    Count(usize),
    /// Decides whether there is another round.
    Again {
        counter: usize,
        min: u32,
        max: Option<u32>,
        lazy: bool,
        /// The [`Step::Round`] before the body.
        round: usize,
    },
    /// Looks ahead, or behind by a number of characters, with the steps up to `end`.
    Look {
        behind: Option<u64>,
        negated: bool,
        end: usize,
    },
    /// Finds what the steps up to `end` find first, once and for all.
    Atomic {
        end: usize,
    },
    /// Jumps where a group has no text.
    Unless {
        group: usize,
        to: usize,
    },
    /// The end of the program, or of a part with an end of its own.
    Done,
}

/// The steps of a pattern.
#[derive(Debug)]
pub(super) struct Program {
    pub(super) steps: Vec<Step>,
    pub(super) groups: usize,
    pub(super) counters: usize,
}

impl Program {
    /// `widths` are those of the groups, the whole being number 0.
    pub(super) fn new(node: &Node, widths: &[Option<Width>]) -> Self {
        let mut program = Self { steps: Vec::new(), groups: widths.len(), counters: 0 };
        program.add(node, widths);
        program.steps.push(Step::Done);
        program
    }

    /// Whether it can only be found at the beginning of a text.
    pub(super) fn is_anchored(&self) -> bool {
        matches!(self.steps.first(), Some(Step::Anchor(Anchor::TextStart)))
    }

    fn add(&mut self, node: &Node, widths: &[Option<Width>]) {
        match node {
            Node::Char(c, folding) => self.steps.push(Step::Char(folding.of(*c), *folding)),
            Node::Class(class) => self.steps.push(Step::Class(class.clone())),
            Node::Anchor(anchor) => self.steps.push(Step::Anchor(*anchor)),
            Node::Reference(group, folding) => self.steps.push(Step::Reference(*group, *folding)),
            Node::Sequence(nodes) => nodes.iter().for_each(|node| self.add(node, widths)),
            Node::Choice(nodes) => self.add_choice(nodes, widths),
            Node::Group(group, node) => {
                self.steps.push(Step::Mark(2 * group));
                self.add(node, widths);
                self.steps.push(Step::Mark(2 * group + 1));
            }
            Node::Atomic(node) => self.add_part(node, widths, |end| Step::Atomic { end }),
            Node::Look { behind, negated, node } => {
                let behind = behind.then(|| node.width(widths).min);
                self.add_part(node, widths, |end| Step::Look { behind, negated: *negated, end });
            }
            Node::Conditional { group, yes, no } => {
                let test = self.placeholder();
                self.add(yes, widths);
                let skip = self.placeholder();
                self.steps[test] = Step::Unless { group: *group, to: self.steps.len() };
                self.add(no, widths);
                self.steps[skip] = Step::Jump(self.steps.len());
            }
            Node::Repeat { node, min, max, greed: Greed::Possessive } => {
                let place = self.placeholder();
                self.add_repeat(node, (*min, *max), false, widths);
                self.steps.push(Step::Done);
                self.steps[place] = Step::Atomic { end: self.steps.len() };
            }
            Node::Repeat { node, min, max, greed } => {
                self.add_repeat(node, (*min, *max), *greed == Greed::Least, widths);
            }
        }
    }

    /// A step whose numbers are known later.
    fn placeholder(&mut self) -> usize {
        self.steps.push(Step::Done);
        self.steps.len() - 1
    }

    /// Steps that are run for themselves, after the one that says where they end.
    fn add_part(&mut self, node: &Node, widths: &[Option<Width>], step: impl Fn(usize) -> Step) {
        let place = self.placeholder();
        self.add(node, widths);
        self.steps.push(Step::Done);
        self.steps[place] = step(self.steps.len());
    }

    fn add_choice(&mut self, nodes: &[Node], widths: &[Option<Width>]) {
        let Some((last, others)) = nodes.split_last() else { return };
        let mut exits = Vec::with_capacity(others.len());
        for node in others {
            let split = self.placeholder();
            self.add(node, widths);
            exits.push(self.placeholder());
            self.steps[split] = Step::Split(split + 1, self.steps.len());
        }
        self.add(last, widths);
        for exit in exits {
            self.steps[exit] = Step::Jump(self.steps.len());
        }
    }

    fn add_repeat(&mut self, node: &Node, (min, max): (u32, Option<u32>), lazy: bool, widths: &[Option<Width>]) {
        let counter = self.counters;
        self.counters += 1;
        self.steps.push(Step::Begin(counter));
        let skip = self.placeholder();
        let round = self.steps.len();
        self.steps.push(Step::Round(counter));
        self.add(node, widths);
        self.steps.push(Step::Count(counter));
        self.steps[skip] = Step::Jump(self.steps.len());
        self.steps.push(Step::Again { counter, min, max, lazy, round });
    }
}
