// SPDX-License-Identifier: Apache-2.0
//! One case, from its preparation to its clean-up.

use std::sync::Arc;
use std::time::{Duration, Instant};

use functest_core::Environment;
use functest_core::case::{CaseError, Ctx, CtxParts, panic_message};
use functest_core::environment::Lease;
use functest_core::event::{CancelLevel, CleanUp, Emitter, EventBody};
use functest_core::pattern::Pattern;
use functest_core::verdict::{CheckOutcome, Fault, Tally, Verdict};
use tokio::task::JoinError;

use crate::handle::Cancelled;
use crate::plan::PlannedCase;

/// What all cases of a run share.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) run_id: String,
    pub(crate) environment: Arc<dyn Environment>,
    pub(crate) events: Emitter,
    pub(crate) scope: Option<Pattern>,
    pub(crate) deadline_factor: f64,
    pub(crate) cancelled: Cancelled,
}

/// How a case ended.
pub(crate) struct Ended {
    pub(crate) name: String,
    pub(crate) blocking: bool,
    pub(crate) verdict: Verdict,
    pub(crate) something_left: bool,
}

/// How the case itself came to its end, before the verdict.
enum End {
    Returned(Result<(), CaseError>),
    Panicked(String),
    DeadlinePassed(Duration),
    Cancelled,
}

/// Runs one case. Its clean-up is awaited whatever happened, unless the run is abandoned.
pub(crate) async fn execute(planned: PlannedCase, shared: Shared) -> Ended {
    let started = Instant::now();
    let name = planned.name.clone();
    let blocking = planned.blocking;
    shared.events.emit(EventBody::CaseStarted { case: name.clone() });
    let (verdict, tally, something_left) = match shared.environment.lacks(&planned.needs) {
        Some(reason) => (Verdict::Skipped { reason }, Tally::default(), false),
        None => prepare_and_run(planned, &shared).await,
    };
    shared.events.emit(EventBody::CaseFinished {
        case: name.clone(),
        verdict: verdict.clone(),
        tally,
        duration_ms: started.elapsed().as_millis().try_into().unwrap_or(u64::MAX),
    });
    Ended { name, blocking, verdict, something_left }
}

async fn prepare_and_run(planned: PlannedCase, shared: &Shared) -> (Verdict, Tally, bool) {
    let name = planned.name.clone();
    let mut cancelled = shared.cancelled.clone();
    let opened = tokio::select! {
        opened = shared.environment.open(&name, &planned.needs) => opened,
        Ok(_) = cancelled.wait_for(|level| *level >= Some(CancelLevel::Abandon)) => {
            return (Verdict::Errored { reason: "interrupted by the user".into() }, Tally::default(), true);
        }
    };
    let lease = match opened {
        Ok(lease) => lease,
        Err(error) => {
            let left = report_clean_up(shared, &name, error.clean_up);
            return (Verdict::Errored { reason: error.message }, Tally::default(), left);
        }
    };
    let ctx = Ctx::new(CtxParts {
        run_id: shared.run_id.clone(),
        case_name: name.clone(),
        events: shared.events.clone(),
        checks: planned.checks.clone(),
        scope: shared.scope.clone(),
        deadline_factor: shared.deadline_factor,
        resources: lease.resources.clone(),
    });
    let criteria = planned.criteria;
    let end = run_body(planned, &ctx, shared.cancelled.clone()).await;
    let verdict = verdict(end, &ctx, criteria);
    let left = close(shared, lease).await;
    (verdict, ctx.tally(), left)
}

/// The case runs as a task of its own, so that a panic in it is only its own.
async fn run_body(planned: PlannedCase, ctx: &Ctx, mut cancelled: Cancelled) -> End {
    let (deadline, case_ctx) = (planned.deadline, ctx.clone());
    let mut task = tokio::spawn(async move { planned.case.run(&case_ctx).await });
    let end = tokio::select! {
        ended = &mut task => return returned(ended),
        () = tokio::time::sleep(deadline) => End::DeadlinePassed(deadline),
        // An error means that nobody can cancel any more, which is no cancel.
        Ok(_) = cancelled.wait_for(Option::is_some) => End::Cancelled,
    };
    task.abort();
    // Its futures must be gone before what they work with is taken away.
    let _ = task.await;
    end
}

fn returned(ended: Result<Result<(), CaseError>, JoinError>) -> End {
    match ended {
        Ok(result) => End::Returned(result),
        Err(error) => match error.try_into_panic() {
            Ok(panic) => End::Panicked(panic_message(panic.as_ref())),
            Err(error) => End::Panicked(error.to_string()),
        },
    }
}

fn verdict(end: End, ctx: &Ctx, criteria: functest_core::criteria::Criteria) -> Verdict {
    let errored = |reason: String| {
        ctx.end_open_checks(&CheckOutcome::Errored(Fault { message: reason.clone(), request: None }));
        Verdict::Errored { reason }
    };
    match end {
        End::Returned(Ok(())) => ctx.tally().verdict(criteria),
        End::Returned(Err(error)) => errored(error.to_string()),
        End::Panicked(message) => errored(format!("the case panicked: {message}")),
        End::Cancelled => errored("interrupted by the user".into()),
        End::DeadlinePassed(deadline) => {
            let reason = format!("the case's deadline of {deadline:.0?} passed");
            ctx.end_open_checks(&CheckOutcome::Failed(Fault { message: reason.clone(), request: None }));
            let first = ctx.tally().first_fault.map(|fault| format!("; first {fault}")).unwrap_or_default();
            Verdict::Failed { reason: format!("{reason}{first}") }
        }
    }
}

/// Takes down what the case had, unless the user does not want to wait for it any more.
async fn close(shared: &Shared, lease: Lease) -> bool {
    let name = lease.case_name.clone();
    let mut cancelled = shared.cancelled.clone();
    let clean_up = tokio::select! {
        clean_up = shared.environment.close(lease) => clean_up,
        Ok(_) = cancelled.wait_for(|level| *level >= Some(CancelLevel::Abandon)) => return true,
    };
    report_clean_up(shared, &name, clean_up)
}

fn report_clean_up(shared: &Shared, case: &str, clean_up: CleanUp) -> bool {
    let left = !clean_up.left.is_empty();
    if left || !clean_up.deleted.is_empty() {
        shared.events.emit(EventBody::CleanedUp { case: Some(case.to_owned()), clean_up });
    }
    left
}
