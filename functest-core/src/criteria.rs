// SPDX-License-Identifier: Apache-2.0
//! When a test case counts as passed: the criteria of all catalogue generations as one type.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The condition a case's result must meet.
///
/// Danube writes `status == "PASS"`, `success_rate >= 80%` and `ret == 0`; Euphrates and Xtesting a number from 0 to
/// 100. A criteria of 0 is met by every case that ran, unless nothing of it passed and something could not be found out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Criteria {
    /// Nothing that ran may have failed.
    StatusPass,
    /// The share of what passed, in percent.
    SuccessRate(Comparison, f64),
    /// The exit status of the program that is the case; a case that is not a program has 0 when nothing failed.
    ReturnCode(Comparison, i64),
}

/// A comparison operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `>=`
    AtLeast,
    /// `>`
    Above,
    /// `<=`
    AtMost,
    /// `<`
    Below,
}

/// What a case achieved.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Achieved {
    /// The share of its checks that passed, in percent.
    pub success_rate: f64,
    /// Its exit status, when it is a program.
    pub return_code: Option<i64>,
}

/// A text that is not a criterion.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{text:?} is not a criterion: expected a number from 0 to 100, `status == \"PASS\"`, `success_rate >= 80%` or `ret == 0`"
)]
pub struct CriteriaError {
    text: String,
}

impl Criteria {
    /// The criteria of a case that names none: everything must have passed.
    pub const DEFAULT: Self = Self::SuccessRate(Comparison::AtLeast, 100.0);

    /// The criteria of the generations that write a number.
    ///
    /// # Errors
    /// When `percent` is not within 0 to 100.
    pub fn at_least(percent: f64) -> Result<Self, CriteriaError> {
        if (0.0..=100.0).contains(&percent) {
            Ok(Self::SuccessRate(Comparison::AtLeast, percent))
        } else {
            Err(CriteriaError { text: percent.to_string() })
        }
    }

    /// Why no catalogue may say so; `None` for a criteria that a case meets by doing well. Records of old runs may hold such.
    pub fn problem(self) -> Option<&'static str> {
        match self {
            Self::StatusPass
            | Self::ReturnCode(Comparison::Equal, _)
            | Self::SuccessRate(Comparison::AtLeast | Comparison::Equal, 100.0)
            | Self::SuccessRate(Comparison::AtLeast, _) => None,
            Self::SuccessRate(Comparison::Above, percent) if percent < 100.0 => None,
            Self::SuccessRate(Comparison::Above, _) => Some("no case can meet it"),
            Self::SuccessRate(..) => Some("a case that fails more would meet it sooner than one that passes: use `>=`"),
            Self::ReturnCode(..) => Some("it is met by many exit statuses, of failures too: use `ret ==`"),
        }
    }

    /// Whether `achieved` meets this criteria.
    pub fn is_met_by(self, achieved: Achieved) -> bool {
        match self {
            Self::StatusPass => achieved.return_code.unwrap_or(0) == 0 && achieved.success_rate >= 100.0,
            Self::SuccessRate(comparison, wanted) => comparison.holds(achieved.success_rate, wanted),
            Self::ReturnCode(comparison, wanted) => match achieved.return_code {
                Some(code) => comparison.holds(code, wanted),
                // What is no program ends with 0 when all went well, and with nothing that somebody could wait for else.
                None => achieved.success_rate >= 100.0 && comparison.holds(0, wanted),
            },
        }
    }
}

impl Comparison {
    const ALL: [(&'static str, Self); 6] = [
        ("==", Self::Equal),
        ("!=", Self::NotEqual),
        (">=", Self::AtLeast),
        ("<=", Self::AtMost),
        (">", Self::Above),
        ("<", Self::Below),
    ];

    fn holds<T: PartialOrd>(self, left: T, right: T) -> bool {
        match self {
            Self::Equal => left == right,
            Self::NotEqual => left != right,
            Self::AtLeast => left >= right,
            Self::Above => left > right,
            Self::AtMost => left <= right,
            Self::Below => left < right,
        }
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = Self::ALL.iter().find(|(_, comparison)| comparison == self).map_or("", |(sign, _)| sign);
        f.write_str(sign)
    }
}

impl FromStr for Criteria {
    type Err = CriteriaError;

