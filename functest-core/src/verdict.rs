// SPDX-License-Identifier: Apache-2.0
//! Verdicts: what became of a check, and of a case.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::criteria::{Achieved, Criteria};

/// What became of one check.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fault {
    /// What was expected and what came.
    pub message: String,
    /// The request that went wrong, when there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<FailedRequest>,
}

/// A request to the cloud that went wrong, with what an operator needs to find it in the service's log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "snake_case")]
pub enum Verdict {
    /// What it exists for ran, and held.
    Passed,
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
    /// `passed`, `failed`, `errored`, `skipped` or `not run`.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Passed => "passed",
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
            Self::Failed { reason }
            | Self::Errored { reason }
            | Self::Skipped { reason }
            | Self::NotRun { reason, .. } => Some(reason),
        }
    }

    /// Whether what depends on the case may go on: it passed, or does not apply.
    pub fn lets_others_start(&self) -> bool {
        matches!(self, Self::Passed | Self::Skipped { .. })
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// The outcomes of a case's checks, counted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tally {
    /// Checks that passed.
    pub passed: u32,
    /// Checks that failed.
    pub failed: u32,
    /// Checks that errored.
    pub errored: u32,
    /// Checks that were not tried.
    pub skipped: u32,
    /// The first check that failed, with its message; else the first that errored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_fault: Option<String>,
    /// Why the first skipped check was skipped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_skip: Option<String>,
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

    /// The share of what ran that passed, in percent; `None` when nothing ran.
    pub fn success_rate(&self) -> Option<f64> {
        (self.ran() > 0).then(|| f64::from(self.passed) * 100.0 / f64::from(self.ran()))
    }

    /// The verdict of a case that ran to its end with these outcomes. A case of which nothing ran has not passed.
    pub fn verdict(&self, criteria: Criteria) -> Verdict {
        let Some(success_rate) = self.success_rate() else {
            return match &self.first_skip {
                Some(reason) => Verdict::Skipped { reason: reason.clone() },
                None => Verdict::Errored { reason: "the case made no check, so nothing is known".into() },
            };
        };
        if criteria.is_met_by(Achieved { success_rate, return_code: None }) {
            return Verdict::Passed;
        }
        let fault = self.first_fault.as_deref().unwrap_or("every check passed");
        let shortfall = match (self.failed + self.errored, self.ran()) {
            (0, _) => format!("the criteria `{criteria}` is not met: "),
            (_, 1) => String::new(),
            (bad, ran) => format!("{bad} of {ran} checks did not pass; first "),
        };
        let reason = format!("{shortfall}{fault}");
        if self.failed > 0 || self.errored == 0 { Verdict::Failed { reason } } else { Verdict::Errored { reason } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(outcomes: &[CheckOutcome]) -> Tally {
        let mut tally = Tally::default();
        outcomes.iter().for_each(|outcome| tally.count("c", outcome));
        tally
    }

    fn fault() -> Fault {
        Fault { message: "m".into(), request: None }
    }

    #[test]
    fn verdicts_follow_from_outcomes() {
        use CheckOutcome::*;
        let skipped = || Skipped { reason: "no heat".into() };
        let word =
            |outcomes: &[CheckOutcome], criteria: &str| tally(outcomes).verdict(criteria.parse().unwrap()).word();
        assert_eq!(word(&[Passed, skipped()], "100"), "passed");
        assert_eq!(word(&[], "0"), "errored");
        assert_eq!(word(&[skipped()], "0"), "skipped");
        assert_eq!(word(&[Failed(fault())], "0"), "passed");
        assert_eq!(word(&[Passed, Failed(fault())], "success_rate >= 50%"), "passed");
        assert_eq!(word(&[Passed, Failed(fault()), Errored(fault())], "100"), "failed");
        assert_eq!(word(&[Passed, Errored(fault())], "status == \"PASS\""), "errored");
    }
}
