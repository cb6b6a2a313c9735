// SPDX-License-Identifier: Apache-2.0
//! From events to a record. The fold can be asked for its record at any time, also in the middle of a run.

use std::collections::HashMap;
use std::io::BufRead;

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::timing::Timings;
use super::{AttemptRecord, CaseRecord, CheckRecord, Message, RunRecord, RunState, Totals, VERSION};
use crate::event::{self, CancelLevel, CleanUp, Event, EventBody, Level, RunHead};
use crate::selection::{Choice, Decision};
use crate::verdict::{CheckOutcome, Ended, Tally, Verdict};

/// Why events do not make a record.
#[derive(Debug, thiserror::Error)]
pub enum FoldError {
    /// The events cannot be read.
    #[error("cannot read the events: {0}")]
    Unreadable(#[from] std::io::Error),
    /// A line is not an event.
    #[error("line {line} of the events is not an event: {reason}")]
    NoEvent {
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// The format is newer than this program.
    #[error("line {line} of the events is of version {version}, and this functest reads up to version {max}: use the functest that wrote them, or a later one", max = event::VERSION)]
    TooNew {
        /// The line, from 1.
        line: usize,
        /// Its version.
        version: u32,
    },
    /// There is no first event.
    #[error("the events do not begin with the start of a run")]
    NoStart,
}

/// A check that has started and not ended.
#[derive(Clone, Debug)]
struct OpenCheck {
    at: DateTime<Utc>,
    states: String,
    mark: Option<String>,
}

/// Adds up events.
#[derive(Clone, Debug)]
pub struct Fold {
    head: RunHead,
    started: DateTime<Utc>,
    last: DateTime<Utc>,
    cases: Vec<CaseRecord>,
    index: HashMap<String, usize>,
    open_checks: HashMap<(String, String), OpenCheck>,
    run_clean_up: CleanUp,
    messages: Vec<Message>,
    timings: Timings,
    /// By the user.
    cancelled: Option<CancelLevel>,
    stopped_because: Option<String>,
    finished: Option<(u64, u8)>,
}

impl Fold {
    /// A fold that begins with the first event of a run.
    ///
    /// # Errors
    /// [`FoldError::NoStart`] when it is another event.
    pub fn begin(first: &Event) -> Result<Self, FoldError> {
        let EventBody::RunStarted(head) = &first.body else { return Err(FoldError::NoStart) };
        let cases: Vec<CaseRecord> = head.cases.iter().map(CaseRecord::from).collect();
        let index = cases.iter().enumerate().map(|(i, case)| (case.choice.case_name.clone(), i)).collect();
        Ok(Self {
            head: RunHead::clone(head),
            started: first.at,
            last: first.at,
            cases,
            index,
            open_checks: HashMap::new(),
            run_clean_up: CleanUp::default(),
            messages: Vec::new(),
            timings: Timings::default(),
            cancelled: None,
            stopped_because: None,
            finished: None,
        })
    }

    /// Adds one more event.
    pub fn take(&mut self, event: &Event) {
        self.last = event.at;
        match &event.body {
            EventBody::RunStarted(_) | EventBody::TierStarted { .. } => {}
            EventBody::CaseStarted { case_name, .. } => {
                if let Some(record) = self.case(case_name) {
                    record.started.get_or_insert(event.at);
                }
            }
            EventBody::CheckStarted { case_name, check, states, mark } => {
                let key = (case_name.clone(), check.clone());
                let (states, mark) = (states.clone(), mark.clone());
                self.open_checks.insert(key, OpenCheck { at: event.at, states, mark });
            }
            EventBody::CheckFinished {
                case_name,
                check,
                outcome,
                duration_ms,
                started,
                states,
                attachments,
                details,
            } => {
                let opened = self.open_checks.remove(&(case_name.clone(), check.clone()));
                let check = CheckRecord {
                    name: check.clone(),
                    started: started.or(opened.as_ref().map(|open| open.at)),
                    mark: opened.as_ref().and_then(|open| open.mark.clone()),
                    states: states.clone().or(opened.map(|open| open.states)).unwrap_or_default(),
                    outcome: outcome.clone(),
                    duration_ms: *duration_ms,
                    attachments: attachments.clone(),
                    details: details.clone(),
                };
                if let Some(record) = self.case(case_name) {
                    record.tally.count(&check.name, &check.outcome);
                    record.checks.push(check);
                }
            }
            EventBody::Attached { case_name, attachment } => {
                if let Some(record) = self.case(case_name) {
                    record.attachments.push(attachment.clone());
                }
            }
            EventBody::AttemptFinished { case_name, attempt, verdict, duration_ms } => {
                if let Some(record) = self.case(case_name) {
                    record.tally = Tally::default();
                    record.attempts.push(AttemptRecord {
                        attempt: *attempt,
                        verdict: verdict.clone(),
                        duration_ms: *duration_ms,
                        checks: std::mem::take(&mut record.checks),
                    });
                }
            }
            EventBody::ApiCall { call, .. } => self.timings.take(call),
            EventBody::Log { case_name, level, message } => {
                let message = Message { at: event.at, level: *level, text: message.clone() };
                match case_name.as_deref().and_then(|name| self.case(name)) {
                    Some(record) => record.messages.push(message),
                    None => self.messages.push(message),
                }
            }
            EventBody::CleanedUp { case_name, clean_up } => {
                let total = match case_name.as_deref().and_then(|name| self.index.get(name)) {
                    Some(i) => &mut self.cases[*i].clean_up,
                    None => &mut self.run_clean_up,
                };
                total.add(clean_up.clone());
            }
            EventBody::CaseFinished { case_name, verdict, tally, duration_ms, ended } => {
                if let Some(record) = self.case(case_name) {
                    record.verdict = Some(verdict.clone());
                    record.tally = tally.clone();
                    record.tolerated = tally.tolerated().filter(|_| verdict.has_passed());
                    record.ended = ended.clone();
                    record.duration_ms = *duration_ms;
                }
            }
            EventBody::CancelRequested { level, cause: None } => {
                self.cancelled = self.cancelled.max(Some(*level));
            }
            EventBody::CancelRequested { cause: Some(cause), .. } => {
                self.stopped_because.get_or_insert_with(|| cause.clone());
            }
            EventBody::RunFinished { duration_ms, exit_code } => self.finished = Some((*duration_ms, *exit_code)),
        }
    }

    fn case(&mut self, name: &str) -> Option<&mut CaseRecord> {
        self.index.get(name).and_then(|i| self.cases.get_mut(*i))
    }

    /// The record of what was added so far.
    pub fn record(&self) -> RunRecord {
        let state = match (self.finished, self.cancelled) {
            (None, _) => RunState::Unfinished,
            (Some(_), Some(_)) => RunState::Interrupted,
            (Some(_), None) => RunState::Finished,
        };
        let mut cases = self.cases.clone();
        if state == RunState::Unfinished {
            self.settle(&mut cases);
        }
        let mut totals = Totals::default();
        cases.iter().filter_map(|case| case.verdict.as_ref()).for_each(|verdict| totals.count(verdict));
        let left = cases.iter().flat_map(|case| &case.clean_up.left).chain(&self.run_clean_up.left);
        let elapsed = (self.last - self.started).num_milliseconds().max(0).unsigned_abs();
        RunRecord {
            version: VERSION,
            head: self.head.clone(),
            state,
            started: self.started,
            duration_ms: self.finished.map_or(elapsed, |(duration, _)| duration),
            stopped_because: self.stopped_because.clone(),
            exit_code: self.finished.map(|(_, code)| code),
            left: left.cloned().collect(),
            totals,
            messages: self.messages.clone(),
            api: self.timings.summary(),
            cases,
        }
    }

    /// Says of the cases of a run without an end what became of them, so that none passes for want of news.
    fn settle(&self, cases: &mut [CaseRecord]) {
        for case in cases.iter_mut().filter(|case| case.verdict.is_none()) {
            if case.choice.decision != Decision::Selected {
                continue;
            }
            case.verdict = Some(match case.started {
                Some(_) => Verdict::Errored { reason: "the run ended before the case did".into() },
                None => Verdict::NotRun { reason: "the run ended before its turn".into(), blocked_by: None },
            });
            case.duration_ms = case.started.map_or(0, |at| (self.last - at).num_milliseconds().max(0).unsigned_abs());
        }
        // In the order in which they started: the same events give the same record.
        let mut open_checks: Vec<_> = self.open_checks.iter().collect();
        open_checks.sort_by_key(|((case, check), open)| (open.at, case.clone(), check.clone()));
        for ((case, check), open) in open_checks {
            let Some(record) = self.index.get(case).and_then(|i| cases.get_mut(*i)) else { continue };
            let message = "the run ended before the check did";
            let check = CheckRecord {
                name: check.clone(),
                states: open.states.clone(),
                mark: open.mark.clone(),
                outcome: CheckOutcome::errored(message),
                duration_ms: (self.last - open.at).num_milliseconds().max(0).unsigned_abs(),
                started: Some(open.at),
                attachments: Vec::new(),
                details: None,
            };
            record.tally.count(&check.name, &check.outcome);
            record.checks.push(check);
        }
    }
}

impl From<&Choice> for CaseRecord {
    fn from(choice: &Choice) -> Self {
        Self {
            choice: choice.clone(),
            verdict: None,
            started: None,
            duration_ms: 0,
            // Of a case that runs, the count comes with its end.
            tally: Tally { out_of_scope: choice.out_of_scope.unwrap_or_default(), ..Tally::default() },
            tolerated: None,
            checks: Vec::new(),
            ended: Ended::default(),
            attempts: Vec::new(),
            attachments: Vec::new(),
            clean_up: CleanUp::default(),
            messages: Vec::new(),
        }
    }
}

/// The record of the run whose `events.jsonl` this is. A last line that was cut off by a crash is passed over.
///
/// # Errors
/// When it cannot be read, is not what a run writes, or was written by a newer functest.
pub fn fold_lines(reader: impl BufRead) -> Result<RunRecord, FoldError> {
    let mut fold: Option<Fold> = None;
    // As bytes: a line may be cut off within a character.
    let mut lines = reader.split(b'\n').enumerate().peekable();
    while let Some((i, line)) = lines.next() {
        let event = match read_line(&line?, i + 1) {
            // Only what a crash cut off is passed over, and not what a newer functest wrote.
            Err(FoldError::NoEvent { .. }) if lines.peek().is_none() => break,
            read => read?,
        };
        match &mut fold {
            None => fold = Some(Fold::begin(&event)?),
            Some(fold) => fold.take(&event),
        }
    }
    fold.map(|fold| fold.record()).ok_or(FoldError::NoStart)
}

/// What every version of an event has.
#[derive(Deserialize)]
struct Versioned {
    v: u32,
}

/// One event. Its version is looked at first: what a newer functest writes need not even have the form of an event of ours.
fn read_line(line: &[u8], number: usize) -> Result<Event, FoldError> {
    let no_event = |error: serde_json::Error| FoldError::NoEvent { line: number, reason: error.to_string() };
    let Versioned { v: version } = serde_json::from_slice(line).map_err(no_event)?;
    if version > event::VERSION {
        return Err(FoldError::TooNew { line: number, version });
    }
    serde_json::from_slice(line).map_err(no_event)
}

impl RunRecord {
    /// Messages of the run that its reader should see first.
    pub fn warnings(&self) -> impl Iterator<Item = &Message> {
        self.messages.iter().filter(|message| message.level >= Level::Warning)
    }

    /// How many checks were not made because only a part was asked for, those of cases that did not run for that reason included.
    pub fn checks_out_of_scope(&self) -> u64 {
        self.cases.iter().map(|case| u64::from(case.tally.out_of_scope)).sum()
    }
}
