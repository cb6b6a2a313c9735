// SPDX-License-Identifier: Apache-2.0
//! One case, from its preparation to its clean-up, as often as it is tried.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use functest_core::TestCase;
use functest_core::case::{Conclusion, Ctx, CtxParts, Ended, Ending, panic_message};
use functest_core::driver::Checks;
use functest_core::event::{CancelLevel, CleanUp, Emitter, EventBody, Thing};
use functest_core::pattern::Pattern;
use functest_core::provider::{ForCase, Opened, ProviderError, Providers};
use functest_core::verdict::{CheckOutcome, Tally, Verdict};
use tokio::task::JoinError;

use crate::cancel::Cancelled;
use crate::plan::PlannedCase;
use crate::stage::Stage;

/// What all cases of a run share.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) run_id: String,
    pub(crate) providers: Providers,
    pub(crate) stage: Stage,
    pub(crate) events: Emitter,
    pub(crate) attempts: u32,
    pub(crate) scope: Option<Pattern>,
    pub(crate) deadline_factor: f64,
    pub(crate) cancelled: Cancelled,
    /// What was said to be left.
    pub(crate) left: Arc<Mutex<Vec<Thing>>>,
}

/// What became of a case.
pub(crate) struct Executed {
    pub(crate) name: String,
    pub(crate) blocking: bool,
    pub(crate) verdict: Verdict,
    pub(crate) something_left: bool,
}

/// What became of one attempt.
struct Attempt {
    conclusion: Conclusion,
    something_left: bool,
    /// Whether it goes on, though it was told to end: another one beside it would tell nothing.
    is_stuck: bool,
}

impl Attempt {
    /// The case was not run at all.
    fn not_run(verdict: Verdict, something_left: bool) -> Self {
        Self {
            conclusion: Conclusion { verdict, tally: Tally::default(), ended: Ended::default() },
            something_left,
            is_stuck: false,
        }
    }
}

/// Runs one case until it passes, or has been tried often enough. Its clean-up is awaited whatever happened, unless the run
/// is abandoned.
pub(crate) async fn execute(planned: PlannedCase, shared: Shared) -> Executed {
    let started = Instant::now();
    let mut something_left = false;
    let mut first_fault = None;
    let mut number = 1;
    let conclusion = loop {
        let begun = Instant::now();
        shared.events.emit(EventBody::CaseStarted { case_name: planned.name.clone(), attempt: number });
        let attempt = try_once(&planned, number, &shared).await;
        something_left |= attempt.something_left;
        let verdict = &attempt.conclusion.verdict;
        let is_last = attempt.is_stuck || number >= shared.attempts || shared.cancelled.present().is_some();
        if is_last || !verdict.is_worth_another_attempt() {
            break attempt.conclusion;
        }
        first_fault.get_or_insert_with(|| verdict.reason().unwrap_or_default().to_owned());
        shared.events.emit(EventBody::AttemptFinished {
            case_name: planned.name.clone(),
            attempt: number,
            verdict: verdict.clone(),
            duration_ms: milliseconds_since(begun),
        });
        number += 1;
    };
    let Conclusion { verdict, tally, ended } = conclusion;
    let verdict = match (verdict, first_fault) {
        (Verdict::Passed, Some(fault)) => {
            Verdict::Flaky { reason: format!("it passed in attempt {number}; attempt 1: {fault}") }
        }
        (verdict, _) => verdict,
    };
    shared.events.emit(EventBody::CaseFinished {
        case_name: planned.name.clone(),
        verdict: verdict.clone(),
        tally,
        duration_ms: milliseconds_since(started),
        ended,
    });
    Executed { name: planned.name, blocking: planned.blocking, verdict, something_left }
}

async fn try_once(planned: &PlannedCase, number: u32, shared: &Shared) -> Attempt {
    let mut cancelled = shared.cancelled.clone();
    let lacks = tokio::select! {
        lacks = shared.providers.lacks(&planned.needs.requires) => lacks,
        cancel = cancelled.at_least(CancelLevel::Stop) => {
            return Attempt::not_run(Verdict::Errored { reason: cancel.reason.to_string() }, false);
        }
    };
    if let Some(lack) = lacks.into_iter().next() {
        return Attempt::not_run(Verdict::Skipped { reason: lack.reason }, false);
    }
    let mut opened = Opened::default();
    let for_case = ForCase { case_name: &planned.name, attempt: number, needs: &planned.needs };
    // What is asked of a cloud meanwhile may go on for ever.
    let opening = tokio::select! {
        result = shared.providers.open(for_case, &mut opened) => result,
        () = tokio::time::sleep(planned.deadline) => {
            let deadline = planned.deadline;
            Err(ProviderError::new(format!("the case was not ready to start within its deadline of {deadline:.0?}")))
        }
        cancel = cancelled.at_least(CancelLevel::Stop) => Err(ProviderError::new(cancel.reason.to_string())),
    };
    match opening {
        Ok(()) => {
            let ctx = context(planned, number, shared, &opened);
            let ending = run_body(planned, &ctx, shared).await;
            let is_stuck = matches!(ending, Ending::Stuck(_));
            let conclusion = ctx.conclude(ending, planned.criteria);
            Attempt { conclusion, something_left: close(shared, &planned.name, &opened).await, is_stuck }
        }
        Err(error) => {
            let left = report_clean_up(shared, Some(&planned.name), error.clean_up);
            let left = close(shared, &planned.name, &opened).await || left;
            Attempt::not_run(Verdict::Errored { reason: error.message }, left)
        }
    }
}

