// SPDX-License-Identifier: Apache-2.0
//! JUnit XML, for CI systems: a suite a case, a test case a check.
//!
//! What was to run and did not is an error, with the reason: CI systems turn green at what is `skipped`, and that is what
//! does not apply here. What is known to be wrong and is not a check's outcome (a project that could not be made, things
//! left in the cloud, a run without an end) is a test case of its own, so that nothing is greener than it was. A check that
//! did not hold in a case that passed by its criteria stays what it is, and says that it was tolerated.
//!
//! Readers differ in what they accept: this keeps to the elements and attributes that all of them know, Jenkins' xUnit
//! plugin with its strict schema included.

use std::time::Duration;

use functest_core::exit_code;
use functest_core::record::{AttemptRecord, CaseRecord, CheckRecord, Message, RunRecord, RunState};
use functest_core::selection::{Decision, FactSource};
use functest_core::verdict::{CheckOutcome, Fault, Verdict};
use quick_junit::{NonSuccessKind, Report, SerializeError, TestCase, TestCaseStatus, TestSuite, XmlString};

use crate::case_log::request_in_words;
use crate::words;

/// The JUnit XML of a run.
pub(crate) fn xml(record: &RunRecord) -> Result<String, SerializeError> {
    let mut report = Report::new(text(&format!("functest {}", record.head.run_id)));
    report.set_time(Duration::from_millis(record.duration_ms));
    let suites = record.cases.iter().filter(|case| is_reported(case)).map(case_suite).chain(run_suite(record));
    for mut suite in suites {
        suite.add_properties(run_properties(record));
        report.add_test_suite(suite);
    }
    report.to_string().map(without_count_of_skipped)
}

/// `<testsuites>` may have no such attribute in Jenkins' schema; its suites may.
fn without_count_of_skipped(xml: String) -> String {
    const ATTRIBUTE: &str = " skipped=\"";
    let Some(open) = xml.find("<testsuites ") else { return xml };
    let end = xml[open..].find('>').map_or(xml.len(), |length| open + length);
    let Some(from) = xml[open..end].find(ATTRIBUTE).map(|at| open + at) else { return xml };
    let value = from + ATTRIBUTE.len();
    let Some(to) = xml[value..end].find('"').map(|length| value + length + 1) else { return xml };
    [&xml[..from], &xml[to..]].concat()
}

fn is_reported(case: &CaseRecord) -> bool {
    case.verdict.is_some() || case.choice.decision == Decision::NoDriver
}

/// A text with what XML cannot hold made visible.
fn text(text: &str) -> XmlString {
    XmlString::new(words::visible(text))
}

fn qualified_name(case: &CaseRecord) -> String {
    format!("{}.{}", case.choice.tier, case.choice.case_name)
}

fn case_suite(case: &CaseRecord) -> TestSuite {
    let mut suite = TestSuite::new(text(&qualified_name(case)));
    if let Some(started) = case.started {
        suite.set_timestamp(started);
    }
    suite.set_time(Duration::from_millis(case.duration_ms));
    suite.add_properties(case_properties(case));
    suite.add_test_cases(case.checks.iter().map(|check| check_test_case(case, check)));
    if let Some(status) = status_beyond_checks(case) {
        let mut own = TestCase::new(text(&case.choice.case_name), status);
        own.set_classname(text(&qualified_name(case)));
        if case.checks.is_empty() {
            own.set_time(Duration::from_millis(case.duration_ms));
        }
        suite.add_test_case(own);
    }
    let attachments = case.attachments.iter().map(|attachment| format!("[[ATTACHMENT|{}]]\n", attachment.path));
    let attempts = case.attempts.iter().map(attempt_line);
    let said: String = attempts.chain(case.messages.iter().map(message_line)).chain(attachments).collect();
    if !said.is_empty() {
        suite.set_system_out(text(&said));
    }
    suite
}

fn attempt_line(attempt: &AttemptRecord) -> String {
    let reason = attempt.verdict.reason().map(|reason| format!(": {reason}")).unwrap_or_default();
    let took = words::duration(attempt.duration_ms);
    format!("attempt {} {} after {took}{reason}\n", attempt.attempt, attempt.verdict)
}

