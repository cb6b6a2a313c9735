// SPDX-License-Identifier: Apache-2.0
//! Runs planned test cases. It knows no single case, no terminal, no report: cases come in with a [`Plan`], events go
//! out to sinks.

mod alarm;
mod cancel;
mod dispatch;
mod error;
mod execute;
mod handle;
mod hub;
mod lane;
mod plan;
mod queue;
mod stage;
mod stream;

pub use self::cancel::CancelHandle;
pub use self::error::{RunError, SinkTrouble};
pub use self::handle::{RunHandle, RunOutcome};
pub use self::plan::{CaseWithoutDriver, Plan, PlannedCase, PlannedTier};
pub use self::stream::{EventStream, Missed};

use functest_core::Sink;
use functest_core::event::{Emitter, Incoming};
use functest_core::provider::Providers;
use tokio::sync::broadcast;
use tokio::sync::mpsc::UnboundedReceiver;

/// The two ends of a run's events: what happens before the run starts, such as the login, is kept for it.
#[derive(Debug)]
pub struct EventChannel {
    /// Where events go.
    pub emitter: Emitter,
    receiver: UnboundedReceiver<Incoming>,
}

impl Default for EventChannel {
    fn default() -> Self {
        let (emitter, receiver) = Emitter::channel();
        Self { emitter, receiver }
    }
}

/// Starts the run of `plan` with what `providers` give to its cases, on the current tokio runtime. Every event goes to every
/// sink.
///
/// # Errors
/// When no threads for the cases and the sinks can be made.
pub fn start(
    plan: Plan,
    providers: Providers,
    events: EventChannel,
    sinks: Vec<Box<dyn Sink>>,
) -> Result<RunHandle, RunError> {
    start_patiently(plan, providers, events, sinks, lane::Patience::default())
}

/// As [`start`], with a patience of one's own.
fn start_patiently(
    plan: Plan,
    providers: Providers,
    events: EventChannel,
    sinks: Vec<Box<dyn Sink>>,
    patience: lane::Patience,
) -> Result<RunHandle, RunError> {
    let (cancel, cancelled) = cancel::channel();
    let (listeners, listener) = broadcast::channel(stream::KEPT);
    let alarm = alarm::Alarm::new(cancel.clone());
    let stage = stage::Stage::new(dispatch::at_a_time(&plan, &providers))?;
    let hub = hub::start(plan.head.clone(), events.receiver, sinks, listeners, &alarm, patience)?;
    let run = tokio::spawn(dispatch::run(plan, providers, stage, events.emitter, cancelled, alarm));
    Ok(RunHandle { cancel, run, hub, events: Some(EventStream(listener)) })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use async_trait::async_trait;
    use functest_core::case::{CaseError, CheckSpec, Ended};
    use functest_core::criteria::Criteria;
    use functest_core::driver::Checks;
    use functest_core::event::{CancelLevel, Event, EventBody, Level, RunHead};
    use functest_core::need::Needs;
    use functest_core::selection::{Choice, Decision};
    use functest_core::sink::SinkError;
    use functest_core::{Ctx, TestCase, exit_code};
    use tokio::sync::Notify;

    use super::*;

    /// Says so many things, tells that it has said them, and never ends.
    struct Talks {
        lines: usize,
        has_talked: Arc<Notify>,
    }

    #[async_trait]
    impl TestCase for Talks {
        async fn run(&self, ctx: &Ctx) -> Result<Ended, CaseError> {
            for line in 0..self.lines {
                ctx.log(Level::Info, format!("line {line}"));
            }
            self.has_talked.notify_one();
            std::future::pending().await
        }
    }

    /// An essential sink that takes nothing any more from the case's start on.
    struct Stalls;

    impl Sink for Stalls {
        fn name(&self) -> &str {
            "disk"
        }

        fn is_essential(&self) -> bool {
            true
        }

        fn take(&mut self, event: &Event) -> Result<(), SinkError> {
            match event.body {
                EventBody::CaseStarted { .. } => loop {
                    std::thread::park();
                },
                _ => Ok(()),
            }
        }
    }

    /// A run of a case that says so many things, on an essential sink that stalls.
    fn stalled(lines: usize) -> (RunHandle, Arc<Notify>) {
        let has_talked = Arc::<Notify>::default();
        let case = PlannedCase {
            name: "a".into(),
            checks: Checks::Known(vec![CheckSpec::named("c")]),
            case: Arc::new(Talks { lines, has_talked: Arc::clone(&has_talked) }),
            needs: Needs::default(),
            criteria: Criteria::DEFAULT,
            blocking: true,
            deadline: Duration::from_secs(6000),
        };
        let choice = Choice {
            tier: "t".into(),
            case_name: "a".into(),
            project_name: "p".into(),
            decision: Decision::Selected,
            reason: String::new(),
            out_of_scope: None,
            blocking: true,
            criteria: Criteria::DEFAULT,
        };
        let plan = Plan {
            head: RunHead { run_id: "r".into(), cases: vec![choice], ..RunHead::default() },
            tiers: vec![PlannedTier { name: "t".into(), cases: vec![case], without_driver: Vec::new() }],
            jobs: 1,
            attempts: 1,
            scope: None,
            deadline_factor: 1.0,
        };
        let patience = lane::Patience { with_essential: Duration::from_secs(1), ..lane::Patience::default() };
        let providers = Providers::new(Vec::new());
        let sinks: Vec<Box<dyn Sink>> = vec![Box::new(Stalls)];
        (start_patiently(plan, providers, EventChannel::default(), sinks, patience).unwrap(), has_talked)
    }

    /// More than wait for a sink.
    const MANY: usize = 5000;

    #[tokio::test]
    async fn an_essential_sink_that_stalls_stops_the_run() {
        let (handle, _) = stalled(MANY);
        let outcome = handle.join().await.unwrap();
        let words = "disk: it has taken nothing for 1s";
        assert_eq!(outcome.sink_troubles.iter().map(ToString::to_string).collect::<Vec<_>>(), [words]);
        assert_eq!(outcome.record.stopped_because, Some(format!("the run was stopped because of {words}")));
        assert_eq!((outcome.exit_code, outcome.record.cases[0].messages.len()), (exit_code::INTERNAL, MANY));
    }

    #[tokio::test]
    async fn a_run_whose_essential_sink_stalls_can_be_stopped() {
        for (lines, words) in
            [(MANY, "disk: it has taken nothing for 1s"), (1, "disk: it did not come to its end within 1s")]
        {
            let (handle, has_talked) = stalled(lines);
            has_talked.notified().await;
            handle.cancel(CancelLevel::Stop);
            let outcome = handle.join().await.unwrap();
            assert_eq!(outcome.sink_troubles.iter().map(ToString::to_string).collect::<Vec<_>>(), [words]);
            let verdict = outcome.record.cases[0].verdict.as_ref().unwrap();
            assert_eq!((verdict.word(), outcome.exit_code), ("errored", exit_code::INTERNAL), "{verdict:?}");
        }
    }
}
