// SPDX-License-Identifier: Apache-2.0
//! The log of one case, as plain text: a line an event, each with its time and level.

use functest_core::event::{ApiCall, CleanUp, Event, EventBody, Level};
use functest_core::verdict::{CheckOutcome, Ended, FailedRequest, Tally, Verdict};

use crate::words;

/// The case that an event is about, if it is about one.
pub(crate) fn case_of(event: &Event) -> Option<&str> {
    match &event.body {
        EventBody::CaseStarted { case_name, .. }
        | EventBody::CheckStarted { case_name, .. }
        | EventBody::CheckFinished { case_name, .. }
        | EventBody::Attached { case_name, .. }
        | EventBody::AttemptFinished { case_name, .. }
        | EventBody::CaseFinished { case_name, .. } => Some(case_name),
        EventBody::ApiCall { case_name, .. }
        | EventBody::Log { case_name, .. }
        | EventBody::CleanedUp { case_name, .. } => case_name.as_deref(),
        EventBody::RunStarted(_)
        | EventBody::TierStarted { .. }
        | EventBody::CancelRequested { .. }
        | EventBody::RunFinished { .. } => None,
    }
}

/// What the log of its case says of an event, with line breaks; empty for what is no matter of a case.
pub(crate) fn lines(event: &Event) -> String {
    let mut log = Lines { at: words::timestamp(event.at), text: String::new() };
    match &event.body {
        EventBody::CaseStarted { case_name, attempt } => log.case_started(case_name, *attempt),
        EventBody::CheckStarted { check, states, mark, .. } => log.check_started(check, states, mark.as_deref()),
        EventBody::CheckFinished { check, outcome, duration_ms, .. } => {
            log.check_finished(check, outcome, *duration_ms);
        }
        EventBody::Attached { attachment, .. } => {
            log.add(Level::Info, &format!("attached {}: {}", attachment.name, attachment.path));
        }
        EventBody::AttemptFinished { case_name, attempt, verdict, duration_ms } => {
            log.ended(&format!("attempt {attempt} of case {case_name}"), verdict, *duration_ms);
        }
        EventBody::ApiCall { call, .. } => log.call(call),
        EventBody::Log { level, message, .. } => log.add(*level, message),
        EventBody::CleanedUp { clean_up, .. } => log.clean_up(clean_up),
        EventBody::CaseFinished { case_name, verdict, tally, duration_ms, ended } => {
            log.case_finished(case_name, verdict, tally, *duration_ms, ended);
        }
        EventBody::RunStarted(_)
        | EventBody::TierStarted { .. }
        | EventBody::CancelRequested { .. }
        | EventBody::RunFinished { .. } => {}
    }
    log.text
}

/// What the log says of what a tool wrote: its lines, at the margin behind a bar, so that none can pass for an event.
/// `at_line_start` is where the piece before it has ended, and is moved on.
pub(crate) fn output(text: &str, at_line_start: &mut bool) -> String {
    let mut log = String::with_capacity(text.len() + 64);
    for piece in text.split_inclusive('\n') {
        if *at_line_start {
            log.push_str("| ");
        }
        *at_line_start = piece.ends_with('\n');
        log.push_str(words::visible(piece.trim_end_matches(['\n', '\r'])).as_ref());
        if *at_line_start {
            log.push('\n');
        }
    }
    log
}

struct Lines {
    at: String,
    text: String,
}

impl Lines {
    /// Adds a message; its further lines are indented, so that only an event begins at the margin.
    fn add(&mut self, level: Level, message: &str) {
        let level = words::level(level);
        let message = words::visible(message.trim_end()).replace('\n', "\n    ");
        self.text.push_str(&format!("{} {level:<7} {message}\n", self.at));
    }

    fn check_started(&mut self, check: &str, states: &str, mark: Option<&str>) {
        let states = if states.is_empty() { String::new() } else { format!(": {states}") };
        let mark = mark.map(|mark| format!("\nnote: {mark}")).unwrap_or_default();
        self.add(Level::Info, &format!("check {check} starts{states}{mark}"));
    }

