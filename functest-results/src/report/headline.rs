// SPDX-License-Identifier: Apache-2.0
//! The verdict on the whole run, in one word and one sentence.

use functest_core::exit_code;
use functest_core::record::{RunRecord, RunState};
use serde::Serialize;

use super::style_of;
use crate::words;

/// What stands at the top of the page.
#[derive(Debug, Serialize)]
pub(super) struct Headline {
    /// Such as `Failed`.
    pub(super) title: &'static str,
    /// The verdict whose colour and symbol it takes.
    pub(super) style: &'static str,
    /// Such as `2 of 9 cases passed; 1 failed, 6 were not run.`
    pub(super) sentence: String,
    /// The cases that were to run, by verdict; those that are none are left out.
    pub(super) counts: Vec<Count>,
}

/// How many cases have one verdict.
#[derive(Debug, Serialize)]
pub(super) struct Count {
    pub(super) style: &'static str,
    pub(super) word: &'static str,
    pub(super) number: u64,
}

impl Headline {
    pub(super) fn of(record: &RunRecord) -> Self {
        let counts = counts(record);
        let number = |style: &str| counts.iter().find(|count| count.style == style).map_or(0, |count| count.number);
        let (title, style) = verdict(record, &number);
        let mut sentence = sentence(&counts);
        match record.cases.iter().filter(|case| case.tolerated.is_some()).count() {
            0 => {}
            1 => sentence.push_str(" 1 passed by its criteria only: checks of it did not hold."),
            n => sentence.push_str(&format!(" {n} passed by their criteria only: checks of them did not hold.")),
        }
        let out_of_scope = record.checks_out_of_scope();
        if out_of_scope > 0 {
            let checks = words::counted(out_of_scope, "check");
            let were = if out_of_scope == 1 { "was" } else { "were" };
            sentence.push_str(&format!(" {checks} {were} not made, because only a part was asked for."));
        }
        match record.state {
            RunState::Unfinished => sentence.push_str(" The run did not come to its end."),
            RunState::Interrupted => sentence.push_str(" The run was interrupted."),
            RunState::Finished => {}
        }
        if let Some(cause) = &record.stopped_because {
            let begin: String = cause.chars().take(1).flat_map(char::to_uppercase).collect();
            sentence.push_str(&format!(" {begin}{}.", cause.chars().skip(1).collect::<String>()));
        }
        if !record.left.is_empty() {
            let left = words::counted(record.left.len() as u64, "thing");
            let were = if record.left.len() == 1 { "was" } else { "were" };
            sentence.push_str(&format!(" {left} {were} left behind in the cloud."));
        }
        Self { title, style, sentence, counts }
    }
}

fn verdict(record: &RunRecord, number: &dyn Fn(&str) -> u64) -> (&'static str, &'static str) {
    match record.state {
        RunState::Unfinished => return ("Unfinished", if number("failed") > 0 { "failed" } else { "errored" }),
        RunState::Interrupted => return ("Interrupted", if number("failed") > 0 { "failed" } else { "errored" }),
        RunState::Finished => {}
    }
    let first_of = ["failed", "errored"].into_iter().find(|style| number(style) > 0);
    match (first_of, record.exit_code) {
        (_, Some(exit_code::INTERNAL)) => ("functest failed", "errored"),
        (Some("failed"), _) => ("Failed", "failed"),
        (Some(_), _) => ("Errored", "errored"),
        (None, _) if number("passed") + number("flaky") == 0 => ("Nothing was tested", "not-run"),
        (None, Some(exit_code::OK)) if number("flaky") > 0 => ("Flaky", "flaky"),
        (None, Some(exit_code::OK)) => ("Passed", "passed"),
        (None, _) if !record.left.is_empty() => ("Not cleaned up", "errored"),
        (None, _) => ("Incomplete", "not-run"),
    }
}

/// Every case that was to run, counted by its verdict.
fn counts(record: &RunRecord) -> Vec<Count> {
    const ORDER: [(&str, &str); 6] = [
        ("failed", "failed"),
        ("errored", "errored"),
        ("flaky", "flaky"),
        ("passed", "passed"),
        ("skipped", "skipped"),
        ("not-run", "not run"),
    ];
    let styles: Vec<_> = record
        .cases
        .iter()
        .filter(|case| super::case::was_to_run(case))
        .map(|c| style_of(c.verdict.as_ref()))
        .collect();
    let count = |(style, word)| {
        let number = styles.iter().filter(|other| **other == style).count() as u64;
        Count { style, word, number }
    };
    ORDER.into_iter().map(count).filter(|count| count.number > 0).collect()
}

fn sentence(counts: &[Count]) -> String {
    let all: u64 = counts.iter().map(|count| count.number).sum();
    let passed = counts.iter().find(|count| count.style == "passed").map_or(0, |count| count.number);
    let rest: Vec<_> = counts.iter().filter(|count| count.style != "passed").map(in_words).collect();
    match (all, rest.is_empty()) {
        (0, _) => "No case was selected.".into(),
        (1, true) => "The only case passed.".into(),
        (_, true) => format!("All {all} cases passed."),
        (_, false) => format!("{passed} of {} passed; {}.", words::counted(all, "case"), rest.join(", ")),
    }
}

fn in_words(count: &Count) -> String {
    let Count { style, number, .. } = count;
    match (*style, *number) {
        ("flaky", 1) => "1 passed only when it was tried again".into(),
        ("flaky", n) => format!("{n} passed only when they were tried again"),
        ("skipped", 1) => "1 does not apply here".into(),
        ("skipped", n) => format!("{n} do not apply here"),
        ("not-run", 1) => "1 was not run".into(),
        ("not-run", n) => format!("{n} were not run"),
        (style, n) => format!("{n} {style}"),
    }
}
