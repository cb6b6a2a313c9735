// SPDX-License-Identifier: Apache-2.0
//! Searching a text: backtracking, in the order in which Python tries things, with an end.

use super::class::Category;
use super::node::Anchor;
use super::program::{Program, Step};

/// Steps after which a search is given up: far more than any real condition takes, and some tens of milliseconds.
const MOST_STEPS: usize = 2_000_000;

/// The search takes too many steps.
pub(super) struct GivenUp;

/// What is undone on the way back.
enum Trace {
    /// Another way that can be gone from here.
    Way {
        step: usize,
        position: usize,
    },
    Mark {
        mark: usize,
        was: Option<usize>,
    },
    Counter {
        counter: usize,
        was: Counter,
    },
}

/// Where a repetition is.
#[derive(Clone, Copy, Default)]
struct Counter {
    rounds: u32,
    /// Where the last round that need not have been began: one that takes nothing is not followed by another.
    began: Option<usize>,
}

struct Search<'p, 't> {
    program: &'p Program,
    text: &'t str,
    marks: Vec<Option<usize>>,
    counters: Vec<Counter>,
    traces: Vec<Trace>,
    steps_left: usize,
}

/// Whether the program matches anywhere in a text.
pub(super) fn is_found(program: &Program, text: &str) -> Result<bool, GivenUp> {
    let mut search = Search {
        program,
        text,
        marks: vec![None; 2 * program.groups],
        counters: vec![Counter::default(); program.counters],
        traces: Vec::new(),
        steps_left: MOST_STEPS,
    };
    let last_start = if program.is_anchored() { 0 } else { text.len() };
    let starts = (0..=last_start).filter(|position| text.is_char_boundary(*position));
    for start in starts {
        if search.run(0, start)?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

impl Search<'_, '_> {
    /// Goes on from a step to the next [`Step::Done`]; gives where that was reached. When it is not reached, all is as before.
    fn run(&mut self, mut step: usize, mut position: usize) -> Result<Option<usize>, GivenUp> {
        let floor = self.traces.len();
        loop {
            if let Step::Done = self.program.steps[step] {
                return Ok(Some(position));
            }
            match self.take(step, position)?.or_else(|| self.back(floor)) {
                Some(next) => (step, position) = next,
                None => return Ok(None),
            }
        }
    }

    /// Takes one step; gives the next step and position, or nothing when it leads nowhere.
    fn take(&mut self, number: usize, position: usize) -> Result<Option<(usize, usize)>, GivenUp> {
        self.steps_left = self.steps_left.checked_sub(1).ok_or(GivenUp)?;
        let next = number + 1;
        let program = self.program;
        let end = match &program.steps[number] {
            Step::Char(c, folding) => self.after(position, |other| folding.of(other) == *c),
            Step::Class(class) => self.after(position, |c| class.has(c)),
            Step::Anchor(anchor) => self.is_at(*anchor, position).then_some(position),
            Step::Reference(group, folding) => self.repeated(*group, position, |a, b| folding.are_alike(a, b)),
            Step::Mark(mark) => {
                let was = self.marks[*mark].replace(position);
                self.traces.push(Trace::Mark { mark: *mark, was });
                Some(position)
            }
            Step::Jump(to) => return Ok(Some((*to, position))),
            Step::Split(first, second) => {
                self.traces.push(Trace::Way { step: *second, position });
                return Ok(Some((*first, position)));
            }
            Step::Begin(counter) => {
                self.set(*counter, Counter::default());
                Some(position)
            }
            Step::Round(counter) => {
                self.set(*counter, Counter { began: Some(position), ..self.counters[*counter] });
                Some(position)
            }
            Step::Count(counter) => {
                let rounds = self.counters[*counter].rounds.saturating_add(1);
                self.set(*counter, Counter { rounds, ..self.counters[*counter] });
                Some(position)
            }
            Step::Again { counter, min, max, lazy, round } => {
                let Counter { rounds, began } = self.counters[*counter];
                let step = if rounds < *min {
                    // A round that must be is no way out: it may take nothing.
                    round + 1
                } else if max.is_some_and(|max| rounds >= max) || began == Some(position) {
                    next
                } else {
                    let (first, second) = if *lazy { (next, *round) } else { (*round, next) };
                    self.traces.push(Trace::Way { step: second, position });
                    first
                };
                return Ok(Some((step, position)));
            }
            Step::Atomic { end } => {
                let found = self.settled(next, position)?;
                return Ok(found.map(|position| (*end, position)));
            }
            Step::Look { behind, negated, end } => {
                let holds = match self.back_by(position, behind.unwrap_or(0)) {
                    Some(start) if *negated => !self.is_ahead(next, start)?,
                    Some(start) => self.settled(next, start)?.is_some(),
                    None => *negated,
                };
                return Ok(holds.then_some((*end, position)));
            }
            Step::Unless { group, to } => {
                return Ok(Some((if self.group(*group).is_some() { next } else { *to }, position)));
            }
            Step::Done => Some(position),
        };
        Ok(end.map(|position| (next, position)))
    }

    /// The last way that was left open above `floor`, with everything as it was there.
    fn back(&mut self, floor: usize) -> Option<(usize, usize)> {
        while self.traces.len() > floor {
            match self.traces.pop()? {
                Trace::Way { step, position } => return Some((step, position)),
                Trace::Mark { mark, was } => self.marks[mark] = was,
                Trace::Counter { counter, was } => self.counters[counter] = was,
            }
        }
        None
    }

    /// Runs a part, whose other ways are not gone any more when it was found.
    fn settled(&mut self, step: usize, position: usize) -> Result<Option<usize>, GivenUp> {
        let floor = self.traces.len();
        let found = self.run(step, position)?;
        let mut kept = floor;
        for trace in floor..self.traces.len() {
            if !matches!(self.traces[trace], Trace::Way { .. }) {
                self.traces.swap(kept, trace);
                kept += 1;
            }
        }
        self.traces.truncate(kept);
        Ok(found)
    }

    /// Runs a part of which nothing stays.
    fn is_ahead(&mut self, step: usize, position: usize) -> Result<bool, GivenUp> {
        let floor = self.traces.len();
        let found = self.run(step, position)?;
        while self.back(floor).is_some() {}
        Ok(found.is_some())
    }

    fn set(&mut self, counter: usize, value: Counter) {
        let was = std::mem::replace(&mut self.counters[counter], value);
        self.traces.push(Trace::Counter { counter, was });
    }

    /// Where the character at a position ends, if it is one of those looked for.
    fn after(&self, position: usize, is_one: impl Fn(char) -> bool) -> Option<usize> {
        let c = self.text[position..].chars().next()?;
        is_one(c).then(|| position + c.len_utf8())
    }

    fn back_by(&self, position: usize, characters: u64) -> Option<usize> {
        let before = &self.text[..position];
        let Some(steps) = usize::try_from(characters).ok()?.checked_sub(1) else { return Some(position) };
        before.char_indices().rev().nth(steps).map(|(start, _)| start)
    }

    fn group(&self, group: usize) -> Option<&str> {
        let (start, end) = (self.marks[2 * group]?, self.marks[2 * group + 1]?);
        self.text.get(start..end)
    }

    fn repeated(&self, group: usize, position: usize, are_alike: impl Fn(char, char) -> bool) -> Option<usize> {
        let wanted = self.group(group)?;
        let mut rest = self.text[position..].chars();
        let mut end = position;
        for c in wanted.chars() {
            let found = rest.next().filter(|found| are_alike(*found, c))?;
            end += found.len_utf8();
        }
        Some(end)
    }

    fn is_at(&self, anchor: Anchor, position: usize) -> bool {
        let (before, after) = self.text.split_at(position);
        match anchor {
            Anchor::TextStart => before.is_empty(),
            Anchor::LineStart => before.is_empty() || before.ends_with('\n'),
            Anchor::TextEnd => after.is_empty(),
            Anchor::LastLineEnd => after.is_empty() || after == "\n",
            Anchor::LineEnd => after.is_empty() || after.starts_with('\n'),
            // In an empty text Python finds neither a border nor the lack of one.
            Anchor::WordBorder { .. } if self.text.is_empty() => false,
            Anchor::WordBorder { ascii, negated } => {
                let is_word = |c: Option<char>| c.is_some_and(|c| Category::Word.has(c, ascii));
                (is_word(before.chars().next_back()) != is_word(after.chars().next())) != negated
            }
        }
    }
}
