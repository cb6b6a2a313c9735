// SPDX-License-Identifier: Apache-2.0
//! How well a scenario does, told by the records of its runs: the rule of Functest's reporting pages.

use std::collections::BTreeMap;

use functest::core::Scenario;
use functest::core::record::RunRecord;
use functest::core::verdict::Verdict;

/// How many runs count.
const ITERATIONS: usize = 4;

/// The best score of a case.
const BEST: usize = 3;

/// The scores of a scenario's cases.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Score {
    /// By case, from 0 to 3.
    pub(crate) cases: BTreeMap<String, usize>,
}

impl Score {
    /// What the cases have of what they could have, in percent.
    pub(crate) fn percent(&self) -> usize {
        let best = BEST * self.cases.len();
        (100 * self.cases.values().sum::<usize>()).checked_div(best).unwrap_or(0)
    }
}

/// Scores a scenario by its last runs; `records` are in order of time.
pub(crate) fn score(scenario: &dyn Scenario, records: &[RunRecord]) -> Score {
    let of_scenario = records.iter().rev().filter(|record| scenario_of(record) == Some(scenario.name()));
    let mut results: BTreeMap<String, Vec<bool>> = BTreeMap::new();
    for record in of_scenario.take(ITERATIONS) {
        for (case, verdict) in verdicts(record) {
            results.entry(case.to_owned()).or_default().push(is_good(verdict));
        }
    }
    Score { cases: results.into_iter().map(|(case, results)| (case, score_of(&results))).collect() }
}

/// 3 where it passed in each of four runs, 2 where it passed at least twice, 1 where it passed once.
fn score_of(results: &[bool]) -> usize {
    match results.iter().filter(|passed| **passed).count() {
        ITERATIONS => BEST,
        passed => passed.min(BEST - 1),
    }
}

/// The scenario that a run was selected for.
fn scenario_of(record: &RunRecord) -> Option<&str> {
    let fact = record.head.facts.iter().find(|fact| fact.variable == "DEPLOY_SCENARIO")?;
    fact.value.as_deref()
}

/// The verdicts of cases that are about the scenario: one that was left out, or does not apply, says nothing of it.
fn verdicts(record: &RunRecord) -> impl Iterator<Item = (&str, &Verdict)> {
    let known = record.cases.iter().filter_map(|case| Some((case.choice.case_name.as_str(), case.verdict.as_ref()?)));
    known.filter(|(_, verdict)| !matches!(verdict, Verdict::Skipped { .. }))
}

/// A case that passed when it was tried again has not earned the best score.
fn is_good(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Passed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_in_a_row_are_the_best() {
        assert_eq!(score_of(&[true; 4]), 3);
        assert_eq!(score_of(&[true; 3]), 2);
        assert_eq!(score_of(&[true, true, false, true]), 2);
        assert_eq!(score_of(&[false, true, false]), 1);
        assert_eq!(score_of(&[false]), 0);
    }
}