/// How long a body that is told to end may take to do it.
const TIME_TO_END: Duration = Duration::from_secs(5);

fn context(planned: &PlannedCase, number: u32, shared: &Shared, opened: &Opened) -> Ctx {
    Ctx::new(CtxParts {
        run_id: shared.run_id.clone(),
        case_name: planned.name.clone(),
        attempt: number,
        events: shared.events.clone(),
        checks: planned.checks.clone(),
        scope: shared.scope.clone(),
        deadline_factor: shared.deadline_factor,
        resources: opened.resources.clone(),
    })
}

/// The case runs as a task of its own, so that a panic in it is only its own.
async fn run_body(planned: &PlannedCase, ctx: &Ctx, shared: &Shared) -> Ending {
    let lists = planned.checks == Checks::Listed;
    let mut cancelled = shared.cancelled.clone();
    let mut task = shared.stage.spawn(list_and_run(Arc::clone(&planned.case), ctx.clone(), lists));
    let (ending, open_checks) = tokio::select! {
        ended = &mut task => return returned(ended),
        () = tokio::time::sleep(planned.deadline) => {
            let message = format!("the case's deadline of {:.0?} passed", planned.deadline);
            (Ending::DeadlinePassed(planned.deadline), CheckOutcome::failed(message))
        }
        cancel = cancelled.at_least(CancelLevel::Stop) => {
            let reason = cancel.reason.to_string();
            (Ending::Cancelled(reason.clone()), CheckOutcome::errored(reason))
        }
    };
    // Before the task ends: checks that go down with it were not given up by the case.
    ctx.give_up(&open_checks);
    task.abort();
    // Its futures must be gone before what they work with is taken away; but one that blocks its thread cannot be ended.
    match tokio::time::timeout(TIME_TO_END, task).await {
        Ok(_) => ending,
        Err(_) => {
            shared.stage.renew();
            Ending::Stuck(Box::new(ending))
        }
    }
}

async fn list_and_run(case: Arc<dyn TestCase>, ctx: Ctx, lists: bool) -> Result<Ended, functest_core::case::CaseError> {
    if lists {
        ctx.declare(case.list(&ctx).await?);
    }
    case.run(&ctx).await
}

fn returned(ended: Result<Result<Ended, functest_core::case::CaseError>, JoinError>) -> Ending {
    match ended {
        Ok(result) => Ending::Returned(result),
        Err(error) => match error.try_into_panic() {
            Ok(panic) => Ending::Panicked(panic_message(panic.as_ref())),
            Err(error) => Ending::Panicked(error.to_string()),
        },
    }
}

/// Takes down what the case had, unless the user does not want to wait for it any more.
async fn close(shared: &Shared, name: &str, opened: &Opened) -> bool {
    let mut cancelled = shared.cancelled.clone();
    let clean_up = tokio::select! {
        clean_up = shared.providers.close(name, opened) => clean_up,
        _ = cancelled.at_least(CancelLevel::Abandon) => {
            let left = shared.providers.left(name);
            report_clean_up(shared, Some(name), CleanUp { deleted: Vec::new(), left });
            // Nobody has looked whether there is more.
            return true;
        }
    };
    report_clean_up(shared, Some(name), clean_up)
}

/// Takes down what is there still when all cases have ended; whether something was left that nobody has said yet.
pub(crate) async fn end(shared: &Shared) -> bool {
    let mut cancelled = shared.cancelled.clone();
    let mut clean_up = tokio::select! {
        biased;
        // Each case has said what is left of it.
        _ = cancelled.at_least(CancelLevel::Abandon) => return false,
        clean_up = shared.providers.end() => clean_up,
    };
    let said = shared.left.lock().unwrap_or_else(PoisonError::into_inner).clone();
    clean_up.left.retain(|left| !said.contains(&left.thing));
    report_clean_up(shared, None, clean_up)
}

fn report_clean_up(shared: &Shared, case_name: Option<&str>, clean_up: CleanUp) -> bool {
    let things = clean_up.left.iter().map(|left| left.thing.clone());
    shared.left.lock().unwrap_or_else(PoisonError::into_inner).extend(things);
    let left = !clean_up.left.is_empty();
    if !clean_up.is_empty() {
        shared.events.emit(EventBody::CleanedUp { case_name: case_name.map(str::to_owned), clean_up });
    }
    left
}

fn milliseconds_since(instant: Instant) -> u64 {
    instant.elapsed().as_millis().try_into().unwrap_or(u64::MAX)
}