fn message_line(message: &Message) -> String {
    format!("{} {} {}\n", words::timestamp(message.at), words::level(message.level), message.text)
}

fn check_test_case(case: &CaseRecord, check: &CheckRecord) -> TestCase {
    let status = match &check.outcome {
        CheckOutcome::Passed => TestCaseStatus::success(),
        CheckOutcome::Failed(fault) => fault_status(case, NonSuccessKind::Failure, "failed", fault),
        CheckOutcome::Errored(fault) => fault_status(case, NonSuccessKind::Error, "errored", fault),
        CheckOutcome::Skipped { reason } => skipped(reason),
    };
    let mut test_case = TestCase::new(text(&check.name), status);
    test_case.set_classname(text(&qualified_name(case)));
    test_case.set_time(Duration::from_millis(check.duration_ms));
    let note = check.mark.as_ref().map(|mark| format!("note: {mark}"));
    // The form that Jenkins and GitLab know; paths are relative to this file.
    let attachments = check.attachments.iter().map(|attachment| format!("[[ATTACHMENT|{}]]", attachment.path));
    let about = Some(check.states.clone()).into_iter().chain(note).chain(attachments);
    let about: Vec<_> = about.filter(|line| !line.is_empty()).collect();
    if !about.is_empty() {
        test_case.set_system_out(text(&about.join("\n")));
    }
    test_case
}

/// What the verdict says that the checks do not: of a case without checks all of it, of others what does not follow
/// from their outcomes, such as that the case was cut off.
fn status_beyond_checks(case: &CaseRecord) -> Option<TestCaseStatus> {
    if !case.checks.is_empty() && is_told_by_checks(case) {
        return None;
    }
    Some(match &case.verdict {
        // Reports of this form know no word for flaky: the reason is among the properties, the attempts in the output.
        Some(Verdict::Passed | Verdict::Flaky { .. }) => TestCaseStatus::success(),
        Some(Verdict::Failed { reason }) => non_success(NonSuccessKind::Failure, "failed", reason, reason),
        Some(Verdict::Errored { reason }) => non_success(NonSuccessKind::Error, "errored", reason, reason),
        Some(Verdict::Skipped { reason }) => skipped(reason),
        Some(Verdict::NotRun { reason, blocked_by: Some(blocker) }) if !reason.contains(blocker) => {
            not_run(&format!("{reason} (blocked by {blocker})"))
        }
        Some(Verdict::NotRun { reason, .. }) => not_run(reason),
        None => not_run(&case.choice.reason),
    })
}

/// Whether whoever sees the checks alone knows the verdict: it follows from them, and one that is not passed shows in them.
fn is_told_by_checks(case: &CaseRecord) -> bool {
    let follows = case.verdict.as_ref() == Some(&case.tally.verdict(case.choice.criteria, &case.ended, &[]));
    let is_bad = |check: &CheckRecord| matches!(check.outcome, CheckOutcome::Failed(_) | CheckOutcome::Errored(_));
    match &case.verdict {
        Some(Verdict::Passed) => true,
        Some(Verdict::Failed { .. } | Verdict::Errored { .. }) => follows && case.checks.iter().any(is_bad),
        _ => follows,
    }
}

fn not_run(reason: &str) -> TestCaseStatus {
    let message = format!("not run: {reason}");
    non_success(NonSuccessKind::Error, "not run", &message, &message)
}

fn skipped(reason: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::skipped();
    status.set_message(text(reason));
    status
}

fn fault_status(case: &CaseRecord, kind: NonSuccessKind, ty: &str, fault: &Fault) -> TestCaseStatus {
    let request = fault.request.as_ref().map(|request| format!("\n{}", request_in_words(request))).unwrap_or_default();
    let Some(tolerated) = &case.tolerated else {
        return non_success(kind, ty, &fault.message, &format!("{}{request}", fault.message));
    };
    let message = format!("{ty}, and tolerated by the criteria `{}`: {}", case.choice.criteria, fault.message);
    non_success(kind, "tolerated", &message, &format!("{message}{request}\nThe case {tolerated}."))
}

fn non_success(kind: NonSuccessKind, ty: &str, message: &str, description: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(kind);
    status.set_message(text(message)).set_type(text(ty)).set_description(text(description));
    status
}

