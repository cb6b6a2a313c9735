// SPDX-License-Identifier: Apache-2.0
//! Which cases run, and why the others do not.

use comfy_table::Table;
use functest::TierInfo;
use functest::core::selection::{Choice, Decision, Fact, Selection};
use functest::core::words::visible;
use owo_colors::OwoColorize;

use crate::error::Error;
use crate::output::Output;
use crate::table::table;

/// Prints a selection: the facts, every case, and a count.
pub(crate) fn print(selection: &Selection, output: &Output) -> Result<(), Error> {
    print_facts(&selection.catalogue, &selection.facts, output)?;
    output.table(&choices(&selection.cases, output))?;
    let count = |decision| selection.cases.iter().filter(|choice| choice.decision == decision).count();
    let without = match count(Decision::NoDriver) {
        0 => String::new(),
        n => format!(", {n} more by the rules that nothing here implements"),
    };
    output.line(format!("{} of {} cases selected{without}", count(Decision::Selected), selection.cases.len()))
}

/// Prints where a selection comes from.
pub(crate) fn print_facts(catalogue: &str, facts: &[Fact], output: &Output) -> Result<(), Error> {
    output.line(format!("Catalogue: {catalogue}"))?;
    facts.iter().try_for_each(|fact| output.line(format!("{}: {}", fact.variable, fact.in_words())))
}

/// A row for each case.
pub(crate) fn choices(cases: &[Choice], output: &Output) -> Table {
    let mut table = table(&["tier", "case", "project", "decision", "reason"], output);
    for choice in cases {
        let word = serde_json::to_value(choice.decision).ok();
        let word = word.as_ref().and_then(|word| word.as_str()).unwrap_or_default();
        let decision = word.style(output.styles.of(word)).to_string();
        let [tier, case, project] = [&choice.tier, &choice.case_name, &choice.project_name].map(|text| visible(text));
        table.add_row([tier, case, project, decision, visible(&choice.reason)]);
    }
    table
}

/// A row for each tier.
pub(crate) fn tiers(tiers: &[TierInfo], output: &Output) -> Table {
    let mut table = table(&["tier", "loops", "cases", "selected", "description"], output);
    for tier in tiers {
        let selected = tier.cases.iter().filter(|choice| choice.decision == Decision::Selected).count();
        let loops = tier.ci_loop.clone().unwrap_or_else(|| "every".into());
        let (cases, selected) = (tier.cases.len().to_string(), selected.to_string());
        table.add_row([visible(&tier.name), visible(&loops), cases, selected, visible(&tier.description)]);
    }
    table
}
