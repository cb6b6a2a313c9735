// SPDX-License-Identifier: Apache-2.0
//! Flags: `(?i)` for the whole pattern, `(?i:...)` and `(?-i:...)` for a part of it.

use super::super::class::Folding;
use super::{Parser, Reason};

/// What flags are set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Flags {
    pub(super) ignore_case: bool,
    pub(super) multiline: bool,
    pub(super) dot_all: bool,
    pub(super) verbose: bool,
    pub(super) ascii: bool,
    /// Said, not meant by default: `a` and `u` exclude each other.
    unicode: bool,
}

impl Flags {
    pub(super) fn folding(self) -> Folding {
        match (self.ignore_case, self.ascii) {
            (false, _) => Folding::None,
            (true, true) => Folding::Ascii,
            (true, false) => Folding::Unicode,
        }
    }

    /// The flag of a letter.
    fn flag(&mut self, letter: char) -> Option<&mut bool> {
        Some(match letter {
            'i' => &mut self.ignore_case,
            'm' => &mut self.multiline,
            's' => &mut self.dot_all,
            'x' => &mut self.verbose,
            'a' => &mut self.ascii,
            'u' => &mut self.unicode,
            _ => return None,
        })
    }

    fn or(self, other: Self) -> Self {
        Self {
            ignore_case: self.ignore_case || other.ignore_case,
            multiline: self.multiline || other.multiline,
            dot_all: self.dot_all || other.dot_all,
            verbose: self.verbose || other.verbose,
            ascii: self.ascii || other.ascii,
            unicode: self.unicode || other.unicode,
        }
    }

    /// What is switched on and off for a part.
    fn changed(self, on: Self, off: Self) -> Self {
        let base = if on.ascii || on.unicode { Self { ascii: false, unicode: false, ..self } } else { self };
        let all = base.or(on);
        Self {
            ignore_case: all.ignore_case && !off.ignore_case,
            multiline: all.multiline && !off.multiline,
            dot_all: all.dot_all && !off.dot_all,
            verbose: all.verbose && !off.verbose,
            ..all
        }
    }
}

/// What letters of flags say.
pub(super) enum FlagsSaid {
    ForAll(Flags),
    ForPart(Flags),
}

impl Parser {
    /// Letters of flags, from the first one to the end of them, which is taken as well.
    pub(super) fn flags(&mut self, flags: Flags) -> Result<FlagsSaid, Reason> {
        let (on, end) = self.letters(&['-', ':', ')'])?;
        if on.ascii && on.unicode {
            return Err(self.wrong("the flags \"a\" and \"u\" exclude each other"));
        }
        match end {
            ')' => Ok(FlagsSaid::ForAll(on)),
            ':' => Ok(FlagsSaid::ForPart(flags.changed(on, Flags::default()))),
            _ => {
                let (off, _) = self.letters(&[':'])?;
                if off == Flags::default() {
                    return Err(self.wrong("a flag is missing after \"-\""));
                }
                if off.ascii || off.unicode {
                    return Err(self.wrong("the flags \"a\" and \"u\" cannot be switched off"));
                }
                if on.changed(Flags::default(), off) != on {
                    return Err(self.wrong("a flag is switched on and off"));
                }
                Ok(FlagsSaid::ForPart(flags.changed(on, off)))
            }
        }
    }

    /// Adds flags of the whole pattern.
    pub(super) fn set_flags(&mut self, on: Flags) -> Result<(), Reason> {
        self.flags = self.flags.or(on);
        if self.flags.ascii && self.flags.unicode {
            return Err(self.wrong("the flags \"a\" and \"u\" exclude each other"));
        }
        Ok(())
    }

    fn letters(&mut self, ends: &[char]) -> Result<(Flags, char), Reason> {
        let mut flags = Flags::default();
        loop {
            let Some(c) = self.peek() else {
                return Err(self.wrong("the flags have no end"));
            };
            if ends.contains(&c) {
                self.at += 1;
                return Ok((flags, c));
            }
            let Some(flag) = flags.flag(c) else {
                return Err(self.wrong(format_args!("{c:?} is not a flag; i, m, s, x, a and u are")));
            };
            *flag = true;
            self.at += 1;
        }
    }
}