    fn from_str(text: &str) -> Result<Self, CriteriaError> {
        let refused = || CriteriaError { text: text.to_owned() };
        let text = text.trim();
        if let Ok(percent) = text.trim_end_matches('%').trim_end().parse::<f64>() {
            return Self::at_least(percent).map_err(|_| refused());
        }
        let (subject, comparison, value) = Comparison::ALL
            .iter()
            .find_map(|(sign, comparison)| text.split_once(sign).map(|(l, r)| (l.trim(), *comparison, r.trim())))
            .ok_or_else(refused)?;
        match subject {
            "status" if comparison == Comparison::Equal && value.trim_matches(['"', '\'']) == "PASS" => {
                Ok(Self::StatusPass)
            }
            "success_rate" => {
                let percent: f64 = value.trim_end_matches('%').trim_end().parse().map_err(|_| refused())?;
                Self::at_least(percent).map_err(|_| refused())?;
                Ok(Self::SuccessRate(comparison, percent))
            }
            "ret" => Ok(Self::ReturnCode(comparison, value.parse().map_err(|_| refused())?)),
            _ => Err(refused()),
        }
    }
}

impl fmt::Display for Criteria {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::StatusPass => f.write_str("status == \"PASS\""),
            Self::SuccessRate(comparison, percent) => write!(f, "success_rate {comparison} {percent}%"),
            Self::ReturnCode(comparison, code) => write!(f, "ret {comparison} {code}"),
        }
    }
}

impl Serialize for Criteria {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Criteria {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(success_rate: f64) -> Achieved {
        Achieved { success_rate, return_code: None }
    }

    #[test]
    fn every_generation_is_understood() {
        let table = [
            ("status == \"PASS\"", rate(100.0), true),
            ("status == 'PASS'", rate(99.0), false),
            ("success_rate == 100%", rate(100.0), true),
            ("success_rate >= 80%", rate(80.0), true),
            ("success_rate>=80", rate(79.9), false),
            ("success_rate > 90 %", rate(90.0), false),
            ("ret == 0", rate(100.0), true),
            ("ret == 0", Achieved { success_rate: 100.0, return_code: Some(3) }, false),
            ("100", rate(100.0), true),
            ("0", rate(0.0), true),
        ];
        for (text, achieved, met) in table {
            let criteria: Criteria = text.parse().unwrap();
            assert_eq!(criteria.is_met_by(achieved), met, "{text} with {achieved:?}");
            assert_eq!(criteria.to_string().parse::<Criteria>().unwrap(), criteria);
        }
    }

    #[test]
    fn what_failure_would_meet_is_a_problem() {
        let fine = ["0", "80", "100", "success_rate >= 0%", "success_rate > 0%", "success_rate == 100%", "ret == 0"];
        for text in fine.iter().chain(&["ret == 3", "status == \"PASS\""]) {
            assert_eq!(text.parse::<Criteria>().unwrap().problem(), None, "{text}");
        }
        let rates = ["success_rate < 100%", "success_rate <= 100%", "success_rate != 100%", "success_rate == 50%"];
        let codes = ["ret != 0", "ret > 0", "ret >= 0", "ret < 1", "ret <= 255"];
        for text in rates.iter().chain(&codes).chain(&["success_rate > 100%"]) {
            assert!(text.parse::<Criteria>().unwrap().problem().is_some(), "{text}");
        }
    }

    #[test]
    fn what_is_no_program_cannot_end_with_a_failure_that_is_wanted() {
        let one: Criteria = "ret == 1".parse().unwrap();
        assert!(!one.is_met_by(rate(0.0)) && !one.is_met_by(rate(100.0)));
        assert!(!"ret == 0".parse::<Criteria>().unwrap().is_met_by(rate(99.0)));
    }

    #[test]
    fn nonsense_is_refused() {
        for text in ["", "101", "-1", "PASS", "status == FAIL", "success_rate >= many", "ret", "__import__('os')"] {
            assert!(text.parse::<Criteria>().is_err(), "{text}");
        }
    }
}
