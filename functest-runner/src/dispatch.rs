// SPDX-License-Identifier: Apache-2.0
//! The order of a run: tier after tier, cases side by side, and what stops it.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use functest_core::case::panic_message;
use functest_core::event::{CancelLevel, Emitter, EventBody};
use functest_core::verdict::{Tally, Verdict};
use functest_core::{Environment, exit_code};
use tokio::task::{Id, JoinError, JoinSet};

use crate::execute::{Ended, Shared, execute};
use crate::handle::Cancelled;
use crate::plan::{Plan, PlannedTier};
use crate::queue::Queue;

/// Why nothing more starts.
#[derive(Clone)]
enum Stop {
    Blocked(String),
    Cancelled,
}

impl Stop {
    fn verdict(&self) -> Verdict {
        match self {
            Self::Blocked(case) => Verdict::NotRun {
                reason: format!("the blocking case {case} did not pass"),
                blocked_by: Some(case.clone()),
            },
            Self::Cancelled => Verdict::NotRun { reason: "interrupted by the user".into(), blocked_by: None },
        }
    }
}

struct Dispatch {
    shared: Shared,
    places: usize,
    stop: Option<Stop>,
    cancelled: Option<CancelLevel>,
    verdicts: Vec<Verdict>,
    something_left: bool,
}

/// Runs the plan to its end; the last event is `RunFinished`.
pub(crate) async fn run(plan: Plan, environment: Arc<dyn Environment>, events: Emitter, cancelled: Cancelled) {
    let started = Instant::now();
    let places = plan.jobs.min(environment.capacity().unwrap_or(usize::MAX)).max(1);
    let shared = Shared {
        run_id: plan.head.run_id.clone(),
        environment,
        events: events.clone(),
        scope: plan.scope,
        deadline_factor: plan.deadline_factor,
        cancelled,
    };
    let mut dispatch =
        Dispatch { shared, places, stop: None, cancelled: None, verdicts: Vec::new(), something_left: false };
    for tier in plan.tiers {
        dispatch.run_tier(tier).await;
    }
    let exit_code = exit_code::of_run(&dispatch.verdicts, dispatch.something_left, dispatch.cancelled.is_some());
    events.emit(EventBody::RunFinished {
        duration_ms: started.elapsed().as_millis().try_into().unwrap_or(u64::MAX),
        exit_code,
    });
}

impl Dispatch {
    async fn run_tier(&mut self, tier: PlannedTier) {
        if self.stop.is_none() {
            self.shared.events.emit(EventBody::TierStarted { tier: tier.name.clone() });
        }
        let mut queue = Queue::new(tier.cases, self.places);
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
            let present = self.cancelled;
            tokio::select! {
                ended = running.join_next_with_id() => match ended {
                    None => break,
                    Some(Ok((_, ended))) => {
                        queue.ended(&ended.name);
                        self.case_ended(ended);
                    }
                    // The clean-up or the environment panicked: the ledger still knows what was made.
                    Some(Err(error)) => {
                        if let Some((name, blocking)) = tasks.remove(&error.id()) {
                            queue.ended(&name);
                            self.case_lost(name, blocking, error);
                        }
                    }
                },
                Ok(level) = cancelled.wait_for(|level| *level > present) => {
                    let level = *level;
                    self.cancel(level);
                }
            }
        }
        for case in queue.give_up() {
            let verdict = self.stop.as_ref().unwrap_or(&Stop::Cancelled).verdict();
            self.finish_without_body(&case.name, verdict);
        }
        self.report_without_driver(tier.without_driver);
    }

    fn case_ended(&mut self, ended: Ended) {
        if ended.blocking && !ended.verdict.lets_others_start() && self.stop.is_none() {
            self.stop = Some(Stop::Blocked(ended.name));
        }
        self.verdicts.push(ended.verdict);
        self.something_left |= ended.something_left;
    }

    fn case_lost(&mut self, name: String, blocking: bool, error: JoinError) {
        let words = match error.try_into_panic() {
            Ok(panic) => panic_message(panic.as_ref()),
            Err(error) => error.to_string(),
        };
        let verdict = Verdict::Errored { reason: format!("the environment of the case panicked: {words}") };
        self.finish_without_body(&name, verdict);
        self.something_left = true;
        if blocking && self.stop.is_none() {
            self.stop = Some(Stop::Blocked(name));
        }
    }

    fn cancel(&mut self, level: Option<CancelLevel>) {
        self.cancelled = level;
        self.stop = Some(Stop::Cancelled);
        if let Some(level) = level {
            self.shared.events.emit(EventBody::CancelRequested { level });
        }
    }

    fn finish_without_body(&mut self, case: &str, verdict: Verdict) {
        self.verdicts.push(verdict.clone());
        let case = case.to_owned();
        self.shared.events.emit(EventBody::CaseFinished { case, verdict, tally: Tally::default(), duration_ms: 0 });
    }

    /// A case that nobody implements has not passed: if it is blocking, the next tier does not start.
    fn report_without_driver(&mut self, cases: Vec<(String, bool, String)>) {
        for (name, blocking, reason) in cases {
            self.finish_without_body(&name, Verdict::NotRun { reason, blocked_by: None });
            if blocking && self.stop.is_none() {
                self.stop = Some(Stop::Blocked(name));
            }
        }
    }
}
