// SPDX-License-Identifier: Apache-2.0
//! Which characters a part of a pattern stands for.

use unicode_general_category::{GeneralCategory, get_general_category};

/// Whether capital and small letters are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Folding {
    None,
    Ascii,
    Unicode,
}

impl Folding {
    /// The one character that stands for all that are alike.
    pub(super) fn of(self, c: char) -> char {
        match self {
            Folding::None => c,
            Folding::Ascii => c.to_ascii_lowercase(),
            // The long way round, because some small letters share a capital: `ſ` and `s`.
            Folding::Unicode => lower(upper(c)),
        }
    }

    pub(super) fn are_alike(self, one: char, other: char) -> bool {
        one == other || self.of(one) == self.of(other)
    }
}

/// A mapping to more than one character counts as none, as in Python, where a character stands for one character.
fn single(mut mapped: impl Iterator<Item = char>, c: char) -> char {
    match (mapped.next(), mapped.next()) {
        (Some(one), None) => one,
        _ => c,
    }
}

fn lower(c: char) -> char {
    // Its simple mapping, which the full one hides.
    if c == '\u{130}' { 'i' } else { single(c.to_lowercase(), c) }
}

fn upper(c: char) -> char {
    single(c.to_uppercase(), c)
}

/// What an escape such as `\d` stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Category {
    Digit,
    Space,
    Word,
}

impl Category {
    pub(super) fn has(self, c: char, ascii: bool) -> bool {
        if ascii || c.is_ascii() {
            return match self {
                Category::Digit => c.is_ascii_digit(),
                // Python counts the separators of files, groups, records and units, but only where all characters count.
                Category::Space => matches!(c, ' ' | '\t'..='\r') || (!ascii && matches!(c, '\u{1c}'..='\u{1f}')),
                Category::Word => c.is_ascii_alphanumeric() || c == '_',
            };
        }
        match self {
            Category::Digit => get_general_category(c) == GeneralCategory::DecimalNumber,
            Category::Space => c.is_whitespace(),
            Category::Word => is_letter_or_number(c),
        }
    }
}

fn is_letter_or_number(c: char) -> bool {
    use GeneralCategory as G;
    matches!(
        get_general_category(c),
        G::UppercaseLetter
            | G::LowercaseLetter
            | G::TitlecaseLetter
            | G::ModifierLetter
            | G::OtherLetter
            | G::DecimalNumber
            | G::LetterNumber
            | G::OtherNumber
    )
}

/// A member of a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Member {
    Char(char),
    Range(char, char),
    Category { category: Category, negated: bool, ascii: bool },
}

impl Member {
    fn has(self, c: char) -> bool {
        match self {
            Member::Char(one) => one == c,
            Member::Range(first, last) => (first..=last).contains(&c),
            Member::Category { category, negated, ascii } => category.has(c, ascii) != negated,
        }
    }
}

/// A set of characters, such as `[a-z_]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Class {
    pub(super) negated: bool,
    pub(super) members: Vec<Member>,
    pub(super) folding: Folding,
}

impl Class {
    /// Everything.
    pub(super) fn any() -> Self {
        Self { negated: true, members: Vec::new(), folding: Folding::None }
    }

    /// Everything but the end of a line.
    pub(super) fn any_in_line() -> Self {
        Self { negated: true, members: vec![Member::Char('\n')], folding: Folding::None }
    }

    pub(super) fn of(member: Member) -> Self {
        Self { negated: false, members: vec![member], folding: Folding::None }
    }

    pub(super) fn has(&self, c: char) -> bool {
        let is_member = |c: char| self.members.iter().any(|member| member.has(c));
        let found = is_member(c)
            || match self.folding {
                Folding::None => false,
                Folding::Ascii => is_member(c.to_ascii_lowercase()) || is_member(c.to_ascii_uppercase()),
                Folding::Unicode => [lower(c), upper(c), Folding::Unicode.of(c)].into_iter().any(is_member),
            };
        found != self.negated
    }
}
