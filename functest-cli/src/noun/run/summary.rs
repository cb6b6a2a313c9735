// SPDX-License-Identifier: Apache-2.0
//! The table at the end of a run.

use functest::core::record::{CaseRecord, RunRecord, RunState};
use functest::core::selection::Decision;
use functest::core::words::{counted, duration, visible};
use owo_colors::OwoColorize;

use crate::error::Error;
use crate::output::Output;
use crate::table::table;

/// Prints what became of every case that the rules selected.
pub(crate) fn print(record: &RunRecord, output: &Output) -> Result<(), Error> {
    let mut rows = table(&["case", "project", "tier", "duration", "result", "reason"], output);
    let wanted = |case: &&CaseRecord| matches!(case.choice.decision, Decision::Selected | Decision::NoDriver);
    for case in record.cases.iter().filter(wanted) {
        let word = case.verdict.as_ref().map_or("not run", |verdict| verdict.word());
        let reason = case.verdict.as_ref().and_then(|verdict| verdict.reason()).unwrap_or(&case.choice.reason);
        let reason = match (&case.tolerated, word) {
            (Some(tolerated), "passed") => tolerated.clone(),
            (Some(tolerated), _) => format!("{reason}; {tolerated}"),
            (None, "passed") => case.tally.in_words(),
            (None, _) => reason.to_owned(),
        };
        let choice = &case.choice;
        rows.add_row([
            visible(&choice.case_name),
            visible(&choice.project_name),
            visible(&choice.tier),
            case.started.map(|_| duration(case.duration_ms)).unwrap_or_default(),
            word.style(output.styles.of(word)).to_string(),
            visible(&reason),
        ]);
    }
    output.table(&rows)?;
    for leftover in &record.left {
        let word = "left in the cloud:";
        output.line(format!(
            "{} {}: {}",
            word.style(output.styles.bad),
            visible(&leftover.thing.to_string()),
            visible(&leftover.reason)
        ))?;
    }
    output.line(totals(record))
}

fn totals(record: &RunRecord) -> String {
    let totals = &record.totals;
    let counts = [
        (totals.passed, "passed"),
        (totals.flaky, "flaky"),
        (totals.failed, "failed"),
        (totals.errored, "errored"),
        (totals.skipped, "skipped"),
        (totals.not_run, "not run"),
    ];
    let words: Vec<String> =
        counts.iter().filter(|(n, word)| *n > 0 || *word == "passed").map(|(n, word)| format!("{n} {word}")).collect();
    let how = match (&record.stopped_because, record.state) {
        (_, RunState::Interrupted) => ", interrupted",
        (Some(_), _) => ", stopped",
        (None, _) => "",
    };
    let scope = match record.checks_out_of_scope() {
        0 => String::new(),
        1 => "; 1 check was out of scope".to_owned(),
        number => format!("; {} were out of scope", counted(number, "check")),
    };
    format!("{} in {}{how}{scope}", words.join(", "), duration(record.duration_ms))
}
