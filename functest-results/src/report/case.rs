// SPDX-License-Identifier: Apache-2.0
//! One case as the page shows it.

use functest_core::event::{Leftover, Level, RunHead};
use functest_core::record::{AttemptRecord, CaseRecord, CheckRecord, Message};
use functest_core::selection::Decision;
use functest_core::verdict::{CheckOutcome, FailedRequest, Tally, Verdict};
use functest_core::words::file_name;
use serde::Serialize;

use super::{percent, style_of};
use crate::layout::LOGS_FOLDER;
use crate::words;

/// Beyond this many checks, those that passed are folded away.
const MANY_CHECKS: usize = 40;

/// A case that was to run.
#[derive(Debug, Serialize)]
pub(super) struct CaseView<'a> {
    /// Unique on the page; empty when there is no more to tell than the summary does.
    anchor: String,
    name: &'a str,
    tier: &'a str,
    project: &'a str,
    blocking: bool,
    criteria: String,
    /// That it passed although checks did not hold.
    tolerated: Option<&'a str>,
    style: &'static str,
    word: &'static str,
    reason: Option<&'a str>,
    blocked_by: Option<&'a str>,
    started: Option<String>,
    /// Empty for a case that never started.
    took: String,
    rate: Option<Rate>,
    /// Such as `5 of 6`; empty when there are no checks.
    checks: String,
    groups: Vec<CheckGroup<'a>>,
    /// What went wrong in earlier attempts, a line each.
    attempts: Vec<String>,
    attachments: Vec<AttachmentView<'a>>,
    messages: Vec<MessageView<'a>>,
    /// The messages that a reader should not miss.
    alarms: usize,
    deleted: Vec<String>,
    left: Vec<LeftView<'a>>,
    settings: Vec<(String, String)>,
    /// The path of its log in the run folder.
    log: Option<String>,
    open: bool,
}

/// The share of checks that passed.
#[derive(Debug, Serialize)]
struct Rate {
    percent: String,
    text: String,
}

/// Checks that are shown together.
#[derive(Debug, Serialize)]
struct CheckGroup<'a> {
    /// The line to click for them; `None` when they are always shown.
    title: Option<String>,
    checks: Vec<CheckView<'a>>,
}

#[derive(Debug, Serialize)]
struct CheckView<'a> {
    name: &'a str,
    states: &'a str,
    mark: Option<&'a str>,
    word: &'static str,
    message: Option<&'a str>,
    request: Option<RequestView<'a>>,
    took: String,
}

#[derive(Debug, Serialize)]
struct RequestView<'a> {
    method: &'a str,
    url: &'a str,
    status: String,
    id: Option<&'a str>,
}

/// A file that belongs to the case or to one of its checks.
#[derive(Debug, Serialize)]
struct AttachmentView<'a> {
    name: &'a str,
    path: &'a str,
}

/// A message for people.
#[derive(Debug, Serialize)]
pub(super) struct MessageView<'a> {
    time: String,
    level: &'static str,
    text: &'a str,
}

/// A thing that could not be deleted.
#[derive(Debug, Serialize)]
pub(super) struct LeftView<'a> {
    thing: String,
    reason: &'a str,
}

/// Whether the run was to run it: it was selected, or would have been if anything here implemented it.
pub(super) fn was_to_run(case: &CaseRecord) -> bool {
    case.verdict.is_some() || matches!(case.choice.decision, Decision::Selected | Decision::NoDriver)
}

impl<'a> CaseView<'a> {
    pub(super) fn of(index: usize, case: &'a CaseRecord, head: &RunHead) -> Self {
        let has_details = case.started.is_some() || !case.checks.is_empty() || !case.messages.is_empty();
        let verdict = case.verdict.as_ref();
        let (style, tally) = (style_of(verdict), &case.tally);
        Self {
            anchor: if has_details { format!("case-{index}") } else { String::new() },
            name: &case.choice.case_name,
            tier: &case.choice.tier,
            project: &case.choice.project_name,
            blocking: case.choice.blocking,
            criteria: case.choice.criteria.to_string(),
            tolerated: case.tolerated.as_deref(),
            style,
            word: verdict.map_or("not run", Verdict::word),
            reason: verdict.map_or(Some(case.choice.reason.as_str()), Verdict::reason),
            blocked_by: blocker(verdict),
            started: case.started.map(words::time_of_day),
            took: case.started.map(|_| words::duration(case.duration_ms)).unwrap_or_default(),
            rate: tally.success_rate().map(|rate| Rate { percent: percent(rate, 100.0), text: format!("{rate:.0}%") }),
            checks: checks_in_short(tally),
            groups: groups(&case.checks),
            attempts: case.attempts.iter().map(attempt_in_words).collect(),
            attachments: attachments(case),
            messages: messages(&case.messages),
            alarms: case.messages.iter().filter(|message| message.level >= Level::Warning).count(),
            deleted: case.clean_up.deleted.iter().map(ToString::to_string).collect(),
            left: left(&case.clean_up.left),
            settings: settings(head, &case.choice.case_name),
            log: case.started.map(|_| format!("{LOGS_FOLDER}/{}.log", file_name(&case.choice.case_name))),
            open: matches!(style, "failed" | "errored") || case.tolerated.is_some() || !case.clean_up.left.is_empty(),
        }
    }

