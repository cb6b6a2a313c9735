// SPDX-License-Identifier: Apache-2.0
//! Verdicts: what became of a check, and of a case.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::criteria::{Achieved, Criteria};

/// What became of one check.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum CheckOutcome {
    /// The cloud did what it must.
    Passed,
    /// The cloud did something else.
    Failed(Fault),
    /// It could not be found out.
    Errored(Fault),
    /// It was not tried.
    Skipped {
        /// Why not.
        reason: String,
    },
}

/// Why a check did not pass.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Fault {
    /// What was expected and what came.
    pub message: String,
    /// The request that went wrong, when there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<FailedRequest>,
}

/// A request to the cloud that went wrong, with what an operator needs to find it in the service's log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FailedRequest {
    /// Such as `POST`.
    pub method: String,
    /// The URL, without secrets.
    pub url: String,
    /// The HTTP status; `None` when no answer came.
    pub status: Option<u16>,
    /// `X-Openstack-Request-Id`.
    pub request_id: Option<String>,
}

impl CheckOutcome {
    /// The cloud did something else than it must; no single request shows it.
    pub fn failed(message: impl Into<String>) -> Self {
        Self::Failed(Fault { message: message.into(), request: None })
    }

    /// It could not be found out.
    pub fn errored(message: impl Into<String>) -> Self {
        Self::Errored(Fault { message: message.into(), request: None })
    }

    /// The message or the reason; `None` for a check that passed.
    pub fn message(&self) -> Option<&str> {
        match self {
            Self::Passed => None,
            Self::Failed(fault) | Self::Errored(fault) => Some(&fault.message),
            Self::Skipped { reason } => Some(reason),
        }
    }

    /// `passed`, `failed`, `errored` or `skipped`.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed(_) => "failed",
            Self::Errored(_) => "errored",
            Self::Skipped { .. } => "skipped",
        }
    }
}

/// What became of a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "result", rename_all = "snake_case")]
pub enum Verdict {
    /// What it exists for ran, and held.
    Passed,
    /// It did not pass at first, and passed when it was tried again.
    Flaky {
        /// What went wrong before it passed.
        reason: String,
    },
    /// The cloud did not do what it must.
    Failed {
        /// The first thing that went wrong.
        reason: String,
    },
    /// Whether the cloud works could not be found out.
    Errored {
        /// Why.
        reason: String,
    },
    /// Nothing of it applies to this cloud.
    Skipped {
        /// Why.
        reason: String,
    },
    /// It was selected, and never started.
    NotRun {
        /// Why.
        reason: String,
        /// The blocking case that did not pass, if that is the reason.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        blocked_by: Option<String>,
    },
}

