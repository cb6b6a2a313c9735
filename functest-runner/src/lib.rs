// SPDX-License-Identifier: Apache-2.0
//! Runs planned test cases. It knows no single case, no terminal, no report: cases come in with a [`Plan`], events go
//! out to sinks.

mod dispatch;
mod execute;
mod fan_out;
mod handle;
mod plan;
mod queue;

pub use self::handle::{RunError, RunHandle, RunOutcome};
pub use self::plan::{Plan, PlannedCase, PlannedTier};

use std::sync::Arc;

use chrono::{DateTime, Utc};
use functest_core::event::{Emitter, EventBody};
use functest_core::{Environment, Sink};
use tokio::sync::mpsc::UnboundedReceiver;

/// The two ends of a run's events: what happens before the run starts, such as the login, is kept for it.
#[derive(Debug)]
pub struct EventChannel {
    /// Where events go.
    pub emitter: Emitter,
    receiver: UnboundedReceiver<(DateTime<Utc>, EventBody)>,
}

impl Default for EventChannel {
    fn default() -> Self {
        let (emitter, receiver) = Emitter::channel();
        Self { emitter, receiver }
    }
}

/// Starts the run of `plan` in `environment`, on the current tokio runtime. Every event goes to every sink.
///
/// # Errors
/// When no thread for the sinks can be made.
pub fn start(
    plan: Plan,
    environment: Arc<dyn Environment>,
    events: EventChannel,
    sinks: Vec<Box<dyn Sink>>,
) -> Result<RunHandle, RunError> {
    let (cancel, cancelled) = handle::cancel_channel();
    let fan_out = fan_out::start(plan.head.clone(), events.receiver, sinks, cancel.clone())?;
    let run = tokio::spawn(dispatch::run(plan, environment, events.emitter, cancelled));
    Ok(RunHandle::new(cancel, run, fan_out))
}
