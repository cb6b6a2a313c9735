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
    let (cancel, cancelled) = cancel::channel();
    let (listeners, listener) = broadcast::channel(stream::KEPT);
    let alarm = alarm::Alarm::new(cancel.clone());
    let stage = stage::Stage::new(dispatch::at_a_time(&plan, &providers))?;
    let hub = hub::start(plan.head.clone(), events.receiver, sinks, listeners, &alarm)?;
    let run = tokio::spawn(dispatch::run(plan, providers, stage, events.emitter, cancelled, alarm));
    Ok(RunHandle { cancel, run, hub, events: Some(EventStream(listener)) })
}