impl Verdict {
    /// `passed`, `flaky`, `failed`, `errored`, `skipped` or `not run`.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Flaky { .. } => "flaky",
            Self::Failed { .. } => "failed",
            Self::Errored { .. } => "errored",
            Self::Skipped { .. } => "skipped",
            Self::NotRun { .. } => "not run",
        }
    }

    /// Why; `None` for a case that passed.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Passed => None,
            Self::Flaky { reason }
            | Self::Failed { reason }
            | Self::Errored { reason }
            | Self::Skipped { reason }
            | Self::NotRun { reason, .. } => Some(reason),
        }
    }

    /// Whether the case passed, be it at once or when it was tried again.
    pub fn has_passed(&self) -> bool {
        matches!(self, Self::Passed | Self::Flaky { .. })
    }

    /// Whether what depends on the case may go on: it passed, or does not apply.
    pub fn lets_others_start(&self) -> bool {
        self.has_passed() || matches!(self, Self::Skipped { .. })
    }

    /// Whether trying the case again may bring another verdict.
    pub fn is_worth_another_attempt(&self) -> bool {
        matches!(self, Self::Failed { .. } | Self::Errored { .. })
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// The outcomes of a case's checks, counted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Tally {
    /// Checks that passed.
    pub passed: u32,
    /// Checks that failed.
    pub failed: u32,
    /// Checks that errored.
    pub errored: u32,
    /// Checks that were not tried.
    pub skipped: u32,
    /// Checks that the case declares and nobody asked for: they are out of the run's scope.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub out_of_scope: u32,
    /// The first check that failed, with its message; else the first that errored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_fault: Option<String>,
    /// Why the first skipped check was skipped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_skip: Option<String>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde gives it so")]
fn is_zero(count: &u32) -> bool {
    *count == 0
}

impl Tally {
    /// Counts one more outcome.
    pub fn count(&mut self, check: &str, outcome: &CheckOutcome) {
        match outcome {
            CheckOutcome::Passed => self.passed += 1,
            CheckOutcome::Failed(fault) => {
                if self.failed == 0 {
                    self.first_fault = Some(format!("{check}: {}", fault.message));
                }
                self.failed += 1;
            }
            CheckOutcome::Errored(fault) => {
                self.errored += 1;
                self.first_fault.get_or_insert_with(|| format!("{check}: {}", fault.message));
            }
            CheckOutcome::Skipped { reason } => {
                self.skipped += 1;
                self.first_skip.get_or_insert_with(|| reason.clone());
            }
        }
    }

    /// How many checks ran.
    pub fn ran(&self) -> u32 {
        self.passed + self.failed + self.errored
    }

    /// How many of those that ran passed, and how many did not run and why, in words.
    pub fn in_words(&self) -> String {
        let mut words = format!("{} of {} checks passed", self.passed, self.ran());
        for (number, what) in [(self.skipped, "skipped"), (self.out_of_scope, "out of scope")] {
            if number > 0 {
                words.push_str(&format!(", {number} {what}"));
            }
        }
        words
    }

    /// The share of what ran that passed, in percent; `None` when nothing ran.
    pub fn success_rate(&self) -> Option<f64> {
        (self.ran() > 0).then(|| f64::from(self.passed) * 100.0 / f64::from(self.ran()))
    }

    /// The verdict of a case that ran to its end with these outcomes.
    ///
    /// A case of which nothing ran has not passed, and neither has one of which nothing passed and something errored, nor one
    /// that broke a rule of the framework, whatever its criteria: `breaches` are such, in words. What the case says of itself in `ended` can only make it worse.
    pub fn verdict(&self, criteria: Criteria, ended: &Ended, breaches: &[String]) -> Verdict {
        let Some(counted) = self.success_rate() else { return self.verdict_of_nothing(breaches) };
        let success_rate = ended.success_rate.map_or(counted, |reported| reported.min(counted));
        let is_known = self.errored == 0 || self.passed > 0;
        let is_allowed = criteria.problem().is_none();
        let achieved = Achieved { success_rate, return_code: ended.return_code };
        let is_met = is_known && is_allowed && !self.is_contradicted(criteria, ended) && criteria.is_met_by(achieved);
        if is_met && breaches.is_empty() {
            return Verdict::Passed;
        }
        let mut reasons = Vec::new();
        if !is_met {
            reasons.push(self.shortfall(criteria, success_rate, ended));
        }
        reasons.extend(breaches.iter().cloned());
        let reason = reasons.join("; ");
        // A breach alone says nothing about the cloud, and neither do checks that only errored.
        let is_the_clouds = !is_met && (self.failed > 0 || self.errored == 0);
        if is_the_clouds { Verdict::Failed { reason } } else { Verdict::Errored { reason } }
    }

    /// What the criteria of a case that passed has forgiven, in words; `None` when every check that ran held.
    pub fn tolerated(&self) -> Option<String> {
        let bad = self.failed + self.errored;
        (bad > 0).then(|| format!("passed by its criteria; {bad} of {} checks did not hold", self.ran()))
    }

    /// Whether every check passed, and yet the tool ended as it does when something went wrong. A criteria about the return code
    /// knows what it wants.
    fn is_contradicted(&self, criteria: Criteria, ended: &Ended) -> bool {
        let looks_at_it = matches!(criteria, Criteria::ReturnCode(..));
        !looks_at_it && self.failed + self.errored == 0 && ended.return_code.is_some_and(|code| code != 0)
    }

    fn verdict_of_nothing(&self, breaches: &[String]) -> Verdict {
        match &self.first_skip {
            _ if !breaches.is_empty() => Verdict::Errored { reason: breaches.join("; ") },
            Some(reason) => Verdict::Skipped { reason: reason.clone() },
            None => Verdict::Errored { reason: "the case made no check, so nothing is known".into() },
        }
    }

    /// How far the outcomes are from the criteria, in words.
    fn shortfall(&self, criteria: Criteria, success_rate: f64, ended: &Ended) -> String {
        let bad = self.failed + self.errored;
        let fault = self.first_fault.as_deref().unwrap_or("every check passed");
        match (bad, self.ran()) {
            (0, _) => {
                let code = ended.return_code.map(|code| format!(" and the return code is {code}")).unwrap_or_default();
                format!("the criteria `{criteria}` is not met: {fault}, the success rate is {success_rate}%{code}")
            }
            (_, 1) => fault.to_owned(),
            (bad, ran) => format!("{bad} of {ran} checks did not pass; first {fault}"),
        }
    }
}

/// What a case that ran to its end says of itself beside its checks.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Ended {
    /// The exit status of the program that it is; `None` for a case that is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub return_code: Option<i64>,
    /// The share of what it did that went well, in percent, where its tool says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub success_rate: Option<f64>,
    /// What else its tool has to say, in a form of its own; TestAPI calls it `details` too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<Value>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(outcomes: &[CheckOutcome]) -> Tally {
        let mut tally = Tally::default();
        outcomes.iter().for_each(|outcome| tally.count("c", outcome));
        tally
    }

    fn verdict_of(outcomes: &[CheckOutcome], criteria: &str, ended: &Ended, breaches: &[&str]) -> Verdict {
        let breaches: Vec<String> = breaches.iter().map(|breach| breach.to_string()).collect();
        tally(outcomes).verdict(criteria.parse().unwrap(), ended, &breaches)
    }

    fn fault() -> Fault {
        Fault { message: "m".into(), request: None }
    }

    #[test]
    fn a_tool_that_ends_badly_after_good_checks_has_not_passed() {
        let ended = |code| Ended { return_code: Some(code), ..Ended::default() };
        let passed = [CheckOutcome::Passed];
        for criteria in ["100", "0", "status == \"PASS\""] {
            let verdict = verdict_of(&passed, criteria, &ended(7), &[]);
            let reason = verdict.reason().unwrap_or_default();
            assert!(reason.contains("every check passed") && reason.ends_with("the return code is 7"), "{verdict:?}");
            assert_eq!(verdict_of(&passed, criteria, &ended(0), &[]), Verdict::Passed);
        }
        assert_eq!(verdict_of(&passed, "ret == 7", &ended(7), &[]), Verdict::Passed);
    }

    #[test]
    fn verdicts_follow_from_outcomes() {
        use CheckOutcome::*;
        let skipped = || Skipped { reason: "no heat".into() };
        let word =
            |outcomes: &[CheckOutcome], criteria: &str| verdict_of(outcomes, criteria, &Ended::default(), &[]).word();
        assert_eq!(word(&[Passed, skipped()], "100"), "passed");
        assert_eq!(word(&[], "0"), "errored");
        assert_eq!(word(&[skipped()], "0"), "skipped");
        assert_eq!(word(&[Failed(fault())], "0"), "passed");
        assert_eq!(word(&[Passed, Failed(fault())], "success_rate >= 50%"), "passed");
        assert_eq!(word(&[Passed, Failed(fault()), Errored(fault())], "100"), "failed");
        assert_eq!(word(&[Passed, Errored(fault())], "status == \"PASS\""), "errored");
        assert_eq!(word(&[Errored(fault())], "0"), "errored");
        assert_eq!(word(&[Errored(fault()), Failed(fault())], "0"), "failed");
        assert_eq!(word(&[Passed, Errored(fault())], "50"), "passed");
        assert_eq!(word(&[Failed(fault())], "success_rate < 100%"), "failed");
        assert_eq!(word(&[Failed(fault())], "ret == 1"), "failed");
        let tolerated = tally(&[Passed, Failed(fault()), Errored(fault()), skipped()]).tolerated();
        assert_eq!(tolerated.as_deref(), Some("passed by its criteria; 2 of 3 checks did not hold"));
        assert_eq!(tally(&[Passed, skipped()]).tolerated(), None);
    }

    #[test]
    fn no_criteria_lets_a_breach_pass() {
        use CheckOutcome::*;
        let breach = ["the check `hard` was not made"];
        for criteria in ["100", "0", "success_rate >= 50%", "ret == 0", "status == \"PASS\""] {
            let verdict = verdict_of(&[Passed], criteria, &Ended::default(), &breach);
            assert_eq!(verdict, Verdict::Errored { reason: breach[0].into() }, "{criteria}");
        }
        let verdict = verdict_of(&[Failed(fault())], "100", &Ended::default(), &breach);
        assert_eq!(verdict, Verdict::Failed { reason: "c: m; the check `hard` was not made".into() });
        assert_eq!(verdict_of(&[], "0", &Ended::default(), &breach).word(), "errored");
    }

    #[test]
    fn what_a_case_says_of_itself_counts() {
        use CheckOutcome::*;
        let code = |code| Ended { return_code: Some(code), ..Ended::default() };
        let rate = |rate| Ended { success_rate: Some(rate), ..Ended::default() };
        assert_eq!(verdict_of(&[Passed], "ret == 0", &code(0), &[]), Verdict::Passed);
        assert_eq!(verdict_of(&[Passed], "ret == 0", &code(3), &[]).word(), "failed");
        assert_eq!(verdict_of(&[Failed(fault())], "ret == 3", &code(3), &[]), Verdict::Passed);
        assert_eq!(verdict_of(&[Passed], "100", &rate(99.0), &[]).word(), "failed");
        assert_eq!(verdict_of(&[Passed, Failed(fault())], "100", &rate(100.0), &[]).word(), "failed");
    }
}
