// SPDX-License-Identifier: Apache-2.0
//! From one stream of events to many sinks, on a thread of its own: a slow disk must not slow the cases.

use chrono::{DateTime, Utc};
use functest_core::Sink;
use functest_core::event::{self, CancelLevel, Event, EventBody, RunHead};
use functest_core::record::{Fold, RunRecord};
use functest_core::sink::SinkError;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::oneshot;

use crate::handle::{Cancel, RunError};

type End = Result<(RunRecord, Option<SinkError>), RunError>;

/// The thread, from outside.
#[derive(Debug)]
pub(crate) struct FanOut(oneshot::Receiver<End>);

impl FanOut {
    pub(crate) async fn join(self) -> End {
        self.0.await.unwrap_or_else(|_| Err(RunError::Lost("the thread of the reports has panicked".into())))
    }
}

/// Starts the thread. It ends after the last event of the run.
pub(crate) fn start(
    head: RunHead,
    mut receiver: UnboundedReceiver<(DateTime<Utc>, EventBody)>,
    mut sinks: Vec<Box<dyn Sink>>,
    cancel: Cancel,
) -> Result<FanOut, RunError> {
    let (done, end) = oneshot::channel();
    let first = Event { v: event::VERSION, seq: 0, at: Utc::now(), body: EventBody::RunStarted(Box::new(head)) };
    let work = move || {
        let mut failure = None;
        let mut fold = match Fold::begin(&first) {
            Ok(fold) => fold,
            Err(error) => return drop(done.send(Err(RunError::Lost(error.to_string())))),
        };
        deliver(&first, &mut sinks, &mut failure, &cancel);
        let mut seq = 0;
        while let Some((at, body)) = receiver.blocking_recv() {
            seq += 1;
            let last = matches!(body, EventBody::RunFinished { .. });
            let event = Event { v: event::VERSION, seq, at, body };
            fold.take(&event);
            deliver(&event, &mut sinks, &mut failure, &cancel);
            if last {
                break;
            }
        }
        // Who does not wait for the end does not want it.
        let _ = done.send(Ok((fold.record(), failure)));
    };
    std::thread::Builder::new().name("events".into()).spawn(work).map_err(RunError::NoThread)?;
    Ok(FanOut(end))
}

/// Hands the event to every sink. One that fails is not asked again, and the run is stopped; the others hear the rest.
fn deliver(event: &Event, sinks: &mut Vec<Box<dyn Sink>>, failure: &mut Option<SinkError>, cancel: &Cancel) {
    sinks.retain_mut(|sink| match sink.take(event) {
        Ok(()) => true,
        Err(error) => {
            cancel.ask(CancelLevel::Stop);
            failure.get_or_insert(error);
            false
        }
    });
}