    pub(super) fn tier(&self) -> &'a str {
        self.tier
    }

    pub(super) fn has_details(&self) -> bool {
        !self.anchor.is_empty()
    }
}

fn attempt_in_words(attempt: &AttemptRecord) -> String {
    let reason = attempt.verdict.reason().map(|reason| format!(": {reason}")).unwrap_or_default();
    let took = words::duration(attempt.duration_ms);
    format!("Attempt {} {} after {took}{reason}", attempt.attempt, attempt.verdict)
}

fn attachments(case: &CaseRecord) -> Vec<AttachmentView<'_>> {
    let of_checks = case.checks.iter().flat_map(|check| &check.attachments);
    let all = case.attachments.iter().chain(of_checks);
    all.map(|attachment| AttachmentView { name: &attachment.name, path: &attachment.path }).collect()
}

/// The blocker of a case, unless its reason names it.
fn blocker(verdict: Option<&Verdict>) -> Option<&str> {
    match verdict {
        Some(Verdict::NotRun { reason, blocked_by: Some(blocker) }) if !reason.contains(blocker) => Some(blocker),
        _ => None,
    }
}

fn checks_in_short(tally: &Tally) -> String {
    let made = made_in_short(tally);
    match tally.out_of_scope {
        0 => made,
        number if made.is_empty() => format!("{} out of scope", words::grouped(number.into())),
        number => format!("{made}, {} out of scope", words::grouped(number.into())),
    }
}

fn made_in_short(tally: &Tally) -> String {
    match (tally.ran(), tally.skipped) {
        (0, 0) => String::new(),
        (0, skipped) => format!("{} skipped", words::grouped(skipped.into())),
        (ran, _) => format!("{} of {}", words::grouped(tally.passed.into()), words::grouped(ran.into())),
    }
}

/// A short list is shown as it was made; a long one with what went wrong first, and the rest folded away.
fn groups(checks: &[CheckRecord]) -> Vec<CheckGroup<'_>> {
    if checks.len() <= MANY_CHECKS {
        return vec![CheckGroup { title: None, checks: checks.iter().map(check).collect() }];
    }
    let with = |words: &[&str]| -> Vec<_> {
        checks.iter().filter(|check| words.contains(&check.outcome.word())).map(check).collect()
    };
    let folded = |word: &str| {
        let checks = with(&[word]);
        CheckGroup { title: Some(format!("{} {word}", words::counted(checks.len() as u64, "check"))), checks }
    };
    let bad = CheckGroup { title: None, checks: with(&["failed", "errored"]) };
    [bad, folded("skipped"), folded("passed")].into_iter().filter(|group| !group.checks.is_empty()).collect()
}

fn check(check: &CheckRecord) -> CheckView<'_> {
    let request = match &check.outcome {
        CheckOutcome::Failed(fault) | CheckOutcome::Errored(fault) => fault.request.as_ref(),
        CheckOutcome::Passed | CheckOutcome::Skipped { .. } => None,
    };
    CheckView {
        name: &check.name,
        states: &check.states,
        mark: check.mark.as_deref(),
        word: check.outcome.word(),
        message: check.outcome.message(),
        request: request.map(self::request),
        took: words::duration(check.duration_ms),
    }
}

fn request(request: &FailedRequest) -> RequestView<'_> {
    RequestView {
        method: &request.method,
        url: &request.url,
        status: request.status.map_or_else(|| "no answer".into(), |status| status.to_string()),
        id: request.request_id.as_deref(),
    }
}

/// Messages in order.
pub(super) fn messages<'a>(messages: impl IntoIterator<Item = &'a Message>) -> Vec<MessageView<'a>> {
    let view = |message: &'a Message| MessageView {
        time: words::time_of_day(message.at),
        level: words::level(message.level),
        text: &message.text,
    };
    messages.into_iter().map(view).collect()
}

/// Things that could not be deleted.
pub(super) fn left(left: &[Leftover]) -> Vec<LeftView<'_>> {
    left.iter().map(|left| LeftView { thing: left.thing.to_string(), reason: &left.reason }).collect()
}

fn settings(head: &RunHead, case: &str) -> Vec<(String, String)> {
    let in_words = |value: &serde_json::Value| match value {
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    match head.settings.get(case) {
        Some(serde_json::Value::Object(all)) => all.iter().map(|(key, value)| (key.clone(), in_words(value))).collect(),
        _ => Vec::new(),
    }
}
