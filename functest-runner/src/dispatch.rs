// SPDX-License-Identifier: Apache-2.0
//! The order of a run: tier after tier, cases side by side, and what stops it.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use functest_core::case::{Ended, panic_message};
use functest_core::event::{CancelLevel, Emitter, EventBody};
use functest_core::exit_code;
use functest_core::provider::Providers;
use functest_core::verdict::{Tally, Verdict};
use tokio::task::{Id, JoinError, JoinSet};

use crate::alarm::Alarm;
use crate::cancel::{Cancel, Cancelled};
use crate::execute::{Executed, Shared, end, execute};
use crate::plan::{CaseWithoutDriver, Plan, PlannedTier};
use crate::queue::Queue;
use crate::stage::Stage;

/// Why nothing more starts.
#[derive(Clone)]
enum Stop {
    Blocked(String),
    Cancelled(Arc<str>),
}

impl Stop {
    fn verdict(&self) -> Verdict {
        match self {
            Self::Blocked(case) => Verdict::NotRun {
                reason: format!("the blocking case {case} did not pass"),
                blocked_by: Some(case.clone()),
            },
            Self::Cancelled(reason) => Verdict::NotRun { reason: reason.to_string(), blocked_by: None },
        }
    }
}

struct Dispatch {
    shared: Shared,
    at_a_time: usize,
    stop: Option<Stop>,
    cancel: Option<Cancel>,
    verdicts: Vec<Verdict>,
    something_left: bool,
}

/// How many cases run at a time.
pub(crate) fn at_a_time(plan: &Plan, providers: &Providers) -> usize {
    plan.jobs.min(providers.capacity().unwrap_or(usize::MAX)).max(1)
}

/// Runs the plan to its end; the last event is `RunFinished`.
pub(crate) async fn run(
    plan: Plan,
    providers: Providers,
    stage: Stage,
    events: Emitter,
    cancelled: Cancelled,
    alarm: Alarm,
) {
    let started = Instant::now();
    let at_a_time = at_a_time(&plan, &providers);
    let shared = Shared {
        run_id: plan.head.run_id.clone(),
        providers,
        stage,
        events: events.clone(),
        attempts: plan.attempts.max(1),
        scope: plan.scope,
        deadline_factor: plan.deadline_factor,
        cancelled,
        left: Arc::default(),
    };
    let mut dispatch =
        Dispatch { shared, at_a_time, stop: None, cancel: None, verdicts: Vec::new(), something_left: false };
    for tier in plan.tiers {
        dispatch.run_tier(tier).await;
    }
    dispatch.something_left |= end(&dispatch.shared).await;
    let exit_code = if alarm.is_raised() { exit_code::INTERNAL } else { dispatch.exit_code() };
    events.emit(EventBody::RunFinished {
        duration_ms: started.elapsed().as_millis().try_into().unwrap_or(u64::MAX),
        exit_code,
    });
}

impl Dispatch {
    fn exit_code(&self) -> u8 {
        let by_the_user = self.cancel.as_ref().is_some_and(|cancel| cancel.by_the_user);
        exit_code::of_run(&self.verdicts, self.something_left, by_the_user)
    }

    async fn run_tier(&mut self, tier: PlannedTier) {
        if self.stop.is_none() {
            self.shared.events.emit(EventBody::TierStarted { tier: tier.name.clone() });
        }
        let mut queue = Queue::new(tier.cases, self.at_a_time);
        let mut running = JoinSet::new();
        let mut tasks: HashMap<Id, (String, bool)> = HashMap::new();
        loop {
            while self.stop.is_none() {
                let Some(case) = queue.next() else { break };
                let (name, blocking) = (case.name.clone(), case.blocking);
                let task = running.spawn(execute(case, self.shared.clone()));
                tasks.insert(task.id(), (name, blocking));
            }
            let mut cancelled = self.shared.cancelled.clone();
            let next_level = self.next_level();
            tokio::select! {
                // A case that ends because of a cancel must not be heard of before the cancel.
                biased;
                cancel = stronger(&mut cancelled, next_level) => self.cancel(cancel),
                ended = running.join_next_with_id() => match ended {
                    None => break,
                    Some(Ok((_, executed))) => {
                        queue.ended(&executed.name);
                        self.case_ended(executed);
                    }
                    // Something around the case panicked: the ledger still knows what was made.
                    Some(Err(error)) => {
                        if let Some((name, blocking)) = tasks.remove(&error.id()) {
                            queue.ended(&name);
                            self.case_lost(name, blocking, error);
                        }
                    }
                },
            }
        }
        for case in queue.give_up() {
            // Only a stop leaves cases waiting.
            if let Some(verdict) = self.stop.as_ref().map(Stop::verdict) {
                self.finish_without_body(&case.name, verdict);
            }
        }
        self.report_without_driver(tier.without_driver);
    }

    /// The next stronger cancel than what was asked for; `None` when there is none.
    fn next_level(&self) -> Option<CancelLevel> {
        match self.cancel.as_ref().map(|cancel| cancel.level) {
            None => Some(CancelLevel::Stop),
            Some(CancelLevel::Stop) => Some(CancelLevel::Abandon),
            Some(CancelLevel::Abandon) => None,
        }
    }

    fn case_ended(&mut self, executed: Executed) {
        if executed.blocking && !executed.verdict.lets_others_start() && self.stop.is_none() {
            self.stop = Some(Stop::Blocked(executed.name));
        }
        self.verdicts.push(executed.verdict);
        self.something_left |= executed.something_left;
    }

    fn case_lost(&mut self, name: String, blocking: bool, error: JoinError) {
        let words = match error.try_into_panic() {
            Ok(panic) => panic_message(panic.as_ref()),
            Err(error) => error.to_string(),
        };
        let verdict = Verdict::Errored { reason: format!("what surrounds the case panicked: {words}") };
        self.finish_without_body(&name, verdict);
        self.something_left = true;
        if blocking && self.stop.is_none() {
            self.stop = Some(Stop::Blocked(name));
        }
    }

    fn cancel(&mut self, cancel: Cancel) {
        self.stop = Some(Stop::Cancelled(Arc::clone(&cancel.reason)));
        let cause = (!cancel.by_the_user).then(|| cancel.reason.to_string());
        self.shared.events.emit(EventBody::CancelRequested { level: cancel.level, cause });
        self.cancel = Some(cancel);
    }

    fn finish_without_body(&mut self, case_name: &str, verdict: Verdict) {
        self.verdicts.push(verdict.clone());
        self.shared.events.emit(EventBody::CaseFinished {
            case_name: case_name.to_owned(),
            verdict,
            tally: Tally::default(),
            duration_ms: 0,
            ended: Ended::default(),
        });
    }

    /// A case that nobody implements has not passed: if it is blocking, the next tier does not start.
    fn report_without_driver(&mut self, cases: Vec<CaseWithoutDriver>) {
        for CaseWithoutDriver { name, blocking, reason } in cases {
            self.finish_without_body(&name, Verdict::NotRun { reason, blocked_by: None });
            if blocking && self.stop.is_none() {
                self.stop = Some(Stop::Blocked(name));
            }
        }
    }
}

/// Waits for a cancel of that level; never ends when there is none to wait for.
async fn stronger(cancelled: &mut Cancelled, level: Option<CancelLevel>) -> Cancel {
    match level {
        Some(level) => cancelled.at_least(level).await,
        None => std::future::pending().await,
    }
}