/// What is wrong with the run as a whole. There is no such suite when all is well: it would count as a test that
/// passed, in a run that may have made none.
fn run_suite(record: &RunRecord) -> Option<TestSuite> {
    let error = |name: &str, message: &str, description: &str| {
        let mut case = TestCase::new(name, non_success(NonSuccessKind::Error, "errored", message, description));
        case.set_classname("functest.run");
        case
    };
    let end = match record.state {
        RunState::Unfinished => Some("the run did not come to its end: it is still going on, or it died"),
        RunState::Interrupted => Some("the run was interrupted by its user"),
        RunState::Finished if record.stopped_because.is_some() => record.stopped_because.as_deref(),
        RunState::Finished if record.exit_code == Some(exit_code::INTERNAL) => Some("functest itself failed"),
        RunState::Finished => None,
    };
    let end = end.map(|message| error("the run comes to its end", message, message));
    let left = (!record.left.is_empty()).then(|| {
        let message = format!("{} left in the cloud", words::counted(record.left.len() as u64, "thing"));
        let lines: Vec<_> = record.left.iter().map(|left| format!("{}: {}", left.thing, left.reason)).collect();
        error("nothing is left in the cloud", &message, &lines.join("\n"))
    });
    let cases: Vec<_> = end.into_iter().chain(left).collect();
    (!cases.is_empty()).then(|| {
        let mut suite = TestSuite::new("functest.run");
        suite.set_timestamp(record.started).set_time(Duration::ZERO);
        suite.add_test_cases(cases);
        suite
    })
}

fn case_properties(case: &CaseRecord) -> Vec<(XmlString, XmlString)> {
    let verdict = case.verdict.as_ref().map_or("not run", Verdict::word);
    let rate = case.tally.success_rate().map(|rate| format!("{rate:.1}"));
    properties([
        ("case_name", Some(case.choice.case_name.clone())),
        ("project_name", Some(case.choice.project_name.clone())),
        ("tier", Some(case.choice.tier.clone())),
        ("verdict", Some(verdict.into())),
        ("reason", case.verdict.as_ref().and_then(Verdict::reason).map(str::to_owned)),
        ("tolerated", case.tolerated.clone()),
        ("criteria", Some(case.choice.criteria.to_string())),
        ("success_rate", rate),
        ("out_of_scope", Some(case.tally.out_of_scope).filter(|number| *number > 0).map(|number| number.to_string())),
        ("return_code", case.ended.return_code.map(|code| code.to_string())),
        ("blocking", Some(case.choice.blocking.to_string())),
    ])
}

fn run_properties(record: &RunRecord) -> Vec<(XmlString, XmlString)> {
    let head = &record.head;
    let cloud = head.cloud.as_ref();
    let mut all = properties([
        ("run_id", Some(head.run_id.clone())),
        ("functest", Some(head.functest.clone())),
        ("catalogue", Some(head.catalogue.clone())),
        ("cloud", cloud.and_then(|cloud| cloud.name.clone())),
        ("sandbox", cloud.filter(|cloud| cloud.sandbox).map(|_| "true".to_owned())),
        ("auth_url", cloud.map(|cloud| cloud.auth_url.clone())),
        ("region", cloud.and_then(|cloud| cloud.region.clone())),
        ("cloud_project", cloud.and_then(|cloud| cloud.project.clone())),
        ("pod_name", head.node_name.clone()),
        ("scope", head.request.as_ref().and_then(|request| request["scope"].as_str()).map(str::to_owned)),
        ("checks_out_of_scope", Some(record.checks_out_of_scope()).filter(|number| *number > 0).map(|n| n.to_string())),
        ("build_tag", head.build_tag.clone()),
    ]);
    for fact in &head.facts {
        if let Some(value) = &fact.value {
            all.push((text(&fact.variable), text(value)));
        }
        if fact.source == FactSource::Default {
            all.push((text(&format!("{}.source", fact.variable)), text("assumed")));
        }
    }
    all
}

fn properties<const N: usize>(all: [(&str, Option<String>); N]) -> Vec<(XmlString, XmlString)> {
    all.into_iter().filter_map(|(name, value)| Some((text(name), text(&value?)))).collect()
}