    fn check_finished(&mut self, check: &str, outcome: &CheckOutcome, duration_ms: u64) {
        let (level, fault) = match outcome {
            CheckOutcome::Passed | CheckOutcome::Skipped { .. } => (Level::Info, None),
            CheckOutcome::Failed(fault) | CheckOutcome::Errored(fault) => (Level::Error, Some(fault)),
        };
        let message = outcome.message().map(|message| format!(": {message}")).unwrap_or_default();
        let request = fault.and_then(|fault| fault.request.as_ref());
        let request = request.map(|request| format!("\n{}", request_in_words(request))).unwrap_or_default();
        let (word, took) = (outcome.word(), words::duration(duration_ms));
        self.add(level, &format!("check {check} {word} after {took}{message}{request}"));
    }

    fn call(&mut self, call: &ApiCall) {
        let failed = call.status.is_none_or(|status| status >= 500);
        let status = call.status.map_or_else(|| "no answer".into(), |status| status.to_string());
        let id = call.request_id.as_ref().map(|id| format!(" {id}")).unwrap_or_default();
        let attempt = if call.attempt > 1 { format!(" (attempt {})", call.attempt) } else { String::new() };
        let error = call.error.as_ref().map(|error| format!(": {error}")).unwrap_or_default();
        let ApiCall { method, service, route, duration_ms, .. } = call;
        let message = format!("{method} {service} {route} {status} {duration_ms:.1} ms{id}{attempt}{error}");
        self.add(if failed { Level::Warning } else { Level::Debug }, &message);
    }

    fn clean_up(&mut self, clean_up: &CleanUp) {
        for thing in &clean_up.deleted {
            self.add(Level::Info, &format!("clean-up: deleted {thing}"));
        }
        for left in &clean_up.left {
            self.add(Level::Error, &format!("clean-up: left {}: {}", left.thing, left.reason));
        }
    }

    fn case_started(&mut self, case_name: &str, attempt: u32) {
        let attempt = if attempt > 1 { format!(" (attempt {attempt})") } else { String::new() };
        self.add(Level::Info, &format!("case {case_name} starts{attempt}"));
    }

    fn case_finished(&mut self, case_name: &str, verdict: &Verdict, tally: &Tally, duration_ms: u64, ended: &Ended) {
        self.ended(&format!("case {case_name}"), verdict, duration_ms);
        let Tally { passed, failed, errored, skipped, out_of_scope, .. } = tally;
        if let Some(tolerated) = tally.tolerated().filter(|_| verdict.has_passed()) {
            self.add(Level::Warning, &tolerated);
        }
        let code = ended.return_code.map(|code| format!("; return code {code}")).unwrap_or_default();
        let scope = if *out_of_scope > 0 { format!(", {out_of_scope} out of scope") } else { String::new() };
        self.add(
            Level::Info,
            &format!("checks: {passed} passed, {failed} failed, {errored} errored, {skipped} skipped{scope}{code}"),
        );
    }

    fn ended(&mut self, what: &str, verdict: &Verdict, duration_ms: u64) {
        let level = match verdict {
            Verdict::Passed | Verdict::Skipped { .. } => Level::Info,
            Verdict::NotRun { .. } | Verdict::Flaky { .. } => Level::Warning,
            Verdict::Failed { .. } | Verdict::Errored { .. } => Level::Error,
        };
        let reason = verdict.reason().map(|reason| format!(": {reason}")).unwrap_or_default();
        self.add(level, &format!("{what} {verdict} after {}{reason}", words::duration(duration_ms)));
    }
}

/// `POST https://... 500 req-...`
pub(crate) fn request_in_words(request: &FailedRequest) -> String {
    let status = request.status.map_or_else(|| "no answer".into(), |status| status.to_string());
    let id = request.request_id.as_ref().map(|id| format!(" {id}")).unwrap_or_default();
    format!("{} {} {status}{id}", request.method, request.url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_events_begin_at_the_margin() {
        let body =
            EventBody::Log { case_name: Some("c".into()), level: Level::Info, message: "one\ntwo\u{7}\n".into() };
        let event = Event { v: 1, seq: 0, at: chrono::DateTime::UNIX_EPOCH, body };
        assert_eq!(lines(&event), "1970-01-01T00:00:00.000Z info    one\n    two\\u{7}\n");
    }

    #[test]
    fn what_a_tool_writes_stands_behind_a_bar_however_it_is_cut() {
        let mut at_line_start = true;
        let pieces = ["one\ntw", "o\r\n\n\u{1b}[31mred", "\n2026 error forged\n"];
        let log: String = pieces.iter().map(|piece| output(piece, &mut at_line_start)).collect();
        assert_eq!(log, "| one\n| two\n| \n| \\u{1b}[31mred\n| 2026 error forged\n");
    }
}
